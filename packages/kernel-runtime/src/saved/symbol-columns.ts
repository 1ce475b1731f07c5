// A table of symbols as bytes: a header; the addresses that lie far from the one before; then column by column the distances from the
// one before (their lowest bytes first, then the next ones), types, lengths of names, and all names.
//
// Before each function x86-64 kernels since 6.2 have 16 bytes with a name of their own, `__pfx_` and the function's: a third of all
// names. They are a bit of the function's type.
import { SymbolTable } from '@btfq/kernel-tables';
import { KernelRuntimeError } from '../errors.ts';

/** Symbols that are written, bytes of their names, far addresses, symbols that are implied by the next one: 4 bytes each. */
const HEADER = 16;
const MOST_NAME = 255;
const PREFIX = '__pfx_';
const PREFIX_SIZE = 16n;
const HAS_PREFIX = 0x80;
/** An index and an address. */
const FAR_SIZE = 12;
/** Distance, type, length. */
const COLUMNS = 6;

const bad = () => new KernelRuntimeError('bad-save', 'The symbols of the saved kernel are damaged');

/** Symbols that lie too far apart for a distance of 32 bits, such as per-CPU ones at 0, begin anew at their own address. */
export function encodeSymbols(symbols: SymbolTable): Uint8Array {
  const written: number[] = [];
  const implying = new Set<number>();
  for (let i = 0; i < symbols.count; i++) {
    if (isPrefixOfNext(symbols, i)) implying.add(i + 1);
    else written.push(i);
  }
  const names = written.map((index) => symbols.name(index).slice(0, MOST_NAME));
  const length = names.reduce((sum, name) => sum + name.length, 0);
  const count = written.length;
  const addressOf = (i: number) => (i < 0 ? 0n : symbols.addresses[written[i]!]!);
  const far = written.flatMap((_, i) => (addressOf(i) - addressOf(i - 1) > 0xffffffffn ? [i] : []));
  const bytes = new Uint8Array(HEADER + far.length * FAR_SIZE + count * COLUMNS + length);
  const view = new DataView(bytes.buffer);
  [count, length, far.length, implying.size].forEach((value, i) => {
    view.setUint32(i * 4, value, true);
  });
  let at = HEADER;
  for (const i of far) {
    view.setUint32(at, i, true);
    view.setBigUint64(at + 4, addressOf(i), true);
    at += FAR_SIZE;
  }
  const isFar = new Set(far);
  written.forEach((index, i) => {
    const distance = isFar.has(i) ? 0 : Number(addressOf(i) - addressOf(i - 1));
    for (let plane = 0; plane < 4; plane++) bytes[at + count * plane + i] = distance >>> (plane * 8);
    bytes[at + count * 4 + i] = symbols.type(index).charCodeAt(0) | (implying.has(index) ? HAS_PREFIX : 0);
    bytes[at + count * 5 + i] = names[i]!.length;
  });
  at += count * COLUMNS;
  for (const name of names) for (let i = 0; i < name.length; i++) bytes[at++] = name.charCodeAt(i);
  return bytes;
}

/** Whether a symbol is the `__pfx_` of the one behind it, and nothing is lost where only that is written. */
function isPrefixOfNext(symbols: SymbolTable, index: number): boolean {
  const name = symbols.name(index);
  return (
    name.startsWith(PREFIX) &&
    index + 1 < symbols.count &&
    symbols.name(index + 1) === name.slice(PREFIX.length) &&
    name.length <= MOST_NAME &&
    symbols.type(index + 1) === symbols.type(index) &&
    symbols.addresses[index + 1]! - symbols.addresses[index]! === PREFIX_SIZE
  );
}

/** Throws `bad-save` where the numbers do not fit the bytes. */
export function decodeSymbols(bytes: Uint8Array): SymbolTable {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < HEADER) throw bad();
  const [count, length, farCount, implied] = [0, 4, 8, 12].map((at) => view.getUint32(at, true)) as [
    number,
    number,
    number,
    number,
  ];
  const at = HEADER + farCount * FAR_SIZE;
  if (at + count * COLUMNS + length !== bytes.length || implied > count) throw bad();
  const far = new Map<number, bigint>();
  for (let i = 0; i < farCount; i++) {
    far.set(view.getUint32(HEADER + i * FAR_SIZE, true), view.getBigUint64(HEADER + i * FAR_SIZE + 4, true));
  }
  const addresses = new BigUint64Array(count + implied);
  const types = new Uint8Array(count + implied);
  const starts = new Uint32Array(count + implied + 1);
  const written = bytes.subarray(at + count * COLUMNS);
  // One prefix more than there can be, which is noticed after it is written
  const names = new Uint8Array(length * 2 + (implied + 1) * PREFIX.length);
  let address = 0n;
  let from = 0;
  let to = 0;
  let symbol = 0;
  const add = (start: number, size: number, type: number, place: bigint) => {
    if (symbol >= addresses.length) throw bad();
    names.set(written.subarray(start, start + size), to);
    to += size;
    addresses[symbol] = place;
    types[symbol] = type;
    starts[++symbol] = to;
  };
  const prefix = Uint8Array.from(PREFIX, (char) => char.charCodeAt(0));
  for (let i = 0; i < count; i++) {
    const distance =
      bytes[at + i]! |
      (bytes[at + count + i]! << 8) |
      (bytes[at + count * 2 + i]! << 16) |
      (bytes[at + count * 3 + i]! << 24);
    address = far.get(i) ?? address + BigInt(distance >>> 0);
    const type = bytes[at + count * 4 + i]!;
    const size = bytes[at + count * 5 + i]!;
    if (from + size > length) throw bad();
    if ((type & HAS_PREFIX) !== 0) {
      names.set(prefix, to);
      to += PREFIX.length;
      add(from, size, type & ~HAS_PREFIX, BigInt.asUintN(64, address - PREFIX_SIZE));
    }
    add(from, size, type & ~HAS_PREFIX, BigInt.asUintN(64, address));
    from += size;
  }
  if (from !== length || symbol !== addresses.length) throw bad();
  return new SymbolTable({ addresses, types, names: names.subarray(0, to), starts }, 'kallsyms');
}
