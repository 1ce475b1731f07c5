// Answers about what kernels offer, as text and as JSON: each distinct answer with its kernels.
import { type BtfIndex, type FactVariant, kernelsByIds, knownTableParts } from '@btfq/btf-index';
import { ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { plural } from './numbers.ts';

/** Prints the answers; the exit code says whether some kernel has it. `describe` gives the lines of one. */
export function printVariants<T>(
  index: BtfIndex,
  io: Io,
  name: string,
  variants: readonly FactVariant<T>[],
  describe: (value: T) => readonly string[],
): ExitCode {
  const names = (ids: readonly number[]) => kernelsByIds(index, ids).map((kernel) => kernel.name);
  const isThere = variants.some(({ state }) => state === 'present');
  if (io.wantsJson) {
    io.json(
      variants.map(({ state, value, kernelIds }) => ({ state, value: value ?? null, kernels: names(kernelIds) })),
    );
    return isThere ? ExitCode.answered : ExitCode.no;
  }
  for (const { state, value, kernelIds } of variants) {
    const kernels = io.style.dim(kernelsText(names(kernelIds)));
    if (value !== undefined) {
      for (const line of describe(value)) io.print(line);
      io.print(`  ${kernels}`);
    } else io.print(`${name}: ${state === 'absent' ? 'not there' : 'not known'}\n  ${kernels}`);
  }
  const absent = variants.filter(({ state }) => state === 'absent').flatMap(({ kernelIds }) => [...kernelIds]);
  const unread = absent.filter((id) => !knownTableParts(index, id)?.includes('moduleFunctions')).length;
  if (unread > 0) {
    const those = unread === absent.length ? '' : ` of ${unread} of them`;
    io.note(`btfq: 'not there' is said of the kernel itself: the modules${those} were not read, and one may have it`);
  }
  if (variants.every(({ state }) => state === 'not-known')) {
    io.note('btfq: none of these kernels has tables; ingest its image or package (docs/guide-tables.md)');
  }
  return isThere ? ExitCode.answered : ExitCode.no;
}

/** `3 kernels: debian/12/... to debian/13/...`, or the one. */
export function kernelsText(names: readonly string[]): string {
  if (names.length === 1) return names[0] ?? '';
  return `${plural(names.length, 'kernel')}: ${names[0]} to ${names.at(-1)}`;
}
