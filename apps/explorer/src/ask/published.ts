// Asks an index that lies beside the page, by a worker: no server, and nothing leaves the page. Loaded only where there
// is such an index.
import { createWorkerClient, type WorkerError } from '@btfq/graphql/static';
import { AskError, type Document, type Source } from './ask.ts';

/** An index published as `index.json`. */
export async function publishedSource(index: string): Promise<Source> {
  const worker = new Worker(new URL('./worker-entry.ts', import.meta.url), { type: 'module' });
  const client = createWorkerClient(worker);
  try {
    await client.open({ url: index });
  } catch (error) {
    throw asked(error);
  }
  return {
    kind: 'page',
    async ask<Data, Variables>(document: Document<Data, Variables>, variables: Variables): Promise<Data> {
      const answer = await client
        .query({ query: document, variables: variables as Readonly<Record<string, unknown>> })
        .catch((error: unknown) => {
          throw asked(error);
        });
      const [error] = answer.errors ?? [];
      if (error !== undefined) throw new AskError(error.message, String(error.extensions?.['code'] ?? 'GRAPHQL'));
      return answer.data as Data;
    },
    href: () => undefined,
    async bundle(id) {
      const { name, bytes } = await client.bundle(id);
      return { name, url: URL.createObjectURL(new Blob([bytes as BlobPart])) };
    },
  };
}

function asked(error: unknown): AskError {
  const { message, code } = error as WorkerError;
  return new AskError(message, code ?? 'PAGE');
}
