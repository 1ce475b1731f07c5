// Several processes that answer on one port: this one only starts them, hands connections out, and ends them. It loads neither a
// database nor a server.

import cluster, { type Worker } from 'node:cluster';
import { createServer } from 'node:net';
import { ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';

/** Milliseconds before a process that ended is started again. */
const AGAIN_AFTER = 1_000;

/** In the environment of every process: the port, where any was asked for the one that was free. */
export const PORT = 'BTFQ_SERVE_PORT';

/**
 * Serves by `count` processes until the signal; gives the exit code. The first one says the address, or what is wrong with the
 * flags: the others start when it listens.
 */
export async function serveByProcesses(count: number, host: string, wanted: number, io: Io): Promise<ExitCode> {
  const alive = new Set<Worker>();
  const port = wanted === 0 ? await freePort(host) : wanted;
  let gone: (() => void) | undefined;
  const start = (): Worker => {
    const worker = cluster.fork({ [PORT]: String(port) });
    alive.add(worker);
    worker.on('message', (message: unknown) => void answerMetrics(worker, message));
    worker.once('exit', (code, signal) => {
      alive.delete(worker);
      if (io.signal.aborted) {
        if (alive.size === 0) gone?.();
      } else if (listening) {
        io.note(JSON.stringify({ level: 'error', event: 'process-ended', code, signal }));
        setTimeout(() => io.signal.aborted || start(), AGAIN_AFTER);
      }
    });
    return worker;
  };
  let listening = false;
  io.signal.addEventListener('abort', () => {
    for (const worker of alive) worker.process.kill('SIGTERM');
  });
  const first = start();
  const failed = await new Promise<ExitCode | undefined>((resolve) => {
    first.once('listening', () => resolve(undefined));
    first.once('exit', (code: number | null) => {
      resolve(io.signal.aborted ? ExitCode.answered : ((code ?? ExitCode.defect) as ExitCode));
    });
  });
  if (failed !== undefined) return failed;
  listening = true;
  for (let more = 1; more < count && !io.signal.aborted; more++) start();
  await new Promise<void>((resolve) => {
    gone = resolve;
    if (alive.size === 0 && io.signal.aborted) resolve();
  });
  return ExitCode.answered;
}

/** A port that nobody has: all processes are to ask for the same one, also those that come after the others are gone. */
async function freePort(host: string): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.once('error', () => resolve()); // the first process says what is wrong with the address
    server.listen({ port: 0, host }, resolve);
  });
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** /metrics of one process reports all of them. */
async function answerMetrics(worker: Worker, message: unknown): Promise<void> {
  const { kind, id } = message as { kind?: unknown; id?: unknown };
  if (kind !== 'metrics-of-all') return;
  const { metricsOfProcesses } = await import('@btfq/graphql/process-metrics');
  const text = await metricsOfProcesses().catch(() => undefined);
  if (worker.isConnected()) worker.send({ kind, id, text });
}
