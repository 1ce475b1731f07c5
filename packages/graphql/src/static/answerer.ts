// The schema over an index that is read in this very thread, for operations of one person: no limits, nothing masked.

import type { BtfIndex } from '@btfq/btf-index/read';
import { type FormattedExecutionResult, graphql, type GraphQLError, type GraphQLFormattedError } from 'graphql';
import { type Context, createServices } from '../schema/context.ts';
import { defaultLimits, type Limits } from '../schema/limits.ts';
import { createSchema } from '../schema/schema.ts';
import { type LocalUploads, localUploads } from './local-uploads.ts';

/** Answers operations over one index. */
export interface Answerer {
  readonly index: BtfIndex;
  readonly uploads: LocalUploads;
  answer(operation: {
    readonly query: string;
    readonly variables?: Readonly<Record<string, unknown>> | undefined;
    readonly operationName?: string | undefined;
  }): Promise<{
    readonly data?: FormattedExecutionResult['data'];
    readonly errors?: readonly GraphQLFormattedError[];
  }>;
}

/** One person's own machine: the answer may be as large as they ask for. */
const LIMITS: Limits = { ...defaultLimits, nodes: Number.POSITIVE_INFINITY, milliseconds: Number.POSITIVE_INFINITY };

/** Everything that the schema has, uploads among it. */
export function createAnswerer(index: BtfIndex): Answerer {
  const schema = createSchema();
  const uploads = localUploads(index);
  return {
    index,
    uploads,
    async answer({ query, variables, operationName }) {
      const contextValue: Context = { btfq: createServices(index, { limits: LIMITS, uploads }) };
      const { data, errors } = await graphql({
        schema,
        source: query,
        contextValue,
        ...(variables ? { variableValues: variables } : {}),
        ...(operationName ? { operationName } : {}),
      });
      return {
        ...(errors ? { errors: errors.map(withCode) } : {}),
        ...(data ? { data } : {}),
      };
    },
  };
}

/** An error of the index keeps its code. */
function withCode(error: GraphQLError): GraphQLFormattedError {
  const code = (error.originalError as { code?: unknown } | undefined)?.code;
  const formatted = error.toJSON();
  if (typeof code !== 'string' || formatted.extensions?.['code'] !== undefined) return formatted;
  return { ...formatted, extensions: { ...formatted.extensions, code } };
}
