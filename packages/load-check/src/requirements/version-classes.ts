// Which kernel versions an object that asks for LINUX_KERNEL_VERSION can tell apart, so that kernels of other versions share
// their answers.

import { INSN_SIZE, Insn, LDDW } from '@btfq/core-reloc';
import type { LoadKernel } from '../kernel/load-kernel.ts';
import { kernelVersion } from '../rules/externs.ts';
import type { LoadRequirements } from './requirements.ts';

/** Patch levels have 8 bits of a version's number. */
const PATCHES = 256;

const known = new WeakMap<LoadRequirements, Numbers | undefined>();

/** Numbers that a version may be compared with, ascending. */
interface Numbers {
  readonly whole: readonly number[];
  readonly patches: readonly number[];
}

/**
 * A text that kernels share whose versions the object cannot tell apart; `''` where it does not ask. Code compares the version,
 * or its patch level alone, with numbers that stand in the object: versions of one series that lie between the same two of
 * these are alike.
 */
export function versionClass(
  requirements: LoadRequirements,
  kernel: Pick<LoadKernel, 'release' | 'sourceVersion'>,
): string {
  if (!known.has(requirements)) known.set(requirements, numbersOf(requirements));
  const numbers = known.get(requirements);
  if (numbers === undefined) return '';
  const resolved = kernelVersion(kernel);
  switch (resolved.state) {
    case 'value': {
      const value = Number(resolved.value);
      const [series, patch] = [Math.floor(value / PATCHES), value % PATCHES];
      return `${series} ${rank(numbers.whole, value)} ${rank(numbers.patches, patch)}`;
    }
    case 'one-of':
      return `one of ${resolved.values.join()}`;
    default:
      return `${kernel.release} ${kernel.sourceVersion}`;
  }
}

/** How a number lies among others: their count below it, and whether it is one of them. */
function rank(numbers: readonly number[], value: number): string {
  const below = numbers.filter((each) => each < value).length;
  return numbers[below] === value ? `=${below}` : `${below}`;
}

function numbersOf({ object, data }: LoadRequirements): Numbers | undefined {
  if (!object.externs.some(({ name }) => name === 'LINUX_KERNEL_VERSION')) return undefined;
  const all = new Set<number>();
  for (const { code } of object.programs) {
    for (let offset = 0; offset + INSN_SIZE <= code.length; offset += INSN_SIZE) {
      const insn = new Insn(code, offset, object.littleEndian);
      all.add(insn.imm);
      if (insn.code === LDDW) offset += INSN_SIZE;
    }
  }
  const kept = object.elf.sections.filter(({ name }) => /^\.(ro)?data/.test(name));
  for (const bytes of [...kept.map((section) => object.elf.sectionBytes(section)), ...data.values()]) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let at = 0; at + 4 <= bytes.length; at += 4) all.add(view.getInt32(at, object.littleEndian));
  }
  const sorted = [...all].sort((a, b) => a - b);
  return {
    whole: sorted.filter((each) => each >= PATCHES),
    patches: sorted.filter((each) => each >= 0 && each < PATCHES),
  };
}
