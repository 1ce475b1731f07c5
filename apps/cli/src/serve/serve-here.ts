// One process of `btfq serve`: the handler over the index, and a port to listen on, until it is asked to end.

import cluster from 'node:cluster';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { createHandler, defaultLimits, fileIndexSource, jsonLog, type Limits, listen } from '@btfq/graphql';
import { openIndex, parsePointer } from '@btfq/btf-index';
import { UsageError } from '../errors.ts';
import { explorerPage } from '../explorer-page.ts';
import { ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { localPath } from '../with-index.ts';
import { PORT } from './processes.ts';

const MIBIBYTE = 1024 * 1024;
/** Connections of one client, and of all, where no flag says: all processes together. */
const CONNECTIONS = { client: 256, all: 4096 } as const;

/** The flags of `btfq serve`, with the number of processes among which its limits are shared. */
export interface ServeFlags extends LimitFlags {
  readonly db: string | undefined;
  readonly host: string | undefined;
  readonly port: number | undefined;
  readonly cache: string | undefined;
  readonly published: string | undefined;
  readonly cacheSize: number | undefined;
  readonly workers: number | undefined;
  readonly processes: number;
  readonly cors: readonly string[] | undefined;
  readonly hostName: readonly string[] | undefined;
  readonly maxAge: number | undefined;
  readonly noExplorer: boolean;
  readonly noGraphiql: boolean;
  readonly noIntrospection: boolean;
  readonly quiet: boolean;
  readonly maxConnections: number | undefined;
}

/** Serves until the signal; gives the exit code. */
export async function serveHere(flags: ServeFlags, io: Io): Promise<ExitCode> {
  const share = (limit: number) => Math.ceil(limit / flags.processes);
  const folder = flags.published === undefined ? undefined : io.path(flags.published);
  const path = folder !== undefined && flags.db === undefined ? publishedPath(io, folder) : localPath(flags, io);
  openIndex(path, { readonly: true }).close(); // a wrong path is reported now, not at the first request
  const page = flags.noExplorer ? undefined : explorerPage();
  const cacheHome = io.env['XDG_CACHE_HOME'] || join(homedir(), '.cache');
  const handler = createHandler(fileIndexSource(path), {
    limits: { ...limitsOf(flags), concurrency: share(flags.maxConcurrency ?? defaultLimits.concurrency) },
    cacheFolder: flags.cache === undefined ? join(cacheHome, 'btfq', 'bundles') : io.path(flags.cache),
    cacheBytes: (flags.cacheSize ?? 1024) * MIBIBYTE,
    workers: flags.workers ?? 1,
    maxAge: flags.maxAge ?? 60,
    ...(page === undefined ? {} : { page }),
    ...(folder === undefined ? {} : { published: folder }),
    graphiql: !flags.noGraphiql,
    introspection: !flags.noIntrospection,
    prepare: true,
    processMetrics: true,
    ...(flags.cors?.length ? { cors: flags.cors } : {}),
    log: logOf(flags.quiet, (line) => io.note(line.trimEnd())),
  });
  let server: Awaited<ReturnType<typeof listen>>;
  try {
    server = await listen(handler, {
      host: flags.host ?? '127.0.0.1',
      port: portOfFirst() ?? flags.port ?? 4000,
      ...(flags.hostName?.length ? { hostNames: flags.hostName } : {}),
      connectionsPerClient: share(flags.maxConnections ?? CONNECTIONS.client),
      connections: share(CONNECTIONS.all),
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
  if (cluster.isWorker) process.once('disconnect', endWithPrimary);
  if ((cluster.worker?.id ?? 1) > 1) {
    // the first process said it
  } else if (io.wantsJson) io.json({ url: `${server.url}/graphql`, db: path });
  else io.print(`GraphQL at ${server.url}/graphql`);
  io.flush(); // whoever started us waits for the address
  await new Promise<void>((resolve) => {
    if (io.signal.aborted) resolve();
    else io.signal.addEventListener('abort', () => resolve(), { once: true });
  });
  process.off('disconnect', endWithPrimary);
  await server.close();
  return ExitCode.answered;
}

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

function portOfFirst(): number | undefined {
  const port = cluster.isWorker ? process.env[PORT] : undefined;
  return port === undefined ? undefined : Number(port);
}

/** A process without the one that started it has nobody to end it. */
function endWithPrimary(): void {
  process.kill(process.pid, 'SIGTERM');
}
