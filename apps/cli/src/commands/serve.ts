// btfq serve: GraphQL over HTTP, read-only on the index, until it is stopped.

import { homedir } from 'node:os';
import { join } from 'node:path';
import { createHandler, fileIndexSource, jsonLog, type Limits, listen } from '@btfq/graphql';
import { openIndex, parsePointer } from '@btfq/btf-index';
import { defineCommand } from '../command.ts';
import { UsageError } from '../errors.ts';
import { explorerFolder } from '../explorer-page.ts';
import { ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { dbFlag } from '../shared-flags.ts';
import { localPath } from '../with-index.ts';

const MIBIBYTE = 1024 * 1024;
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
    const folder = flags.published === undefined ? undefined : io.path(flags.published);
    const path = folder !== undefined && flags.db === undefined ? publishedPath(io, folder) : localPath(flags, io);
    openIndex(path, { readonly: true }).close(); // a wrong path is reported now, not at the first request
    const page = flags.noExplorer ? undefined : explorerFolder();
    const cacheHome = io.env['XDG_CACHE_HOME'] || join(homedir(), '.cache');
    const handler = createHandler(fileIndexSource(path), {
      limits: limitsOf(flags),
      cacheFolder: flags.cache === undefined ? join(cacheHome, 'btfq', 'bundles') : io.path(flags.cache),
      cacheBytes: (flags.cacheSize ?? 1024) * MIBIBYTE,
      workers: flags.workers ?? 1,
      maxAge: flags.maxAge ?? 60,
      ...(page === undefined ? {} : { page }),
      ...(folder === undefined ? {} : { published: folder }),
      graphiql: !flags.noGraphiql,
      introspection: !flags.noIntrospection,
      processMetrics: true,
      ...(flags.cors?.length ? { cors: flags.cors } : {}),
      log: logOf(flags.quiet, (line) => io.note(line.trimEnd())),
    });
    let server: Awaited<ReturnType<typeof listen>>;
    try {
      server = await listen(handler, {
        host: flags.host ?? '127.0.0.1',
        port: flags.port ?? 4000,
        ...(flags.hostName?.length ? { hostNames: flags.hostName } : {}),
        ...(flags.maxConnections ? { connectionsPerClient: flags.maxConnections } : {}),
      });
    } catch (error) {
      await handler.close();
      const { code } = error as { code?: string };
      if (code === 'EADDRINUSE')
        throw new UsageError(`port ${flags.port} is taken`, 'give another with --port, or 0 for any');
      if (code === 'EACCES')
        throw new UsageError(`port ${flags.port} may not be used`, 'give one above 1023 with --port');
      if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
        throw new UsageError(`cannot listen on ${flags.host}`, 'give an address of this machine with --host');
      }
      throw error;
    }
    if (io.wantsJson) io.json({ url: `${server.url}/graphql`, db: path });
    else io.print(`GraphQL at ${server.url}/graphql`);
    io.flush(); // whoever started us waits for the address
    await new Promise<void>((resolve) => {
      if (io.signal.aborted) resolve();
      else io.signal.addEventListener('abort', () => resolve(), { once: true });
    });
    await server.close();
    return ExitCode.answered;
  },
});

/** The database that a folder's pointer names. */
function publishedPath(io: Io, folder: string): string {
  const pointer = join(folder, 'index.json');
  const { file } = parsePointer(new TextDecoder().decode(io.readFile(pointer)), pointer);
  return join(folder, file);
}

interface LimitFlags {
  readonly maxDepth: number | undefined;
  readonly maxAliases: number | undefined;
  readonly maxTokens: number | undefined;
  readonly maxNodes: number | undefined;
  readonly maxAnswer: number | undefined;
  readonly maxConcurrency: number | undefined;
  readonly maxUpload: number | undefined;
  readonly timeout: number | undefined;
}

/** Only those that were given: the rest are the library's. */
function limitsOf(flags: LimitFlags): Partial<Limits> {
  const given: Partial<Record<keyof Limits, number | undefined>> = {
    depth: flags.maxDepth,
    aliases: flags.maxAliases,
    tokens: flags.maxTokens,
    nodes: flags.maxNodes,
    answerBytes: flags.maxAnswer && flags.maxAnswer * MIBIBYTE,
    concurrency: flags.maxConcurrency,
    uploadBytes: flags.maxUpload && flags.maxUpload * MIBIBYTE,
    milliseconds: flags.timeout && flags.timeout * 1000,
    workMilliseconds: flags.timeout && flags.timeout * 1000,
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

/** One line of JSON a request on stderr; only warnings and errors with `--quiet`. */
function logOf(quiet: boolean, write: (line: string) => void): ReturnType<typeof jsonLog> {
  const log = jsonLog(write);
  return (entry) => {
    if (!quiet || entry.level !== 'info') log(entry);
  };
}
