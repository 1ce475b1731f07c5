// Asks a server: POST with JSON, or a form where a variable is a file (the GraphQL multipart request specification).
import { AskError, type Document, type Source } from './ask.ts';

interface Answer {
  readonly data?: unknown;
  readonly errors?: readonly { readonly message: string; readonly extensions?: { readonly code?: string } }[];
}

/** A server whose GraphQL is at `graphql` beside the page. */
export function httpSource(base: string): Source {
  return {
    kind: 'server',
    async ask<Data, Variables>(document: Document<Data, Variables>, variables: Variables): Promise<Data> {
      let response: Response;
      try {
        response = await fetch(new URL('graphql', base), { method: 'POST', ...encode(document, variables) });
      } catch {
        throw new AskError('The server does not answer.', 'LOST');
      }
      const answer = (await response.json().catch(() => ({}))) as Answer;
      const [error] = answer.errors ?? [];
      if (error !== undefined) throw new AskError(error.message, error.extensions?.code ?? 'GRAPHQL');
      if (answer.data === undefined || answer.data === null) {
        const lost = response.status >= 500 || response.ok;
        throw new AskError(`The server answered with status ${response.status}.`, lost ? 'LOST' : 'HTTP');
      }
      return answer.data as Data;
    },
    href: (path) => new URL(path.replace(/^\//, ''), base).href,
  };
}

/** The body of a request; files are lifted out of the variables into parts of a form. */
function encode(query: string, variables: unknown): { body: BodyInit; headers: Record<string, string> } {
  const files: [path: string, file: Blob][] = [];
  const lift = (value: unknown, path: string): unknown => {
    if (value instanceof Blob) {
      files.push([path, value]);
      return null;
    }
    if (Array.isArray(value)) return value.map((one, i) => lift(one, `${path}.${i}`));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, lift(one, `${path}.${key}`)]));
  };
  const operations = JSON.stringify({ query, variables: lift(variables, 'variables') });
  const headers = { accept: 'application/json' };
  if (files.length === 0) return { body: operations, headers: { ...headers, 'content-type': 'application/json' } };
  const form = new FormData();
  form.set('operations', operations);
  form.set('map', JSON.stringify(Object.fromEntries(files.map(([path], i) => [i, [path]]))));
  files.forEach(([, file], i) => {
    form.set(String(i), file, file instanceof File ? file.name : `${i}.bpf.o`);
  });
  return { body: form, headers };
}
