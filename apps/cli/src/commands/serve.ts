// btfq serve: GraphQL over HTTP, read-only on the index, until it is stopped.

import { availableParallelism } from 'node:os';
import { defineCommand } from '../command.ts';
import { UsageError } from '../errors.ts';
import { dbFlag } from '../shared-flags.ts';

/** Processes that share the port, unless more are asked for: each takes the memory of a server. */
const MOST_PROCESSES = 4;
const limit = (help: string) => ({ value: 'N', kind: 'number', help }) as const;

export const command = defineCommand({
  args: '',
  about: `
Serves the index over HTTP: the explorer, a page to look things up on, at /; GraphQL at /graphql (with GraphiQL in a
browser), bundles at /bundles, and every BTF at the path that BTFHub uses, /DISTRO/VERSION/ARCH/RELEASE.btf.tar.xz. Also serves /healthz, /readyz and /metrics. You can
replace the index file by rename while it is being served. Listens on 127.0.0.1 unless --host says otherwise. Ctrl-C
finishes the running requests and exits.`,
  flags: {
    db: dbFlag,
    host: { value: 'ADDRESS', help: 'the address to listen on', default: '127.0.0.1' },
    port: { value: 'N', kind: 'number', help: 'the port to listen on (0 chooses a free one)', default: 4000 },
    cache: {
      value: 'FOLDER',
      help: 'folder in which bundles are cached (default: btfq in the cache folder of the user)',
      complete: 'directory',
    },
    published: {
      value: 'FOLDER',
      help: 'also serve this folder of `btfq publish`: /index.json and ranges of its database; its index is the one that answers, unless --db says otherwise',
      complete: 'directory',
    },
    'cache-size': { value: 'MB', kind: 'number', help: 'size of that cache in megabytes', default: 1024 },
    workers: {
      value: 'N',
      kind: 'number',
      help: 'threads for uploaded objects (0 accepts no uploads)',
      default: 1,
    },
    processes: {
      value: 'N',
      kind: 'number',
      help: 'processes that share the port (default: one per core, at most 4)',
    },
    cors: { value: 'ORIGIN', kind: 'list', help: 'an origin whose pages may read answers; * allows any' },
    'host-name': {
      value: 'NAME',
      kind: 'list',
      help: 'a host name that requests may use; on a loopback address no others than these and its own are accepted',
    },
    'max-age': { value: 'SECONDS', kind: 'number', help: 'how long HTTP caches may keep an answer', default: 60 },
    'no-explorer': { help: 'do not serve the explorer at /' },
    'no-graphiql': { help: 'do not serve GraphiQL' },
    'no-introspection': { help: 'refuse introspection' },
    quiet: { help: 'do not log requests' },
    'max-depth': limit('maximum depth of a query'),
    'max-aliases': limit('maximum number of aliases in a query'),
    'max-tokens': limit('maximum number of tokens in a query'),
    'max-nodes': limit('maximum number of objects in an answer'),
    'max-answer': limit('maximum size of an answer in megabytes'),
    'max-concurrency': limit('maximum number of concurrent requests'),
    'max-connections': limit('maximum number of connections of one client'),
    'max-upload': limit('maximum size of a request in megabytes'),
    timeout: limit('time limit in seconds for a query, and for one about objects'),
  },
  examples: [
    { line: 'btfq serve', shows: 'serve ./btfq.db at http://127.0.0.1:4000/graphql' },
    { line: 'btfq serve --db kernels.db --host 0.0.0.0 --port 8080', shows: 'listen on all addresses' },
  ],
  async run(flags, io) {
    if ((flags.port ?? 0) > 65_535) throw new UsageError(`--port ${flags.port}: ports go to 65535`);
    const processes = Math.max(1, flags.processes ?? Math.min(availableParallelism(), MOST_PROCESSES));
    const { default: cluster } = await import('node:cluster');
    if (processes > 1 && cluster.isPrimary) {
      const { serveByProcesses } = await import('../serve/processes.ts');
      return await serveByProcesses(processes, flags.host ?? '127.0.0.1', flags.port ?? 4000, io);
    }
    try {
      const { serveHere } = await import('../serve/serve-here.ts');
      return await serveHere({ ...flags, processes }, io);
    } finally {
      cluster.worker?.disconnect(); // its channel would keep the process
    }
  },
});
