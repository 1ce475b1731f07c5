// What an index answers to a SPEC: kernels, and for each the row of answers that it has. Rows that are alike are one.

import type { OffsetsSpec } from '../spec/spec.ts';

/** Where a field is. */
export interface FieldCell {
  readonly kind: 'field';
  /** Which of the entry's alternatives it is, from 0. */
  readonly alternative: number;
  /** Bytes. Each but the last is of a pointer to read; the last is of the field in what the last pointer leads to. */
  readonly offsets: readonly number[];
  /** Bytes; null where the type has none. Of a bitfield, its declared type's. */
  readonly size: number | null;
  /** From the last offset, as `field` counts: 0 but for bitfields. */
  readonly bitOffset: number;
  /** Of a bitfield, else null. */
  readonly bitSize: number | null;
  readonly type: string;
}

/** A size, a value, a parameter's position (from 0), or 1 for what exists and 0 for what does not. */
export interface NumberCell {
  readonly kind: 'number';
  readonly alternative: number;
  readonly value: bigint;
}

/** A function's signature. */
export interface FunctionCell {
  readonly kind: 'function';
  readonly alternative: number;
  readonly parameters: number;
  readonly signature: string;
}

/** What a kernel says to an entry. */
export type Cell = FieldCell | NumberCell | FunctionCell;

/** The words by which a kernel is looked up. */
export interface TableKernel {
  readonly distro: string;
  readonly version: string;
  readonly arch: string;
  readonly release: string;
  /** Its build id, hexadecimal, where it is known: that of the note in `/sys/kernel/notes`. */
  readonly buildId?: string | undefined;
}

/** Answers to a SPEC. */
export interface OffsetTable {
  readonly spec: OffsetsSpec;
  readonly kernels: readonly TableKernel[];
  /** For each kernel its row. */
  readonly rowOf: readonly number[];
  /** Distinct rows, in the order in which kernels have them: a cell for each entry, null where the kernel lacks it. */
  readonly rows: readonly (readonly (Cell | null)[])[];
  /** Entries that are in a kernel in several places, so that no one answer is right: null in its row. */
  readonly ambiguous: readonly { readonly entry: number; readonly kernels: readonly number[] }[];
}

/** `distro/version/arch/release`. */
export function tableKernelName({ distro, version, arch, release }: TableKernel): string {
  return `${distro}/${version}/${arch}/${release}`;
}

/**
 * A cell as every generated program prints it: `1:2464:4:0:0` for alternative, offsets, size, bit offset and bit size;
 * `1:56` for a number; `1:2:int f(void)` for a function; `-` for what is not there. Alternatives count from 1.
 */
export function cellText(cell: Cell | null): string {
  if (cell === null) return '-';
  const first = cell.alternative + 1;
  switch (cell.kind) {
    case 'field':
      return `${first}:${cell.offsets.join(',')}:${cell.size ?? 0}:${cell.bitOffset}:${cell.bitSize ?? 0}`;
    case 'number':
      return `${first}:${BigInt.asIntN(64, cell.value)}`;
    case 'function':
      return `${first}:${cell.parameters}:${cell.signature}`;
  }
}

/** The whole table as lines `kernel<TAB>entry<TAB>cell`: what generated programs print, and what self-tests count over. */
export function* dumpLines({ spec, kernels, rowOf, rows }: OffsetTable): Generator<string, void> {
  const texts = rows.map((row) => row.map(cellText));
  for (const [i, kernel] of kernels.entries()) {
    const name = tableKernelName(kernel);
    for (const [e, text] of (texts[rowOf[i]!] as string[]).entries()) {
      yield `${name}\t${spec.entries[e]?.name}\t${text}`;
    }
  }
}

/** Build ids with their rows, in the order of kernels. One that kernels with different rows have says nothing. */
export function buildRows({
  kernels,
  rowOf,
}: Pick<OffsetTable, 'kernels' | 'rowOf'>): (readonly [id: string, row: number])[] {
  const found = new Map<string, number | undefined>();
  kernels.forEach(({ buildId }, i) => {
    if (buildId === undefined) return;
    const row = rowOf[i]!;
    found.set(buildId, !found.has(buildId) || found.get(buildId) === row ? row : undefined);
  });
  return [...found].filter((one): one is [string, number] => one[1] !== undefined);
}

/** What a self-test counts over: each kernel with its row, each build id with its own, and each row once. */
export function* checkLines(table: OffsetTable): Generator<string, void> {
  const { spec, kernels, rowOf, rows } = table;
  for (const [i, kernel] of kernels.entries()) yield `${tableKernelName(kernel)}\t${rowOf[i]}`;
  for (const [id, row] of buildRows(table)) yield `${id}\t${row}`;
  for (const [r, row] of rows.entries()) {
    for (const [e, cell] of row.entries()) yield `${r}\t${spec.entries[e]?.name}\t${cellText(cell)}`;
  }
}

/** FNV-1a over the UTF-8 bytes of lines, each with its end: 32 bits that every language computes alike. */
export function checksum(lines: Iterable<string>): number {
  const encoder = new TextEncoder();
  let hash = 0x811c9dc5;
  for (const line of lines) {
    for (const byte of encoder.encode(`${line}\n`)) hash = Math.imul(hash ^ byte, 0x01000193);
  }
  return hash >>> 0;
}

/** Required entries that kernels lack, each with those kernels. */
export function missingRequired({ spec, rows, rowOf, kernels }: OffsetTable): { entry: number; kernels: number[] }[] {
  return spec.entries.flatMap((entry, e) => {
    if (entry.optional || entry.kind === 'exists') return [];
    const lacking = kernels.map((_, i) => i).filter((i) => rows[rowOf[i]!]?.[e] === null);
    return lacking.length === 0 ? [] : [{ entry: e, kernels: lacking }];
  });
}
