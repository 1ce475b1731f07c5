// What a kernel asks of each record by itself, before it follows any reference. kernel/bpf/btf.c: btf_check_meta and the
// `check_meta` of each kind; rules are in its order, and the first that fails is the one reported.

import { BtfKind, TYPE_WORDS } from '../kinds.ts';
import type { Btf } from '../btf.ts';
import { isEmptyName, isIdentifier, isSectionName, MAX_NAME_OFFSET } from './kernel-names.ts';
import { type Violation, violation } from './problem.ts';
import { infoKind, infoKindFlag, infoVlen } from '../info.ts';

/** BTF_MAX_TYPE: the largest id. */
export const MAX_TYPE_ID = 0xfffff;

/** One record, taken apart. */
interface Record {
  readonly btf: Btf;
  /** First word of the record. */
  readonly at: number;
  readonly nameOff: number;
  readonly kind: BtfKind;
  readonly vlen: number;
  readonly flag: boolean;
  /** The third word: size or type. */
  readonly third: number;
  /** The nth word after `struct btf_type`. */
  readonly word: (n: number) => number;
}

/** What is wrong with the record of type `id`, or undefined. `kinds`: whether the kernel knows a kind. */
export function checkRecord(btf: Btf, id: number, kinds: (kind: BtfKind) => boolean): Violation | undefined {
  const at = btf.wordAt(id);
  const { words } = btf;
  const info = words[at + 1]!;
  const record: Record = {
    btf,
    at,
    nameOff: words[at]!,
    kind: infoKind(info),
    vlen: infoVlen(info),
    flag: infoKindFlag(info),
    third: words[at + 2]!,
    word: (n) => words[at + TYPE_WORDS + n]!,
  };
  if (!kinds(record.kind)) return violation('kind', `Invalid kind:${record.kind}`);
  if (record.nameOff > MAX_NAME_OFFSET) return violation('name', `Invalid name_offset:${record.nameOff}`);
  switch (record.kind) {
    case BtfKind.Int:
      return checkInt(record);
    case BtfKind.Ptr:
    case BtfKind.Typedef:
    case BtfKind.Volatile:
    case BtfKind.Const:
    case BtfKind.Restrict:
    case BtfKind.TypeTag:
      return checkReference(record);
    case BtfKind.Array:
      return checkArray(record);
    case BtfKind.Struct:
    case BtfKind.Union:
      return checkComposite(record);
    case BtfKind.Enum:
    case BtfKind.Enum64:
      return checkEnum(record);
    case BtfKind.Fwd:
      if (record.vlen !== 0) return violation('info', 'vlen != 0');
      if (record.third !== 0) return violation('type-id', 'type != 0');
      return named(record);
    case BtfKind.Func:
      return (
        named(record) ??
        (record.vlen > 1 ? violation('linkage', 'Invalid func linkage') : undefined) ??
        unflagged(record)
      );
    case BtfKind.FuncProto:
      return unnamed(record) ?? unflagged(record);
    case BtfKind.Var:
      return checkVar(record);
    case BtfKind.Datasec:
      return checkDatasec(record);
    case BtfKind.Float:
      return (
        plain(record) ?? ([2, 4, 8, 12, 16].includes(record.third) ? undefined : violation('size', 'Invalid type_size'))
      );
    case BtfKind.DeclTag:
      if (isEmptyName(btf, record.nameOff)) return violation('name', 'Invalid value');
      if (record.vlen !== 0) return violation('info', 'vlen != 0');
      return (record.word(0) | 0) < -1 ? violation('component', 'Invalid component_idx') : undefined;
    case BtfKind.Unknown:
    case BtfKind.LocParam:
    case BtfKind.LocProto:
    case BtfKind.LocSec:
      return undefined;
    default: // kinds that only a layout section knows
      record.kind satisfies never;
      return undefined;
  }
}

/** No elements and no flag. */
function plain({ vlen, flag }: Record): Violation | undefined {
  if (vlen !== 0) return violation('info', 'vlen != 0');
  return flag ? violation('info', 'Invalid btf_info kind_flag') : undefined;
}

function unflagged({ flag }: Record): Violation | undefined {
  return flag ? violation('info', 'Invalid btf_info kind_flag') : undefined;
}

function named({ btf, nameOff }: Record): Violation | undefined {
  return nameOff === 0 || !isIdentifier(btf, nameOff) ? violation('name', 'Invalid name') : undefined;
}

function unnamed({ nameOff }: Record): Violation | undefined {
  return nameOff !== 0 ? violation('name', 'Invalid name') : undefined;
}

/** Anonymous, or an identifier. */
function namedOrNot({ btf, nameOff }: Record): Violation | undefined {
  return nameOff !== 0 && !isIdentifier(btf, nameOff) ? violation('name', 'Invalid name') : undefined;
}

function checkInt(record: Record): Violation | undefined {
  const wrong = plain(record);
  if (wrong) return wrong;
  const data = record.word(0);
  if (data >>> 28 !== 0) return violation('int', `Invalid int_data:${data.toString(16)}`);
  const bits = (data & 0xff) + ((data >>> 16) & 0xff);
  if (bits > 128) return violation('int', 'nr_bits exceeds 128');
  if (Math.ceil(bits / 8) > record.third) return violation('int', 'nr_bits exceeds type_size');
  const encoding = (data >>> 24) & 0xf;
  return [0, 1, 2, 4].includes(encoding) ? undefined : violation('int', 'Unsupported encoding');
}

/** Pointers and modifiers: btf_ref_type_check_meta. */
function checkReference(record: Record): Violation | undefined {
  if (record.vlen !== 0) return violation('info', 'vlen != 0');
  if (record.flag && record.kind !== BtfKind.TypeTag) return violation('info', 'Invalid btf_info kind_flag');
  if (record.third > MAX_TYPE_ID) return violation('type-id', 'Invalid type_id');
  if (record.kind === BtfKind.Typedef) return named(record);
  if (record.kind !== BtfKind.TypeTag) return unnamed(record);
  return isEmptyName(record.btf, record.nameOff) ? violation('name', 'Invalid name') : undefined;
}

function checkArray(record: Record): Violation | undefined {
  const wrong = unnamed(record) ?? plain(record);
  if (wrong) return wrong;
  if (record.third !== 0) return violation('size', 'size != 0');
  const [element, index] = [record.word(0), record.word(1)];
  if (element === 0 || element > MAX_TYPE_ID) return violation('type-id', 'Invalid elem');
  return index === 0 || index > MAX_TYPE_ID ? violation('type-id', 'Invalid index') : undefined;
}

function checkComposite(record: Record): Violation | undefined {
  const wrong = namedOrNot(record);
  if (wrong) return wrong;
  let last = 0;
  for (let i = 0; i < record.vlen; i++) {
    const [nameOff, type, raw] = [record.word(i * 3), record.word(i * 3 + 1), record.word(i * 3 + 2)];
    if (nameOff > MAX_NAME_OFFSET) return violation('name', `Invalid member name_offset:${nameOff}`, i);
    if (nameOff !== 0 && !isIdentifier(record.btf, nameOff)) return violation('name', 'Invalid name', i);
    if (type === 0 || type > MAX_TYPE_ID) return violation('type-id', 'Invalid type_id', i);
    const offset = record.flag ? raw & 0xffffff : raw;
    const isBackwards = last > offset || (record.kind === BtfKind.Union && offset !== 0);
    if (isBackwards) return violation('offset', 'Invalid member bits_offset', i);
    if (Math.ceil(offset / 8) > record.third) {
      return violation('offset', 'Member bits_offset exceeds its struct size', i);
    }
    last = offset;
  }
  return undefined;
}

function checkEnum(record: Record): Violation | undefined {
  const { third: size, vlen, btf } = record;
  if (size > 8 || size === 0 || (size & (size - 1)) !== 0) return violation('size', 'Unexpected size');
  const wrong = namedOrNot(record);
  if (wrong) return wrong;
  const stride = record.kind === BtfKind.Enum ? 2 : 3;
  for (let i = 0; i < vlen; i++) {
    const nameOff = record.word(i * stride);
    if (nameOff > MAX_NAME_OFFSET) return violation('name', `Invalid name_offset:${nameOff}`, i);
    if (nameOff === 0 || !isIdentifier(btf, nameOff)) return violation('name', 'Invalid name', i);
  }
  return undefined;
}

function checkVar(record: Record): Violation | undefined {
  const wrong = plain(record) ?? named(record);
  if (wrong) return wrong;
  if (record.third === 0 || record.third > MAX_TYPE_ID) return violation('type-id', 'Invalid type_id');
  return record.word(0) > 1 ? violation('linkage', 'Linkage not supported') : undefined;
}

function checkDatasec(record: Record): Violation | undefined {
  const { third: size, btf, nameOff } = record;
  if (size === 0) return violation('size', 'size == 0');
  const wrong = unflagged(record);
  if (wrong) return wrong;
  if (nameOff === 0 || !isSectionName(btf, nameOff)) return violation('name', 'Invalid name');
  let end = 0;
  let sum = 0;
  for (let i = 0; i < record.vlen; i++) {
    const [type, offset, bytes] = [record.word(i * 3), record.word(i * 3 + 1), record.word(i * 3 + 2)];
    if (type === 0 || type > MAX_TYPE_ID) return violation('type-id', 'Invalid type_id', i);
    if (offset < end || offset >= size) return violation('offset', 'Invalid offset', i);
    if (bytes === 0 || bytes > size) return violation('size', 'Invalid size', i);
    end = (offset + bytes) >>> 0; // u32, as there
    if (end > size) return violation('offset', 'Invalid offset+size', i);
    sum += bytes;
  }
  return size < sum ? violation('size', 'Invalid btf_info size') : undefined;
}
