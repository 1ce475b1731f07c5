// The page that asks a published index through a worker. It puts what came back where the test reads it.
import { createWorkerClient } from '@btfq/graphql/static';

interface Asked {
  readonly query: string;
  readonly variables?: Record<string, unknown>;
  /** Bytes of a file for `variables.file`, in base64. */
  readonly file?: string;
}

declare const Worker: new (url: string, options: { type: string }) => Parameters<typeof createWorkerClient>[0];

/** Opens the index and asks one operation; what it cost counts from the opening. */
Object.assign(globalThis, {
  async ask({ query, variables = {}, file }: Asked) {
    const client = createWorkerClient(new Worker('/worker.js', { type: 'module' }));
    const { opened } = await client.open({ url: `${location.origin}/index.json` }, { wasm: '/sqlite3.wasm' });
    const files = file && {
      'variables.file': new File([Uint8Array.from(atob(file), (char) => char.charCodeAt(0))], 'opensnoop.bpf.o'),
    };
    const answer = await client.query({ query, variables, ...(files ? { files } : {}) });
    return { opened, answer };
  },
});
declare const location: { readonly origin: string };
