// A server of an index as a process of its own, for what measures it from outside.

import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { BTFQ } from './process.ts';

/** A server that listens. Its bundles are kept below `scratch`; `flags` are further ones of `btfq serve`. */
export async function startServer(
  db: string,
  scratch: string,
  flags: readonly string[] = [],
): Promise<{ child: ChildProcess; url: string }> {
  const [program, ...args] = [
    ...BTFQ,
    'serve',
    '--db',
    db,
    '--port',
    '0',
    '--quiet',
    '--cache',
    join(scratch, 'bundles'),
  ];
  const child = spawn(program as string, [...args, ...flags], { stdio: ['ignore', 'pipe', 'inherit'] });
  for await (const line of createInterface({ input: child.stdout as NodeJS.ReadableStream })) {
    const [url] = /http:\/\/\S+/.exec(line) ?? [];
    if (url) return { child, url };
  }
  throw new Error('the server ended before it listened');
}

/** Asks a process to end, and ends it where it does not within ten seconds. */
export async function stop(child: ChildProcess): Promise<void> {
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), 10_000);
  await ended;
  clearTimeout(timer);
}
