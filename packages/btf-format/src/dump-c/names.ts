// The name that a type has in the dump: its own, or with a number where another type had it before.
// btf_dump_resolve_name of libbpf's btf_dump.c.

import { ascii } from '../byte-output.ts';
import { BtfKind } from '../kinds.ts';
import type { NameCounts } from './name-counts.ts';
import { type CDump, TypeFlag } from './state.ts';
import { infoKind, infoVlen } from '../info.ts';

/** An offset in the strings (0: no name), or the bytes of a name that was made here. */
export type Name = number | Uint8Array;

/** libbpf makes such names in a buffer of 256 bytes, the last of them NUL. */
const MAX_RENAMED_BYTES = 255;

export function isNamed(d: CDump, id: number): boolean {
  return d.word(d.at(id)) !== 0;
}

/** The tag of a struct, union or enum. */
export function typeName(d: CDump, id: number): Name {
  return resolveName(d, id, d.typeNames);
}

/** The name of a typedef. */
export function identName(d: CDump, id: number): Name {
  return resolveName(d, id, d.identNames);
}

function resolveName(d: CDump, id: number, counts: NameCounts): Name {
  const at = d.at(id);
  const own = d.word(at);
  if (own === 0) return 0;
  if (d.hasFlag(id, TypeFlag.named)) return d.renamed.get(id) ?? own;
  d.setFlag(id, TypeFlag.named);
  const info = d.word(at + 1);
  const kind = infoKind(info);
  // forward declarations take the name of what they declare
  if (kind === BtfKind.Fwd || (kind === BtfKind.Enum && infoVlen(info) === 0)) return own;
  const count = counts.add(own);
  if (count === 1) return own;
  const renamed = withCount(d, own, count);
  d.renamed.set(id, renamed);
  return renamed;
}

function withCount(d: CDump, offset: number, count: number): Uint8Array {
  const { strings } = d.flat;
  const name = strings.subarray(offset, strings.indexOf(0, offset));
  const suffix = ascii(`___${count}`);
  const whole = new Uint8Array(name.length + suffix.length);
  whole.set(name);
  whole.set(suffix, name.length);
  return whole.subarray(0, MAX_RENAMED_BYTES);
}

export function writeName(d: CDump, name: Name): void {
  if (typeof name === 'number') d.out.cString(d.flat.strings, name);
  else d.out.write(name);
}

/** Whether a name has no characters: unlike types, members and parameters may have an empty string for a name. */
export function isEmptyName(d: CDump, name: Name): boolean {
  return typeof name === 'number' ? d.flat.strings[name] === 0 : name.length === 0;
}
