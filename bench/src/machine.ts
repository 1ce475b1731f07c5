// Where a run took place: the machine, the versions, the commit.

import { execFileSync } from 'node:child_process';
import { arch, cpus, release, totalmem } from 'node:os';

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryBytes: number;
  readonly system: string;
  readonly node: string;
  readonly commit: string;
  /** Whether files differ from that commit. */
  readonly dirty: boolean;
  readonly tools: Readonly<Record<string, string>>;
}

function firstLine(program: string, args: readonly string[]): string | undefined {
  try {
    return execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
      .split('\n')[0]
      ?.trim();
  } catch {
    return undefined;
  }
}

/** Asks the machine. `tools`: programs by name, undefined where missing. */
export function describeMachine(tools: Readonly<Record<string, string | undefined>>): Machine {
  const versions = Object.entries(tools).map(([name, path]) => [
    name,
    path === undefined ? 'missing' : (firstLine(path, ['--version']) ?? 'present'),
  ]);
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memoryBytes: totalmem(),
    system: `${process.platform} ${release()} ${arch()}`,
    node: process.version,
    commit: firstLine('git', ['rev-parse', '--short', 'HEAD']) ?? 'unknown',
    dirty: firstLine('git', ['status', '--porcelain', '--untracked-files=no']) !== '',
    tools: Object.fromEntries(versions),
  };
}
