// What the browser test does in the browser and in Node, to compare: open a BTF, print a struct, relocate, minimize.
import { dumpTypeC, findByName, loadBtf } from '@btfq/btf-format';
import { oracleLines, parseBpfObject, relocate } from '@btfq/core-reloc';
import { isElf } from '@btfq/elf';
import { minimize } from '@btfq/minimizer';

export interface WorkResult {
  readonly isElf: boolean;
  readonly types: number;
  readonly struct: string;
  readonly relocations: readonly string[];
  readonly outcomes: readonly string[];
  readonly minimalLength: number;
  readonly minimalSum: number;
}

/** All four packages on a kernel's BTF and an object. */
export function work(kernel: Uint8Array, objectBytes: Uint8Array): WorkResult {
  const btf = loadBtf(kernel);
  const object = parseBpfObject(objectBytes);
  const minimal = minimize(btf, [object]).bytes;
  return {
    isElf: isElf(objectBytes),
    types: btf.typeCount,
    struct: dumpTypeC(btf, findByName(btf, 'list_head') ?? 0),
    relocations: oracleLines(object, btf),
    outcomes: relocate(object, btf).map((result) => result.outcome),
    minimalLength: minimal.length,
    minimalSum: minimal.reduce((sum, byte) => (Math.imul(sum, 31) + byte) >>> 0, 7),
  };
}
