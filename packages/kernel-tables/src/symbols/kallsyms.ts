// kallsyms as it lies in an image: finds the tables, and reads them once the image's base is known.

import { KernelTablesError } from '../errors.ts';
import { findAddresses, type KallsymsForm, readAddresses } from './kallsyms-addresses.ts';
import { findPackedNames, type PackedNames, unpackNames } from './kallsyms-names.ts';
import { SymbolTable } from './symbol-table.ts';
import { findTokenTable, type TokenTable } from './token-table.ts';

/** Where a kernel's symbol table is inside its image. All numbers are offsets in the image. */
export interface Kallsyms {
  readonly tokens: TokenTable;
  readonly names: PackedNames;
  readonly form: KallsymsForm;
  readonly wordSize: 4 | 8;
  readonly littleEndian: boolean;
}

/**
 * Finds the tables: milliseconds, as one search for the token table leads to all else.
 *
 * @throws KernelTablesError `no-symbols` without a token table (CONFIG_KALLSYMS off), `bad-kallsyms` where the rest does not fit
 */
export function findKallsyms(bytes: Uint8Array, wordSize: 4 | 8, littleEndian: boolean): Kallsyms {
  let tokens = findTokenTable(bytes, littleEndian);
  if (tokens === undefined) throw new KernelTablesError('no-symbols', 'the image has no kallsyms');
  const first = tokens;
  // Kernels with another kernel inside (kexec, a hypervisor's image) have a second table: the first that fits is taken.
  for (let tries = 0; tokens !== undefined && tries < 8; tries++) {
    const names = findPackedNames(bytes, tokens, littleEndian);
    const form = names && findAddresses(bytes, tokens, names, wordSize, littleEndian);
    if (names && form) return { tokens, names, form, wordSize, littleEndian };
    tokens = findTokenTable(bytes, littleEndian, tokens.end);
  }
  throw new KernelTablesError('bad-kallsyms', 'a token table without names and addresses of its kind around it', {
    offset: first.start,
    expected: 'the layout of a kernel from 4.18 to 7.x',
  });
}

/** Reads all symbols. `base`: see {@link readAddresses}. */
export function readKallsyms(bytes: Uint8Array, found: Kallsyms, base: bigint): SymbolTable {
  const { types, names, starts } = unpackNames(bytes, found.tokens, found.names);
  const { count } = found.names;
  const addresses = readAddresses(bytes, found.form, count, found.wordSize, found.littleEndian, base);
  if (isSorted(addresses)) return new SymbolTable({ addresses, types, names, starts }, 'kallsyms');
  return sortedTable({ addresses, types, names, starts }, 'kallsyms');
}

/** A table of symbols in any order: equal addresses stay in the order they have. */
export function sortedTable(
  columns: { addresses: BigUint64Array; types: Uint8Array; names: Uint8Array; starts: Uint32Array },
  source: 'kallsyms' | 'elf',
): SymbolTable {
  const { addresses, types, names, starts } = columns;
  const order = Array.from(addresses.keys()).sort((a, b) => {
    const [left, right] = [addresses[a]!, addresses[b]!];
    return left < right ? -1 : left > right ? 1 : a - b;
  });
  const sorted = {
    addresses: new BigUint64Array(order.length),
    types: new Uint8Array(order.length),
    names: new Uint8Array(names.length),
    starts: new Uint32Array(order.length + 1),
  };
  let out = 0;
  order.forEach((from, to) => {
    sorted.addresses[to] = addresses[from]!;
    sorted.types[to] = types[from]!;
    sorted.starts[to] = out;
    const name = names.subarray(starts[from]!, starts[from + 1]!);
    sorted.names.set(name, out);
    out += name.length;
  });
  sorted.starts[order.length] = out;
  return new SymbolTable(sorted, source);
}

function isSorted(addresses: BigUint64Array): boolean {
  for (let i = 1; i < addresses.length; i++) if (addresses[i]! < addresses[i - 1]!) return false;
  return true;
}
