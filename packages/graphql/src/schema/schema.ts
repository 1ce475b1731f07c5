// The executable schema: SDL, scalars and resolvers.

import type { BtfIndex } from '@btfq/btf-index/read';
import { makeExecutableSchema } from '@graphql-tools/schema';
import type { GraphQLSchema } from 'graphql';
import { type Context, createServices, type Services } from './context.ts';
import { typeDefs } from '../generated/sdl.ts';
import type { Resolvers } from '../generated/types.ts';
import {
  diffEntryResolvers,
  kernelConnectionResolvers,
  kernelDiffResolvers,
  kernelModuleResolvers,
  kernelResolvers,
} from './resolvers/kernel.ts';
import { objectResolvers } from './resolvers/object.ts';
import { mutationResolvers, queryResolvers } from './resolvers/query.ts';
import { servicesFrom } from './resolvers/services.ts';
import { typeResolvers } from './resolvers/types.ts';
import { BigIntScalar, FileScalar } from './scalars.ts';

/** The resolvers of every type, for a schema of one's own around this one. */
export type SchemaResolvers = Resolvers;

/** Resolvers of the schema. `make` gives services to operations whose context has none. */
export function createResolvers(make?: () => Services): SchemaResolvers {
  const of = servicesFrom(make);
  return {
    BigInt: BigIntScalar,
    File: FileScalar,
    Query: queryResolvers(of),
    Mutation: mutationResolvers(of),
    Kernel: kernelResolvers(of),
    KernelConnection: kernelConnectionResolvers(of),
    KernelModule: kernelModuleResolvers(of),
    KernelDiff: kernelDiffResolvers,
    DiffEntry: diffEntryResolvers,
    ...typeResolvers(of),
    ...objectResolvers(of),
  };
}

/**
 * The schema over one index, for a server of one's own or for none:
 *
 * ```ts
 * const schema = createSchema(openIndex('btfq.db', { readonly: true }));
 * const answer = await graphql({ schema, source, contextValue: {} });
 * ```
 *
 * Give each operation a context object of its own: it gathers what one level of the query asks into one statement.
 * Without an index every operation's context must carry services (`createServices`).
 */
export function createSchema(index?: BtfIndex): GraphQLSchema {
  return makeExecutableSchema<Context>({
    typeDefs,
    resolvers: createResolvers(index && (() => createServices(index))),
    resolverValidationOptions: { requireResolversToMatchSchema: 'error' },
  });
}
