// `btf dump file FILE format raw`: one line a type and one a member, byte for byte as bpftool 7.8 prints them
// (tools/bpf/bpftool/btf.c, dump_btf_type).

import { ascii, ByteOutput, type ByteSink } from './byte-output.ts';
import { BtfError } from './errors.ts';
import { type FlatBtf, flatten } from './flatten.ts';
import { BtfKind, kindName, MAX_KIND } from './kinds.ts';
import { formatLocation } from './loc-param.ts';
import type { Btf } from './btf.ts';
import { infoKind, infoKindFlag, infoVlen } from './info.ts';

/** Which types to print, and how much at most. */
export interface DumpOptions {
  /** Only these types, in this order; without it all types of this layer (not its base's). */
  readonly ids?: readonly number[] | undefined;
  /** The most bytes to write, 1 GiB by default: beyond it `limit` is thrown. */
  readonly maxBytes?: number | undefined;
}

/** The words of an INT's encoding, a linkage and so on, as bpftool prints them. */
export const RAW_WORDS = {
  encoding: (bits: number): string => ['(none)', 'SIGNED', 'CHAR', 'UNKN', 'BOOL'][bits] ?? 'UNKN',
  linkage: (value: number): string => ['static', 'global', 'extern'][value] ?? '(unknown)',
} as const;

const ANONYMOUS = ascii("'(anon)'");
const QUOTE = ascii("'");
const T = {
  open: ascii('['),
  close: ascii('] '),
  newline: ascii('\n'),
  member: ascii('\n\t'),
  size: ascii(' size='),
  vlen: ascii(' vlen='),
  typeId: ascii(' type_id='),
  bitsOffset: ascii(' bits_offset='),
  bitfieldSize: ascii(' bitfield_size='),
  nrBits: ascii(' nr_bits='),
  encoding: ascii(' encoding='),
  indexTypeId: ascii(' index_type_id='),
  nrElems: ascii(' nr_elems='),
  val: ascii(' val='),
  linkage: ascii(' linkage='),
  varLinkage: ascii(', linkage='),
  retTypeId: ascii(' ret_type_id='),
  secTypeId: ascii('\n\ttype_id='),
  offset: ascii(' offset='),
  openVar: ascii(' ('),
  space: ascii(' '),
  closeVar: ascii(')'),
  componentIdx: ascii(' component_idx='),
  signed: ascii(' encoding=SIGNED size='),
  unsigned: ascii(' encoding=UNSIGNED size='),
  fwdStruct: ascii(' fwd_kind=struct'),
  fwdUnion: ascii(' fwd_kind=union'),
} as const;
const KIND_NAMES = Array.from({ length: MAX_KIND + 1 }, (_, kind) => ascii(`${kindName(kind)} `));

/**
 * Prints types as `bpftool btf dump` does. Of split BTF only the layer's own types are printed, as bpftool does.
 *
 * ```ts
 * dumpRaw(btf, (chunk) => writeSync(1, chunk));
 * ```
 *
 * Differs from libbpf: LOC_PARAM, LOC_PROTO and LOCSEC, which bpftool 7.8 prints as UNKNOWN, are printed as the
 * bpftool that knows them does. Throws `bad-type-id` (an id that does not exist) and `limit`.
 */
export function dumpRaw(btf: Btf, sink: ByteSink, options: DumpOptions = {}): void {
  const flat = flatten(btf);
  const out = new ByteOutput(sink, options.maxBytes);
  if (options.ids === undefined) {
    for (let id = flat.startId; id < flat.typeCount; id++) dumpType(flat, id, out);
  } else {
    for (const id of options.ids) {
      checkId(flat, id);
      dumpType(flat, id, out);
    }
  }
  out.flush();
}

/** Throws `bad-type-id`. */
export function checkId(flat: FlatBtf, id: number): void {
  if (Number.isInteger(id) && id >= 0 && id < flat.typeCount) return;
  throw new BtfError('bad-type-id', `there is no type ${id}`, { typeId: id, expected: `0 to ${flat.typeCount - 1}` });
}

function dumpType(flat: FlatBtf, id: number, out: ByteOutput): void {
  const { words } = flat;
  const at = flat.starts[id]!;
  const info = words[at + 1]!;
  const kind = infoKind(info);
  const third = words[at + 2]!;
  out.write(T.open);
  out.unsigned(id);
  out.write(T.close);
  out.write(KIND_NAMES[kind] as Uint8Array);
  quoted(flat, words[at]!, out);
  switch (kind) {
    case BtfKind.Int:
      dumpInt(third, words[at + 3]!, out);
      break;
    case BtfKind.Ptr:
    case BtfKind.Const:
    case BtfKind.Volatile:
    case BtfKind.Restrict:
    case BtfKind.Typedef:
    case BtfKind.TypeTag:
      field(T.typeId, third, out);
      break;
    case BtfKind.Array:
      field(T.typeId, words[at + 3]!, out);
      field(T.indexTypeId, words[at + 4]!, out);
      field(T.nrElems, words[at + 5]!, out);
      break;
    case BtfKind.Struct:
    case BtfKind.Union:
      dumpMembers(flat, at, out);
      break;
    case BtfKind.Enum:
    case BtfKind.Enum64:
      dumpValues(flat, at, kind, out);
      break;
    case BtfKind.Fwd:
      out.write(infoKindFlag(info) ? T.fwdUnion : T.fwdStruct);
      break;
    case BtfKind.Func:
      field(T.typeId, third, out);
      out.write(T.linkage);
      out.write(ascii(RAW_WORDS.linkage(infoVlen(info))));
      break;
    case BtfKind.FuncProto:
      field(T.retTypeId, third, out);
      dumpParams(flat, at, out);
      break;
    case BtfKind.Var:
      field(T.typeId, third, out);
      out.write(T.varLinkage);
      out.write(ascii(RAW_WORDS.linkage(words[at + 3]!)));
      break;
    case BtfKind.Datasec:
      field(T.size, third, out);
      dumpVars(flat, at, out);
      break;
    case BtfKind.Float:
      field(T.size, third, out);
      break;
    case BtfKind.DeclTag:
      field(T.typeId, third, out);
      out.write(T.componentIdx);
      out.signed(words[at + 3]! | 0);
      break;
    case BtfKind.LocParam:
      field(T.size, third, out);
      out.write(ascii(` flags=0x${words[at + 3]!.toString(16)} vlen=${infoVlen(info)}`));
      out.write(ascii(` values='${locationAt(flat, at)}'`));
      break;
    case BtfKind.LocProto:
      dumpLocProto(flat, at, out);
      break;
    case BtfKind.LocSec:
      dumpLocSec(flat, at, out);
      break;
    case BtfKind.Unknown:
      break;
    default: // kinds that only a layout section knows: kind and name, as bpftool prints them
      kind satisfies never;
  }
  out.write(T.newline);
}

function field(key: Uint8Array, value: number, out: ByteOutput): void {
  out.write(key);
  out.unsigned(value);
}

function quoted(flat: FlatBtf, nameOff: number, out: ByteOutput): void {
  if (nameOff === 0) {
    out.write(ANONYMOUS);
    return;
  }
  out.write(QUOTE);
  out.cString(flat.strings, nameOff);
  out.write(QUOTE);
}

function dumpInt(size: number, bits: number, out: ByteOutput): void {
  field(T.size, size, out);
  field(T.bitsOffset, (bits >>> 16) & 0xff, out);
  field(T.nrBits, bits & 0xff, out);
  out.write(T.encoding);
  out.write(ascii(RAW_WORDS.encoding((bits >>> 24) & 0xf)));
}

function dumpMembers(flat: FlatBtf, at: number, out: ByteOutput): void {
  const { words } = flat;
  const info = words[at + 1]!;
  const hasBitfields = infoKindFlag(info);
  const vlen = infoVlen(info);
  field(T.size, words[at + 2]!, out);
  field(T.vlen, vlen, out);
  for (let i = 0, w = at + 3; i < vlen; i++, w += 3) {
    out.write(T.member);
    quoted(flat, words[w]!, out);
    field(T.typeId, words[w + 1]!, out);
    const offset = words[w + 2]!;
    field(T.bitsOffset, hasBitfields ? offset & 0xffffff : offset, out);
    if (hasBitfields && offset >>> 24 !== 0) field(T.bitfieldSize, offset >>> 24, out);
  }
}

function dumpValues(flat: FlatBtf, at: number, kind: BtfKind, out: ByteOutput): void {
  const { words } = flat;
  const info = words[at + 1]!;
  const signed = infoKindFlag(info);
  const vlen = infoVlen(info);
  const wide = kind === BtfKind.Enum64;
  field(signed ? T.signed : T.unsigned, words[at + 2]!, out);
  field(T.vlen, vlen, out);
  for (let i = 0, w = at + 3; i < vlen; i++, w += wide ? 3 : 2) {
    out.write(T.member);
    quoted(flat, words[w]!, out);
    out.write(T.val);
    const low = words[w + 1]!;
    if (wide) out.write(ascii(formatEnum64(low, words[w + 2]!, signed)));
    else if (signed) out.signed(low | 0);
    else out.unsigned(low);
  }
}

/** An ENUM64's value as C writes it: `-1LL`, `4294967296ULL`. */
export function formatEnum64(low: number, high: number, signed: boolean): string {
  const value = BigInt(low) | (BigInt(high) << 32n);
  return signed ? `${BigInt.asIntN(64, value)}LL` : `${value}ULL`;
}

function dumpParams(flat: FlatBtf, at: number, out: ByteOutput): void {
  const { words } = flat;
  const vlen = infoVlen(words[at + 1]!);
  field(T.vlen, vlen, out);
  for (let i = 0, w = at + 3; i < vlen; i++, w += 2) {
    out.write(T.member);
    quoted(flat, words[w]!, out);
    field(T.typeId, words[w + 1]!, out);
  }
}

function dumpVars(flat: FlatBtf, at: number, out: ByteOutput): void {
  const { words, starts } = flat;
  const vlen = infoVlen(words[at + 1]!);
  field(T.vlen, vlen, out);
  for (let i = 0, w = at + 3; i < vlen; i++, w += 3) {
    const type = words[w]!;
    field(T.secTypeId, type, out);
    field(T.offset, words[w + 1]!, out);
    field(T.size, words[w + 2]!, out);
    const typeAt = starts[type]!;
    out.write(T.openVar);
    out.write(KIND_NAMES[infoKind(words[typeAt + 1]!)] as Uint8Array);
    quoted(flat, words[typeAt]!, out);
    out.write(T.closeVar);
  }
}

/** The location of the LOC_PARAM whose record begins at word `at`. */
export function locationAt(flat: FlatBtf, at: number): string {
  const { words } = flat;
  const vlen = infoVlen(words[at + 1]!);
  return formatLocation(words[at + 3]!, words.subarray(at + 4, at + 4 + vlen));
}

function dumpLocProto(flat: FlatBtf, at: number, out: ByteOutput): void {
  const { words, starts } = flat;
  const vlen = infoVlen(words[at + 1]!);
  field(T.vlen, vlen, out);
  for (let w = at + 3; w < at + 3 + vlen; w++) {
    const id = words[w]!;
    field(T.secTypeId, id, out);
    const paramAt = starts[id]!;
    if (infoKind(words[paramAt + 1]!) === BtfKind.LocParam) {
      out.write(ascii(` value='${locationAt(flat, paramAt)}'`));
    }
  }
}

function dumpLocSec(flat: FlatBtf, at: number, out: ByteOutput): void {
  const { words, starts } = flat;
  const vlen = infoVlen(words[at + 1]!);
  field(T.vlen, vlen, out);
  for (let i = 0, w = at + 3; i < vlen; i++, w += 3) {
    const func = words[w]!;
    out.write(T.member);
    out.write(ascii('name='));
    quoted(flat, words[starts[func]!]!, out);
    out.write(ascii(` func_type_id=${func} loc_proto_type_id=${words[w + 1]} offset=${words[w + 2]}`));
  }
}
