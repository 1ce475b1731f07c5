// A small client of the API: fetch, typed by the schema, files by the multipart request specification
// (github.com/jaydenseric/graphql-multipart-request-spec). Runs wherever fetch does.

import { type DocumentNode, print } from 'graphql';
import type { Mutation, Query } from './generated/types.ts';

/** One error of an answer. */
export interface ResponseError {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions?: { readonly code?: string };
}

/** Thrown where an answer has errors; `data` is what came all the same. */
export class ClientError extends Error {
  override readonly name = 'ClientError';
  /** The first error's code: `TOO_DEEP`, `BAD_FILE`, ... */
  readonly code: string | undefined;
  readonly status: number;
  readonly errors: readonly ResponseError[];
  readonly data: unknown;

  constructor(status: number, errors: readonly ResponseError[], data: unknown) {
    super(errors[0]?.message ?? `HTTP status ${status}`);
    this.status = status;
    this.errors = errors;
    this.data = data;
    this.code = errors[0]?.extensions?.code;
  }
}

/** A part of an answer: every level may have been asked for only in part. */
export type Partially<T> = T extends readonly (infer Item)[]
  ? readonly Partially<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]?: Partially<T[Key]> }
    : T;

/** How a client sends: another `fetch`, further headers. */
export interface ClientOptions {
  readonly fetch?: typeof globalThis.fetch;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An operation: its text, or what `gql` of graphql-tag or graphql makes of it. */
export type Document = string | DocumentNode;

/** An operation with what it is given, in one object: the words of graphql-request, or those of the protocol. */
export interface RequestOptions {
  readonly document?: Document;
  readonly query?: Document;
  readonly variables?: Readonly<Record<string, unknown>>;
}

/** Asks one server. */
export interface Client {
  /**
   * Gives `data`; its type is the schema's root unless another is named. Throws ClientError for an answer with errors,
   * TypeError where no operation is given.
   */
  request<Data = Partially<Query & Mutation>>(
    operation: Document | RequestOptions,
    variables?: Readonly<Record<string, unknown>>,
  ): Promise<Data>;
}

/**
 * A client of the server at `url`.
 *
 * ```ts
 * const client = createClient('http://127.0.0.1:4000/graphql');
 * const { struct } = await client.request(`{ struct(name: "task_struct") { field(name: "pid") { kernels { offset } } } }`);
 * const file = new File([bytes], 'opensnoop.bpf.o');
 * const { minimalBtf } = await client.request(
 *   'mutation ($objects: [File!]!) { minimalBtf(objects: $objects, format: BCC) { url } }', { objects: [file] });
 * ```
 */
export function createClient(url: string, options: ClientOptions = {}): Client {
  const send = options.fetch ?? globalThis.fetch;
  return {
    async request<Data>(
      operation: Document | RequestOptions,
      variables?: Readonly<Record<string, unknown>>,
    ): Promise<Data> {
      const asked = isDocument(operation) ? { query: operation, variables } : operation;
      const document = asked.query ?? (asked as RequestOptions).document;
      if (document === undefined) throw new TypeError('no operation: give its text, or { document, variables }');
      const query = typeof document === 'string' ? document : print(document);
      const { body, headers } = encodeRequest(query, asked.variables ?? variables ?? {});
      const response = await send(url, {
        method: 'POST',
        body,
        headers: { accept: 'application/json', ...headers, ...options.headers },
      });
      const answer = (await response.json().catch(() => ({}))) as { data?: Data; errors?: readonly ResponseError[] };
      if (answer.errors?.length || answer.data === undefined || answer.data === null) {
        throw new ClientError(response.status, answer.errors ?? [], answer.data);
      }
      return answer.data;
    },
  };
}

function isDocument(operation: Document | RequestOptions): operation is Document {
  return typeof operation === 'string' || 'definitions' in operation;
}

/** JSON; or a form where some variable is a Blob, which then is null in the JSON and a part of its own. */
function encodeRequest(
  query: string,
  variables: Readonly<Record<string, unknown>>,
): { body: BodyInit; headers: Record<string, string> } {
  const files: { path: string; file: Blob }[] = [];
  const lift = (value: unknown, path: string): unknown => {
    if (value instanceof Blob) {
      files.push({ path, file: value });
      return null;
    }
    if (Array.isArray(value)) return value.map((item, i) => lift(item, `${path}.${i}`));
    if (typeof value === 'object' && value !== null) {
      return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, lift(item, `${path}.${key}`)]));
    }
    return value;
  };
  const operations = JSON.stringify({ query, variables: lift(variables, 'variables') });
  if (files.length === 0) return { body: operations, headers: { 'content-type': 'application/json' } };
  const form = new FormData();
  form.set('operations', operations);
  form.set('map', JSON.stringify(Object.fromEntries(files.map(({ path }, i) => [String(i), [path]]))));
  files.forEach(({ file }, i) => {
    form.set(String(i), file, 'name' in file ? String(file.name) : `${i}.bpf.o`);
  });
  return { body: form, headers: {} };
}
