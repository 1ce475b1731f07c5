// A table of symbols as bytes: count, then for each the distance from the one before (4 bytes; the first from the base), its type and
// the length of its name, then all names.
import { SymbolTable } from '@btfq/kernel-tables';
import { KernelRuntimeError } from '../errors.ts';

const HEADER = 16;
const MOST_NAME = 255;

/** Symbols that lie too far apart for a distance of 32 bits, such as per-CPU ones at 0, begin anew at their own address. */
export function encodeSymbols(symbols: SymbolTable): Uint8Array {
  const { count, addresses } = symbols;
  const names: string[] = [];
  const far: [number, bigint][] = [];
  let length = 0;
  for (let i = 0; i < count; i++) {
    const name = symbols.name(i).slice(0, MOST_NAME);
    names.push(name);
    length += name.length;
    const before = i === 0 ? 0n : addresses[i - 1]!;
    if (addresses[i]! - before > 0xffffffffn) far.push([i, addresses[i]!]);
  }
  const bytes = new Uint8Array(HEADER + far.length * 12 + count * 6 + length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, count, true);
  view.setUint32(4, length, true);
  view.setUint32(8, far.length, true);
  let at = HEADER;
  for (const [index, address] of far) {
    view.setUint32(at, index, true);
    view.setBigUint64(at + 4, address, true);
    at += 12;
  }
  const isFar = new Set(far.map(([index]) => index));
  for (let i = 0; i < count; i++) {
    const before = i === 0 ? 0n : addresses[i - 1]!;
    view.setUint32(at + i * 4, isFar.has(i) ? 0 : Number(addresses[i]! - before), true);
    bytes[at + count * 4 + i] = symbols.type(i).charCodeAt(0);
    bytes[at + count * 5 + i] = names[i]!.length;
  }
  at += count * 6;
  for (const name of names) for (let i = 0; i < name.length; i++) bytes[at++] = name.charCodeAt(i);
  return bytes;
}

/** Throws `bad-save` where the numbers do not fit the bytes. */
export function decodeSymbols(bytes: Uint8Array): SymbolTable {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const bad = () => new KernelRuntimeError('bad-save', 'The symbols of the saved kernel are damaged');
  if (bytes.length < HEADER) throw bad();
  const [count, length, farCount] = [view.getUint32(0, true), view.getUint32(4, true), view.getUint32(8, true)];
  if (HEADER + farCount * 12 + count * 6 + length !== bytes.length) throw bad();
  const far = new Map<number, bigint>();
  for (let i = 0; i < farCount; i++) {
    far.set(view.getUint32(HEADER + i * 12, true), view.getBigUint64(HEADER + i * 12 + 4, true));
  }
  const at = HEADER + farCount * 12;
  const addresses = new BigUint64Array(count);
  const starts = new Uint32Array(count + 1);
  let address = 0n;
  for (let i = 0; i < count; i++) {
    address = far.get(i) ?? address + BigInt(view.getUint32(at + i * 4, true));
    addresses[i] = address;
    starts[i + 1] = starts[i]! + bytes[at + count * 5 + i]!;
  }
  if (starts[count] !== length) throw bad();
  const types = bytes.subarray(at + count * 4, at + count * 5);
  const names = bytes.subarray(at + count * 6);
  return new SymbolTable({ addresses, types, names, starts }, 'kallsyms');
}
