// What every table is read from: a kernel's memory, its symbols and its own types.

import type { Btf } from '@btfq/btf-format';
import type { KernelImage } from './image/kernel-image.ts';
import type { KernelMemory } from './image/memory.ts';
import type { SymbolTable } from './symbols/symbol-table.ts';

/** A kernel to be read. */
export interface KernelView {
  readonly memory: KernelMemory;
  readonly symbols: SymbolTable;
  readonly btf: Btf;
  /** The types whose ids the image's sets have: the kernel's own, or those of a module. */
  readonly idTypes: Btf;
  /** The release's first numbers, `[6, 12]`: from the banner; undefined where there is none. */
  readonly version: readonly [number, number] | undefined;
}

/** Joins an opened image and the BTF in it. */
export function kernelView({ memory, symbols }: Pick<KernelImage, 'memory' | 'symbols'>, btf: Btf): KernelView {
  return { memory, symbols, btf, idTypes: btf, version: versionOf(memory, symbols) };
}

function versionOf(memory: KernelMemory, symbols: SymbolTable): readonly [number, number] | undefined {
  const at = symbols.address('linux_banner');
  const text = at === undefined ? bannerIn(memory) : memory.string(at);
  const found = /^Linux version (\d+)\.(\d+)/.exec(text ?? '');
  return found ? [Number(found[1]), Number(found[2])] : undefined;
}

/** Without the symbol the banner is looked for: 'Linux version ' with a digit behind it. */
function bannerIn(memory: KernelMemory): string | undefined {
  const key = new TextEncoder().encode('Linux version ');
  for (const { address, bytes } of memory.regions) {
    for (let at = bytes.indexOf(0x4c); at >= 0; at = bytes.indexOf(0x4c, at + 1)) {
      if (!key.every((byte, i) => bytes[at + i] === byte)) continue;
      const digit = bytes[at + key.length] ?? 0;
      if (digit >= 0x31 && digit <= 0x39) return memory.string(address + BigInt(at));
    }
  }
  return undefined;
}

/** Whether kallsyms has the symbols of data (CONFIG_KALLSYMS_ALL), or an ELF file its symbol table. */
export function hasDataSymbols({ symbols }: Pick<KernelView, 'symbols'>): boolean {
  return symbols.has('init_task') || symbols.has('jiffies');
}

/** The range between two symbols, such as `__start_x` and `__stop_x`; undefined where one is missing or they do not ascend. */
export function symbolRange(
  { symbols }: Pick<KernelView, 'symbols'>,
  start: string,
  stop: string,
): { readonly start: bigint; readonly end: bigint } | undefined {
  const [from, to] = [symbols.address(start), symbols.address(stop)];
  return from !== undefined && to !== undefined && from <= to ? { start: from, end: to } : undefined;
}

/** The pointers in a range; undefined where the image does not have it all, or it is larger than any table. */
export function pointersIn(memory: KernelMemory, start: bigint, end: bigint): bigint[] | undefined {
  const length = Number(end - start);
  const bytes = length >= 0 && length < MAX_TABLE ? memory.bytes(start, length) : undefined;
  if (bytes === undefined) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const pointers: bigint[] = [];
  const { wordSize, littleEndian } = memory;
  for (let at = 0; at + wordSize <= length; at += wordSize) {
    pointers.push(wordSize === 8 ? view.getBigUint64(at, littleEndian) : BigInt(view.getUint32(at, littleEndian)));
  }
  return pointers;
}

const MAX_TABLE = 64 << 20;
