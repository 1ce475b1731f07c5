// Errors of the packages below that are the client's to mend, in the schema's codes; what is left is ours and is masked.

import { GraphQLError } from 'graphql';
import type { GraphqlErrorCode } from '../errors.ts';

const WORDS: Readonly<Record<string, GraphqlErrorCode>> = {
  'bad-path': 'BAD_USER_INPUT',
  'unknown-kernel': 'BAD_USER_INPUT',
  'bad-filter': 'BAD_FILTER',
  'ambiguous-kernel': 'AMBIGUOUS_KERNEL',
};

/** What a client sees of an error; undefined where it is our own. */
export function knownError(error: unknown): GraphQLError | undefined {
  const original = error instanceof GraphQLError ? error.originalError : error;
  if (error instanceof GraphQLError && (original === undefined || original instanceof GraphQLError)) return error;
  const word = WORDS[String((original as { code?: unknown } | undefined)?.code)];
  if (word === undefined) return undefined;
  const { nodes, path } = error as GraphQLError;
  return new GraphQLError((original as Error).message, { nodes, path, extensions: { code: word } });
}

/** What a client sees of an error of ours. */
export function maskedError(error: unknown): GraphQLError {
  const { nodes, path } = (error instanceof GraphQLError ? error : {}) as Partial<GraphQLError>;
  return new GraphQLError('Unexpected error.', { nodes, path, extensions: { code: 'INTERNAL_SERVER_ERROR' } });
}
