// Whole processes, measured from outside: wall time, and where GNU time is installed CPU time and peak memory too.

import { spawn } from 'node:child_process';
import { accessSync, constants, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const GNU_TIME = '/usr/bin/time';

/** One run of a command. */
export interface Run {
  readonly milliseconds: number;
  /** User and system time; undefined without GNU time. */
  readonly cpuMilliseconds: number | undefined;
  /** Peak resident memory; undefined without GNU time. */
  readonly peakBytes: number | undefined;
  readonly outputBytes: number;
  readonly exitCode: number;
  /** The end of what it wrote to stderr. */
  readonly complaint: string;
}

/** Whether `path` is a program that may be run. */
export function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Whether CPU time and memory can be determined. */
export const hasGnuTime = isProgram(GNU_TIME);

/** Runs a command to its end; its output is read and thrown away. Rejects where it cannot be started. */
export async function runProcess(command: readonly string[]): Promise<Run> {
  const folder = hasGnuTime ? mkdtempSync(join(tmpdir(), 'btfq-bench-')) : undefined;
  const report = folder && join(folder, 'time');
  const [program, ...args] = report ? [GNU_TIME, '-q', '-o', report, '-f', '%U %S %M', ...command] : command;
  const start = performance.now();
  const child = spawn(program as string, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let outputBytes = 0;
  child.stdout.on('data', (chunk: Uint8Array) => {
    outputBytes += chunk.length;
  });
  let complaint = '';
  child.stderr.on('data', (chunk: Uint8Array) => {
    complaint = (complaint + new TextDecoder().decode(chunk)).slice(-2000);
  });
  const exitCode = await new Promise<number>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve(code ?? -1));
  });
  const milliseconds = performance.now() - start;
  const [user, system, kilobytes] = report ? readFileSync(report, 'utf8').trim().split(' ').map(Number) : [];
  if (folder) rmSync(folder, { recursive: true });
  return {
    milliseconds,
    cpuMilliseconds: user === undefined || system === undefined ? undefined : (user + system) * 1000,
    peakBytes: kilobytes === undefined ? undefined : kilobytes * 1024,
    outputBytes,
    exitCode,
    complaint,
  };
}

/** How the built command line is started: as it is installed, without a package manager in between. */
export const BTFQ: readonly string[] = [
  process.execPath,
  fileURLToPath(new URL('../../apps/cli/dist/bin/btfq.cjs', import.meta.url)),
];
