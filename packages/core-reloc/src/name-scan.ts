// Finding the types of a handful of names in one pass over a BTF. For one object this is several times cheaper than a
// table of all hundred thousand names, of which it would ask for twenty.

import { type Btf, essentialName, preselectNames } from '@btfq/btf-format';

const utf8 = new TextEncoder();
const PREFIX = 4;
const UNDERSCORE = 0x5f;

/**
 * The ids, ascending, of this layer's own types whose name without flavour is one of these, by that name. Names without
 * a type have an empty list.
 */
export function scanForNames(btf: Btf, names: Iterable<string>): Map<string, number[]> {
  const found = new Map<string, number[]>();
  // a name can only be wanted if its first four bytes are; of shorter wanted names the first byte decides
  const byPrefix: (Uint8Array[] | undefined)[] = [];
  const byFirstByte: (Uint8Array[] | undefined)[] = [];
  const isPrefix = new Uint8Array(1 << 16);
  const isFirstByte = new Uint8Array(1 << 8);
  for (const name of names) {
    found.set(name, []);
    const bytes = utf8.encode(name);
    const long = bytes.length >= PREFIX;
    const slot = long ? prefixHash(bytes, 0) : bytes[0]!;
    (long ? isPrefix : isFirstByte)[slot] = 1;
    ((long ? byPrefix : byFirstByte)[slot] ??= []).push(bytes);
  }
  const { words, starts, startStringOffset, startId } = btf;
  const { bytes } = btf.strings;
  const last = bytes.length - PREFIX;
  const look = (i: number) => {
    const nameOff = words[starts[i]!]!;
    if (nameOff === 0) return;
    const at = nameOff - startStringOffset;
    if (at >= 0 && at <= last) {
      const hash = prefixHash(bytes, at);
      const first = bytes[at]!;
      if (isPrefix[hash] === 0 && isFirstByte[first] === 0) return;
      if (!startsWithOneOf(bytes, at, byPrefix[hash]) && !startsWithOneOf(bytes, at, byFirstByte[first])) return;
    }
    found.get(essentialName(nameAt(btf, nameOff)))?.push(startId + i);
  };
  const selected = btf.base === undefined ? preselectNames(words, starts, bytes, isPrefix, isFirstByte) : undefined;
  if (selected !== undefined) for (const i of selected) look(i);
  else for (let i = 0; i + 1 < starts.length; i++) look(i);
  return found;
}

function startsWithOneOf(bytes: Uint8Array, at: number, names: readonly Uint8Array[] | undefined): boolean {
  if (names === undefined) return false;
  for (const name of names) if (startsWith(bytes, at, name)) return true;
  return false;
}

/** Whether the string there is the name, or the name and three underscores, which may begin a flavour. */
function startsWith(bytes: Uint8Array, at: number, name: Uint8Array): boolean {
  for (let i = 0; i < name.length; i++) if (bytes[at + i] !== name[i]) return false;
  const end = at + name.length;
  if (bytes[end] === 0) return true;
  return bytes[end] === UNDERSCORE && bytes[end + 1] === UNDERSCORE && bytes[end + 2] === UNDERSCORE;
}

/** Sixteen bits of the four bytes at a place. */
function prefixHash(bytes: Uint8Array, at: number): number {
  const word = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
  return Math.imul(word, 0x9e3779b1) >>> 16;
}

/** Decodes one name. `Btf.string` is made for many: it turns the whole section into text first. */
function nameAt(btf: Btf, nameOff: number): string {
  const layer = btf.stringLayer(nameOff);
  const { bytes } = layer.strings;
  const from = nameOff - layer.startStringOffset;
  let end = from;
  while (bytes[end] !== 0) end++;
  return decoder.decode(bytes.subarray(from, end));
}

const decoder = new TextDecoder();
