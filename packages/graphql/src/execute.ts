// One operation over an index, without a server.

import type { BtfIndex } from '@btfq/btf-index/read';
import { type FormattedExecutionResult, graphql, type GraphQLFormattedError } from 'graphql';
import type { Context } from './schema/context.ts';
import { createSchema } from './schema/schema.ts';

/** An operation and what it is given. */
export interface Operation {
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>> | undefined;
  /** Which operation, where the text has several. */
  readonly operationName?: string | undefined;
}

/** GraphQL's own form of an answer. Without `data` the operation was not run: it does not parse or does not fit. */
export interface Answer {
  readonly data?: FormattedExecutionResult['data'];
  readonly errors?: readonly GraphQLFormattedError[];
}

/**
 * Answers an operation. Faults of the query are in `errors`; faults of the index (IndexError) are too, unmasked.
 *
 * ```ts
 * const index = openIndex('btfq.db', { readonly: true });
 * const { data } = await execute(index, { query: '{ stats { kernels } }' });
 * ```
 */
export async function execute(index: BtfIndex, { query, variables, operationName }: Operation): Promise<Answer> {
  const contextValue: Context = {};
  const { data, errors } = await graphql({
    schema: createSchema(index),
    source: query,
    contextValue,
    ...(variables ? { variableValues: variables } : {}),
    ...(operationName ? { operationName } : {}),
  });
  return {
    ...(errors ? { errors: errors.map((error) => error.toJSON()) } : {}),
    ...(data ? { data } : {}),
  };
}
