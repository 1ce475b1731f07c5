// @btfq/graphql: schema and server over an index.

export { createResolvers, createSchema } from './schema/schema.ts';
export { type Answer, execute, type Operation } from './execute.ts';
export { typeDefs } from './generated/sdl.ts';
export { type Context, createServices, type Loaders, type Services } from './schema/context.ts';
export { createHandler, type Handler } from './server/handler.ts';
export { type Listening, type ListenOptions, listen } from './server/listen.ts';
export { fileIndexSource, type IndexSource, type Lease, openedIndexSource } from './server/index-source.ts';
export type { HandlerOptions } from './server/options.ts';
export { jsonLog, type Log, type LogEntry } from './server/log.ts';
export { defaultLimits, type Limits } from './schema/limits.ts';
export { clientError, type GraphqlErrorCode } from './errors.ts';
export type { BundleQuestion, Uploads } from './uploads/uploads.ts';
export type { Mutation, Query } from './generated/types.ts';
export type { SchemaResolvers } from './schema/schema.ts';
export {
  type Client,
  ClientError,
  type ClientOptions,
  createClient,
  type Document,
  type Partially,
  type RequestOptions,
  type ResponseError,
} from './client.ts';
