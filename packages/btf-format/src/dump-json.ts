// `bpftool -j btf dump file FILE` and `-p`: the raw dump as JSON, byte for byte as bpftool 7.8 prints it
// (tools/bpf/bpftool/btf.c, dump_btf_type; json_writer.c).

import { ascii, ByteOutput, type ByteSink } from './byte-output.ts';
import { checkId, type DumpOptions, locationAt, RAW_WORDS } from './dump-raw.ts';
import { type FlatBtf, flatten } from './flatten.ts';
import { type JsonText, jsonText } from './json-text.ts';
import { BtfKind } from './kinds.ts';
import type { Btf } from './btf.ts';
import { infoKind, infoKindFlag, infoVlen } from './info.ts';

/** `pretty`: indented by four spaces, as `bpftool -p`. */
export interface DumpJsonOptions extends DumpOptions {
  readonly pretty?: boolean | undefined;
}

/**
 * Prints types as `bpftool -j btf dump` does: one object, `{"types":[...]}`, and a newline. As there, a value of an
 * unsigned ENUM above 2^31 - 1 is widened with its sign (4294967295 comes out as 18446744073709551615), and control
 * characters other than tab, newline, carriage return, form feed and backspace stay as they are.
 * LOC_PARAM, LOC_PROTO and LOCSEC, unknown to bpftool 7.8, have the fields of the raw dump.
 * Throws `bad-type-id` (an id that does not exist) and `limit`.
 */
export function dumpJson(btf: Btf, sink: ByteSink, options: DumpJsonOptions = {}): void {
  const flat = flatten(btf);
  const out = new ByteOutput(sink, options.maxBytes);
  const text = jsonText(options.pretty === true);
  const count = options.ids?.length ?? flat.typeCount - flat.startId;
  out.write(text.open);
  for (let i = 0; i < count; i++) {
    const id = options.ids === undefined ? flat.startId + i : options.ids[i]!;
    checkId(flat, id);
    if (i > 0) out.write(text.comma);
    dumpType(flat, id, out, text);
  }
  out.write(count === 0 ? text.closeEmpty : text.close);
  out.flush();
}

function dumpType(flat: FlatBtf, id: number, out: ByteOutput, text: JsonText): void {
  const { words } = flat;
  const key = text.type;
  const at = flat.starts[id]!;
  const info = words[at + 1]!;
  const kind = infoKind(info);
  const third = words[at + 2]!;
  field(key.id, id, out);
  out.write(text.kinds[kind] as Uint8Array);
  quoted(flat, words[at]!, out);
  switch (kind) {
    case BtfKind.Int: {
      const bits = words[at + 3]!;
      field(key.size, third, out);
      field(key.bitsOffset, (bits >>> 16) & 0xff, out);
      field(key.nrBits, bits & 0xff, out);
      word(key.encoding, RAW_WORDS.encoding((bits >>> 24) & 0xf), out);
      break;
    }
    case BtfKind.Ptr:
    case BtfKind.Const:
    case BtfKind.Volatile:
    case BtfKind.Restrict:
    case BtfKind.Typedef:
    case BtfKind.TypeTag:
      field(key.typeId, third, out);
      break;
    case BtfKind.Array:
      field(key.typeId, words[at + 3]!, out);
      field(key.indexTypeId, words[at + 4]!, out);
      field(key.nrElems, words[at + 5]!, out);
      break;
    case BtfKind.Struct:
    case BtfKind.Union:
      field(key.size, third, out);
      dumpMembers(flat, at, out, text);
      break;
    case BtfKind.Enum:
    case BtfKind.Enum64:
      word(key.encoding, infoKindFlag(info) ? 'SIGNED' : 'UNSIGNED', out);
      field(key.size, third, out);
      dumpValues(flat, at, kind, out, text);
      break;
    case BtfKind.Fwd:
      word(key.fwdKind, infoKindFlag(info) ? 'union' : 'struct', out);
      break;
    case BtfKind.Func:
      field(key.typeId, third, out);
      word(key.linkage, RAW_WORDS.linkage(infoVlen(info)), out);
      break;
    case BtfKind.FuncProto:
      field(key.retTypeId, third, out);
      dumpParams(flat, at, out, text);
      break;
    case BtfKind.Var:
      field(key.typeId, third, out);
      word(key.linkage, RAW_WORDS.linkage(words[at + 3]!), out);
      break;
    case BtfKind.Datasec:
      field(key.size, third, out);
      dumpVars(flat, at, out, text);
      break;
    case BtfKind.Float:
      field(key.size, third, out);
      break;
    case BtfKind.DeclTag:
      field(key.typeId, third, out);
      out.write(key.componentIdx);
      out.signed(words[at + 3]! | 0);
      break;
    case BtfKind.LocParam:
      field(key.size, third, out);
      field(key.flags, words[at + 3]!, out);
      field(key.vlen, infoVlen(info), out);
      word(key.location, locationAt(flat, at), out);
      break;
    case BtfKind.LocProto:
      dumpLocProto(flat, at, out, text);
      break;
    case BtfKind.LocSec:
      dumpLocSec(flat, at, out, text);
      break;
    case BtfKind.Unknown:
      break;
    default: // kinds that only a layout section knows: id, kind and name, as bpftool prints them
      kind satisfies never;
  }
  out.write(text.endType);
}

function field(key: Uint8Array, value: number, out: ByteOutput): void {
  out.write(key);
  out.unsigned(value);
}

function word(key: Uint8Array, value: string, out: ByteOutput): void {
  out.write(key);
  out.write(ascii(`"${value}"`));
}

const QUOTE = ascii('"');
const ANONYMOUS = ascii('"(anon)"');

function quoted(flat: FlatBtf, nameOff: number, out: ByteOutput): void {
  if (nameOff === 0) {
    out.write(ANONYMOUS);
    return;
  }
  out.write(QUOTE);
  out.jsonString(flat.strings, nameOff);
  out.write(QUOTE);
}

function dumpMembers(flat: FlatBtf, at: number, out: ByteOutput, text: JsonText): void {
  const { words } = flat;
  const info = words[at + 1]!;
  const hasBitfields = infoKindFlag(info);
  const vlen = infoVlen(info);
  field(text.type.vlen, vlen, out);
  out.write(text.type.members);
  for (let i = 0, w = at + 3; i < vlen; i++, w += 3) {
    const offset = words[w + 2]!;
    out.write(i === 0 ? text.element.firstName : text.element.nextName);
    quoted(flat, words[w]!, out);
    field(text.element.typeId, words[w + 1]!, out);
    field(text.element.bitsOffset, hasBitfields ? offset & 0xffffff : offset, out);
    if (hasBitfields && offset >>> 24 !== 0) field(text.element.bitfieldSize, offset >>> 24, out);
  }
  endElements(vlen, out, text);
}

/** Ends the last element, if there is any, and the list. */
function endElements(count: number, out: ByteOutput, text: JsonText): void {
  out.write(count === 0 ? text.endEmpty : text.endElements);
}

function dumpValues(flat: FlatBtf, at: number, kind: BtfKind, out: ByteOutput, text: JsonText): void {
  const { words } = flat;
  const info = words[at + 1]!;
  const signed = infoKindFlag(info);
  const vlen = infoVlen(info);
  const wide = kind === BtfKind.Enum64;
  field(text.type.vlen, vlen, out);
  out.write(text.type.values);
  for (let i = 0, w = at + 3; i < vlen; i++, w += wide ? 3 : 2) {
    out.write(i === 0 ? text.element.firstName : text.element.nextName);
    quoted(flat, words[w]!, out);
    out.write(text.element.val);
    const low = words[w + 1]!;
    if (wide) {
      const value = BigInt(low) | (BigInt(words[w + 2]!) << 32n);
      out.big(signed ? BigInt.asIntN(64, value) : value);
    } else if (signed) out.signed(low | 0);
    else if (low <= 0x7fffffff) out.unsigned(low);
    else out.big(BigInt.asUintN(64, BigInt(low | 0))); // bpftool hands the __s32 to a function that takes a u64
  }
  endElements(vlen, out, text);
}

function dumpParams(flat: FlatBtf, at: number, out: ByteOutput, text: JsonText): void {
  const { words } = flat;
  const vlen = infoVlen(words[at + 1]!);
  field(text.type.vlen, vlen, out);
  out.write(text.type.params);
  for (let i = 0, w = at + 3; i < vlen; i++, w += 2) {
    out.write(i === 0 ? text.element.firstName : text.element.nextName);
    quoted(flat, words[w]!, out);
    field(text.element.typeId, words[w + 1]!, out);
  }
  endElements(vlen, out, text);
}

function dumpVars(flat: FlatBtf, at: number, out: ByteOutput, text: JsonText): void {
  const { words } = flat;
  const vlen = infoVlen(words[at + 1]!);
  field(text.type.vlen, vlen, out);
  out.write(text.type.vars);
  for (let i = 0, w = at + 3; i < vlen; i++, w += 3) {
    field(i === 0 ? text.element.firstTypeId : text.element.nextTypeId, words[w]!, out);
    field(text.element.offset, words[w + 1]!, out);
    field(text.element.size, words[w + 2]!, out);
  }
  endElements(vlen, out, text);
}

function dumpLocProto(flat: FlatBtf, at: number, out: ByteOutput, text: JsonText): void {
  const { words, starts } = flat;
  const vlen = infoVlen(words[at + 1]!);
  field(text.type.vlen, vlen, out);
  out.write(text.type.params);
  for (let i = 0, w = at + 3; i < vlen; i++, w++) {
    const id = words[w]!;
    field(i === 0 ? text.element.firstTypeId : text.element.nextTypeId, id, out);
    const paramAt = starts[id]!;
    if (infoKind(words[paramAt + 1]!) === BtfKind.LocParam) {
      word(text.element.value, locationAt(flat, paramAt), out);
    }
  }
  endElements(vlen, out, text);
}

function dumpLocSec(flat: FlatBtf, at: number, out: ByteOutput, text: JsonText): void {
  const { words, starts } = flat;
  const vlen = infoVlen(words[at + 1]!);
  field(text.type.vlen, vlen, out);
  out.write(text.type.locs);
  for (let i = 0, w = at + 3; i < vlen; i++, w += 3) {
    const func = words[w]!;
    out.write(i === 0 ? text.element.firstName : text.element.nextName);
    quoted(flat, words[starts[func]!]!, out);
    field(text.element.funcTypeId, func, out);
    field(text.element.locProtoTypeId, words[w + 1]!, out);
    field(text.element.offset, words[w + 2]!, out);
  }
  endElements(vlen, out, text);
}
