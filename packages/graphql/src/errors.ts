// Errors that a client sees: a GraphQL error with `extensions.code` and, where it helps, the HTTP status.
// Whatever is not one of these is masked by the server: no path, no SQL, no stack in any answer.

import { GraphQLError } from 'graphql';

/** What went wrong, in words that clients match on. */
export type GraphqlErrorCode =
  | 'BAD_FILTER' // a kernel filter that does not parse
  | 'BAD_CURSOR' // `after` that no page gave
  | 'BAD_FILE' // an upload that is no BPF object, or a damaged one
  | 'AMBIGUOUS_KERNEL' // a kernel name that several kernels have
  | 'BAD_USER_INPUT' // an argument out of its range
  | 'TOO_DEEP' // the query nests deeper than allowed
  | 'TOO_MANY_ALIASES' // more aliases than allowed
  | 'TOO_MANY_TOKENS' // the document is too long
  | 'TOO_EXPENSIVE' // the answer would have more objects or bytes than allowed
  | 'TIMEOUT' // took longer than allowed
  | 'CANCELLED' // the client left before its answer was made
  | 'FOREIGN_ORIGIN' // a page of another origin may not ask this
  | 'WRONG_HOST' // the request is for another host than this server
  | 'GET_IS_FOR_QUERIES' // a mutation by GET
  | 'OVERLOADED' // as many requests under way as allowed
  | 'TOO_LARGE' // the request's body is larger than allowed
  | 'UNAVAILABLE'; // no index to answer from

const STATUS: Partial<Record<GraphqlErrorCode, number>> = {
  TOO_LARGE: 413,
  FOREIGN_ORIGIN: 403,
  WRONG_HOST: 421,
  GET_IS_FOR_QUERIES: 405,
  CANCELLED: 499,
  OVERLOADED: 503,
  UNAVAILABLE: 503,
};

/** The HTTP status of an error code; 200 where GraphQL's own answer carries the error. */
export function httpStatus(code: GraphqlErrorCode): number {
  return STATUS[code] ?? 200;
}

/** A GraphQL error that the server passes on as it is. */
export function clientError(code: GraphqlErrorCode, message: string): GraphQLError {
  const status = STATUS[code];
  return new GraphQLError(message, { extensions: { code, ...(status ? { http: { status } } : {}) } });
}
