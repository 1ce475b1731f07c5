// BTF from debug information, whole processes in turns with pahole: an unpacked vmlinux with DWARF, one thread each.

import { join } from 'node:path';
import { fixturePath } from '@btfq/test-kit';
import { type BenchContext, type Case, missing } from '../case.ts';
import { BTFQ, type Run } from '../process.ts';
import type { Row } from '../result.ts';
import { spread } from '../statistics.ts';
import { sideBySide } from './commands.ts';

/** The kernel's own flags (scripts/Makefile.btf). */
const FEATURES =
  'encode_force,var,float,enum64,decl_tag,type_tag,optimized_func,consistent_func,decl_tag_kfuncs,attributes';

const peakOf = (runs: readonly Run[]): number | undefined => {
  const peaks = runs.flatMap(({ peakBytes }) => peakBytes ?? []);
  return peaks.length > 0 ? Math.max(...peaks) : undefined;
};

export const dwarf: Case = {
  name: 'dwarf',
  about: 'BTF from a vmlinux with debug information, in turns with pahole on one thread',
  async run(context: BenchContext): Promise<readonly Row[]> {
    const vmlinux = context.vmlinux ?? fixturePath('dwarf/gcc-5.elf');
    if (context.vmlinux === undefined) context.note('dwarf: --vmlinux FILE is missing: a small program stands in');
    const pahole = context.reference('pahole');
    const flags = ['-J', '-j1', `--btf_features=${FEATURES}`, '--lang_exclude=rust'];
    const runs = await sideBySide(
      context,
      [...BTFQ, 'btf', 'encode', vmlinux, '-o', join(context.scratch, 'ours.btf')],
      pahole === undefined
        ? undefined
        : [pahole, ...flags, `--btf_encode_detached=${join(context.scratch, 'theirs.btf')}`, vmlinux],
    );
    const cpu = (side: readonly Run[]) => spread(side.map((run) => run.cpuMilliseconds ?? run.milliseconds));
    const common = {
      reference: pahole === undefined ? undefined : cpu(runs.theirs),
      referenceNote: pahole === undefined ? missing('pahole') : 'pahole -j1, the same vmlinux',
      peakBytes: peakOf(runs.ours),
      referencePeakBytes: peakOf(runs.theirs),
    };
    return [
      {
        name: 'dwarf-encode',
        what: 'BTF from DWARF, one kernel, CPU time of the whole process',
        unit: 'ms',
        ours: cpu(runs.ours),
        ...common,
        target: { of: 'ratio', better: 'less', atLeast: 0.6, aim: 0.4 },
        facts: { seconds: spread(runs.ours.map((run) => run.milliseconds)).median / 1000 },
      },
    ];
  },
};
