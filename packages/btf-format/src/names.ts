// Finding types by name. The first question of a view is answered by one scan over name offsets; from the second on
// there is a hash table over names without flavours, which serves CO-RE candidates (libbpf: bpf_core_add_cands) too.

import { essentialName } from './essential-name.ts';
import { BtfKind } from './kinds.ts';
import type { Btf } from './btf.ts';
import { infoKind } from './info.ts';

const encoder = new TextEncoder();

/** One layer's own types by the hash of their essential name: chains through `next`, ascending ids, index not id. */
interface NameTable {
  readonly heads: Int32Array;
  readonly next: Int32Array;
}

const tables = new WeakMap<Btf, NameTable>();
const asked = new WeakSet<Btf>();

/**
 * The lowest id of a type with this exact name, of this kind where one is given; undefined where there is none.
 * Answers as btf__find_by_name_kind does, the base first; `void` is 0.
 */
export function findByName(btf: Btf, name: string, kind?: BtfKind): number | undefined {
  const inBase = btf.base && findByName(btf.base, name, kind);
  if (inBase !== undefined) return inBase;
  if (name === 'void' || kind === BtfKind.Unknown) return 0;
  const key = encoder.encode(name);
  if (!tables.has(btf) && !asked.has(btf)) {
    asked.add(btf);
    return scan(btf, key, kind);
  }
  return forEachInChain(btf, encoder.encode(essentialName(name)), (id, bytes, at) =>
    (kind === undefined || btf.kind(id) === kind) && isString(bytes, at, key) ? id : undefined,
  );
}

/** All ids, ascending, of types with this exact name, in the base's layers too. */
export function idsByName(btf: Btf, name: string): number[] {
  const ids = btf.base ? idsByName(btf.base, name) : [];
  const key = encoder.encode(name);
  forEachInChain(btf, encoder.encode(essentialName(name)), (id, bytes, at) => {
    if (isString(bytes, at, key)) ids.push(id);
    return undefined;
  });
  return ids;
}

/**
 * All ids, ascending, of types whose name without flavour is this one (which itself must have no flavour). `own`
 * leaves the base's out.
 */
export function idsByEssentialName(btf: Btf, essential: string, own = false): number[] {
  const ids = btf.base && !own ? idsByEssentialName(btf.base, essential) : [];
  const key = encoder.encode(essential);
  forEachInChain(btf, key, (id, bytes, at) => {
    if (essentialLength(bytes, at) === key.length && startsWith(bytes, at, key)) ids.push(id);
    return undefined;
  });
  return ids;
}

/** Offset-wise scan without building anything: names are compared where they stand. */
function scan(btf: Btf, key: Uint8Array, kind: BtfKind | undefined): number | undefined {
  const { words, starts, strings, startId, startStringOffset } = btf;
  const { bytes } = strings;
  const length = key.length;
  const first = key[0] ?? 0;
  for (let i = 0; i + 1 < starts.length; i++) {
    const at = starts[i]!;
    if (kind !== undefined && infoKind(words[at + 1]!) !== kind) continue;
    const local = words[at]! - startStringOffset;
    if (local < 0) {
      const layer = btf.stringLayer(words[at]!);
      if (isString(layer.strings.bytes, words[at]! - layer.startStringOffset, key)) return startId + i;
      continue;
    }
    if (bytes[local] === first && bytes[local + length] === 0 && startsWith(bytes, local, key)) return startId + i;
  }
  return undefined;
}

/** Visits this layer's types of one hash, ascending, with the bytes of their names; ends at the first result. */
function forEachInChain(
  btf: Btf,
  essential: Uint8Array,
  visit: (id: number, bytes: Uint8Array, at: number) => number | undefined,
): number | undefined {
  const table = nameTable(btf);
  const { words, starts, startId } = btf;
  let i = table.heads[hashBytes(essential, 0, essential.length) & (table.heads.length - 1)]!;
  for (; i >= 0; i = table.next[i]!) {
    const nameOff = words[starts[i]!]!;
    const layer = nameOff >= btf.startStringOffset ? btf : btf.stringLayer(nameOff);
    const found = visit(startId + i, layer.strings.bytes, nameOff - layer.startStringOffset);
    if (found !== undefined) return found;
  }
  return undefined;
}

function nameTable(btf: Btf): NameTable {
  const known = tables.get(btf);
  if (known !== undefined) return known;
  const { words, starts } = btf;
  const count = starts.length - 1;
  let slots = 16;
  while (slots < count) slots *= 2;
  const heads = new Int32Array(slots).fill(-1);
  const next = new Int32Array(count).fill(-1);
  for (let i = count - 1; i >= 0; i--) {
    const nameOff = words[starts[i]!]!;
    const layer = nameOff >= btf.startStringOffset ? btf : btf.stringLayer(nameOff); // split types borrow base strings
    const { bytes } = layer.strings;
    const at = nameOff - layer.startStringOffset;
    if (bytes[at] === 0) continue;
    const slot = hashBytes(bytes, at, essentialLength(bytes, at)) & (slots - 1);
    next[i] = heads[slot]!;
    heads[slot] = i;
  }
  const table = { heads, next };
  tables.set(btf, table);
  return table;
}

/** FNV-1a, its high bits folded into the low ones that choose the slot. */
function hashBytes(bytes: Uint8Array, at: number, length: number): number {
  let hash = 0x811c9dc5;
  for (let i = at; i < at + length; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193);
  return (hash ^ (hash >>> 15)) >>> 0;
}

/** `essentialNameLength` on bytes that end with NUL: the last run of exactly three underscores inside the name. */
function essentialLength(bytes: Uint8Array, at: number): number {
  let length = -1;
  let run = 0;
  let end = at;
  for (let byte = bytes[end]!; byte !== 0; byte = bytes[++end]!) {
    if (byte === 0x5f) run++;
    else {
      if (run === 3 && end - 3 > at) length = end - 3 - at;
      run = 0;
    }
  }
  return length < 0 ? end - at : length;
}

function startsWith(bytes: Uint8Array, at: number, key: Uint8Array): boolean {
  for (let i = 0; i < key.length; i++) if (bytes[at + i] !== key[i]) return false;
  return true;
}

function isString(bytes: Uint8Array, at: number, key: Uint8Array): boolean {
  return bytes[at + key.length] === 0 && startsWith(bytes, at, key);
}
