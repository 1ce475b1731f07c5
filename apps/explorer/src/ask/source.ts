// Who answers this page: an index that lies beside it (`index.json`, as `btfq publish` puts it there), else its server.
import type { Document, Source } from './ask.ts';
import { httpSource } from './http.ts';

const base = document.baseURI.replace(/[#?].*$/, '');
const server = httpSource(base);

/** Looked for once. A server has no `index.json`. */
const found: Promise<Source> = find();

async function find(): Promise<Source> {
  const index = new URL('index.json', base).href;
  const answer = await fetch(index, { cache: 'no-cache' }).catch(() => undefined);
  if (!answer?.ok || !(answer.headers.get('content-type') ?? '').includes('json')) return server;
  const { publishedSource } = await import('./published.ts');
  source = await publishedSource(index);
  return source;
}

/** The source as far as it is known: the server until an index was found. */
export let source: Source = server;

/** Asks whoever answers. Rejects with an AskError. */
export async function ask<Data, Variables>(document: Document<Data, Variables>, variables: Variables): Promise<Data> {
  return (await found).ask(document, variables);
}
