// A fault before GraphQL is reached, in the shape of GraphQL's own.

import { GraphQLError } from 'graphql';
import { type GraphqlErrorCode, httpStatus } from '../errors.ts';
import type { HandlerOptions } from './options.ts';

/** The code of an error that is the client's to know; undefined for a defect of ours. */
export function codeOf(error: unknown): GraphqlErrorCode | undefined {
  return error instanceof GraphQLError ? (error.extensions['code'] as GraphqlErrorCode | undefined) : undefined;
}

/** The same shape as an answer's errors, and an HTTP status that says it too. What is a defect goes to the log and not to the client. */
export function errorResponse(error: unknown, log: HandlerOptions['log']): Response {
  const code = codeOf(error);
  if (code === undefined) log?.({ level: 'error', event: 'defect', message: String((error as Error)?.stack ?? error) });
  const message = code === undefined ? 'Unexpected error.' : (error as Error).message;
  const status = code === undefined ? 500 : httpStatus(code);
  return Response.json(
    { errors: [{ message, extensions: { code: code ?? 'INTERNAL_SERVER_ERROR' } }] },
    { status, headers: { 'cache-control': 'no-store', ...(status === 503 ? { 'retry-after': '1' } : {}) } },
  );
}
