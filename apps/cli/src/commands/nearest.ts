// btfq nearest: what the kernels around one that is not in the index say of an object.
import { basename } from 'node:path';
import { type NeedChange, type Neighbours, neighbours } from '@btfq/btf-index';
import { formatRoot, formatSpecInC, type RelocationResult } from '@btfq/core-reloc';
import { archAlias } from '@btfq/kernel-source/identity';
import { requirementsOf } from '@btfq/load-check';
import { openObject } from '@btfq/loader';
import { defineCommand } from '../command.ts';
import { UsageError } from '../errors.ts';
import { ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { dbFlag, offlineFlag } from '../shared-flags.ts';
import { withIndex } from '../with-index.ts';

export const command = defineCommand({
  args: 'OBJECT',
  about: `
Says what can be said of an object on a kernel that is not in the index: it takes the kernels before and behind it in its
series (distribution, architecture, flavour), and compares what every relocation becomes and whether every program loads and
attaches. If both answer alike, so does the one between, as far as anyone can tell. If not, the needs that changed are
listed. Some tools take the kernel with the longest common name; btfq says when that would be wrong.

Exit code 1 where the two differ, or one of them is missing.`,
  flags: {
    db: dbFlag,
    offline: offlineFlag,
    like: { value: 'KERNEL', help: 'the kernel that is meant: DISTRO/VERSION/ARCH/RELEASE' },
  },
  examples: [
    {
      line: 'btfq nearest prog.bpf.o --like debian/12/x86_64/6.1.0-52-cloud-amd64',
      shows: 'what to expect of a kernel that was never ingested',
    },
  ],
  run(flags, io) {
    const [path] = flags.args as [string];
    const [distro, version, arch, ...rest] = (flags.like ?? '').split('/');
    const release = rest.join('/');
    if (!distro || !version || !arch || release === '')
      throw new UsageError('--like takes DISTRO/VERSION/ARCH/RELEASE');
    const requirements = requirementsOf(openObject(io.readFile(path), { path: basename(path) }));
    return withIndex(flags, io, (index) => {
      const like = { distro, version, arch: archAlias(arch), release };
      const words = (result: RelocationResult) => relocationWords(requirements.core?.btf, result);
      const found = neighbours(index, requirements, like, words);
      if (io.wantsJson) io.json(jsonOf(basename(path), flags.like ?? '', found));
      else print(io, basename(path), flags.like ?? '', found);
      return found.itself !== undefined || found.same === true ? ExitCode.answered : ExitCode.no;
    });
  },
});

function relocationWords(
  btf: Parameters<typeof formatRoot>[0] | undefined,
  { relocation, localSpec }: RelocationResult,
): string {
  const spec = localSpec === undefined ? (btf ? formatRoot(btf, relocation.typeId) : '') : formatSpecInC(localSpec);
  return `${spec} (kind ${relocation.kind})`;
}

function jsonOf(object: string, like: string, found: Neighbours) {
  const { itself, before, behind, same, changes, answers, byName } = found;
  return {
    object,
    like,
    indexed: itself?.name ?? null,
    before: before?.name ?? null,
    behind: behind?.name ?? null,
    same: same ?? null,
    changes,
    programs: answers.map(({ program, section, verdict, attach }) => ({
      program,
      section,
      verdict,
      attach: attach.verdict,
    })),
    longestCommonName: byName && { kernel: byName.kernel.name, wrong: byName.wrong ?? null, changes: byName.changes },
  };
}

function print(
  io: Io,
  object: string,
  like: string,
  { itself, before, behind, same, changes, byName }: Neighbours,
): void {
  io.print(io.style.head(`${object} on ${like}`));
  if (itself !== undefined) io.print('  the index has this kernel: ask it with btfq loads');
  io.print(`  before: ${before?.name ?? 'none in its series'}`);
  io.print(`  behind: ${behind?.name ?? 'none in its series'}`);
  if (same === true)
    io.print(
      '  every relocation and every verdict is the same on both: the kernel between them most likely answers the same',
    );
  else if (same === false) {
    io.print('  they differ, so nothing certain can be said of the one between; what changed:');
    printChanges(io, changes);
  } else io.print('  only one side is known, so nothing certain can be said');
  if (byName === undefined) return;
  const judged = byName.wrong === undefined ? 'may be wrong' : byName.wrong ? 'would be wrong' : 'would do';
  io.print(`  the longest common name is ${byName.kernel.release}: taking its types ${judged}`);
  if (byName.wrong !== false) printChanges(io, byName.changes);
}

const MOST = 12;

function printChanges(io: Io, changes: readonly NeedChange[]): void {
  for (const { kind, need, before, behind } of changes.slice(0, MOST)) {
    io.print(`    ${kind === 'program' ? 'program ' : ''}${need}: ${before} -> ${behind}`);
  }
  if (changes.length > MOST) io.print(`    and ${changes.length - MOST} more`);
}
