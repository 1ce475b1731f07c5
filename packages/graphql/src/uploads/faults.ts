// Which errors are the upload's own fault.

import type { GraphQLError } from 'graphql';
import { clientError, type GraphqlErrorCode } from '../errors.ts';

const UPLOAD_FAULTS = new Set(['ElfError', 'BtfError', 'RelocationError', 'MinimizeError', 'LoaderError']);

/** The code that a client sees; undefined where the fault is ours. */
export function uploadFaultCode(error: Error & { code?: unknown }): GraphqlErrorCode | undefined {
  if (UPLOAD_FAULTS.has(error.name)) return 'BAD_FILE';
  if (error.name === 'LoadCheckError') return 'BAD_USER_INPUT';
  if (error.code === 'bad-filter') return 'BAD_FILTER';
  return undefined;
}

/** The error that a client sees; undefined where the fault is ours. */
export function uploadFault(error: Error): GraphQLError | undefined {
  const code = uploadFaultCode(error);
  return code && clientError(code, error.message);
}
