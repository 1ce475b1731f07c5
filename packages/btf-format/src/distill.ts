// btf__distill_base: what split BTF needs to know of its base, as a small base of its own (`.BTF.base`), so that the
// split BTF can later be moved onto another build's base (rebase.ts). libbpf btf.c: btf__distill_base.

import { type EncodeOptions, withDefaults } from './encode.ts';
import { BtfError } from './errors.ts';
import { BtfKind, kindName } from './kinds.ts';
import type { Btf } from './btf.ts';
import { forEachRef } from './refs.ts';
import { BtfBuilder } from './writer.ts';

/** Both parts: `.BTF.base` and the `.BTF` over it. */
export interface DistilledBtf {
  readonly base: Uint8Array;
  readonly split: Uint8Array;
}

/**
 * Distils the base of split BTF: named INT, FLOAT and FWD, structs and unions without members but with their size,
 * enums of either kind as an empty ENUM of their size. All else that is needed of the base moves into the split part,
 * after its own types. Byte-identical to libbpf's but for the header (24 bytes unless `headerSize` is 32).
 *
 * Throws `BtfError`: `no-base`, `unsupported` (kinds that no split BTF should need of its base), `invalid-argument`.
 */
export function distillBase(split: Btf, options: EncodeOptions = {}): DistilledBtf {
  const { base } = split;
  if (base === undefined) throw new BtfError('no-base', 'only split BTF can be distilled', { expected: 'a base' });
  const needed = neededOfBase(split, base.typeCount);
  const ids = new Uint32Array(base.typeCount);
  const write = withDefaults(options, { littleEndian: split.littleEndian });

  const distilled = new BtfBuilder(write);
  for (const id of needed) addToBase(distilled, split, id, ids);
  const newBase = distilled.toBtf();

  const moved = new BtfBuilder({ ...write, base: newBase });
  for (let id = split.startId; id < split.typeCount; id++) moved.addType(split, id);
  for (const id of needed) if (!isDistilled(split, id)) ids[id] = moved.addType(split, id);

  const shift = split.startId - newBase.typeCount;
  moved.mapTypeIds((id) => (id < split.startId ? ids[id]! : id - shift));
  return { base: newBase.bytes, split: moved.build() };
}

/** Ids in the base that split types reach, ascending; behind a named struct or union nothing more is needed. */
function neededOfBase(split: Btf, end: number): number[] {
  const needed = new Set<number>();
  const pending: number[] = [];
  const reach = (id: number) => {
    if (id === 0 || id >= end || needed.has(id)) return;
    checkKind(split, id);
    needed.add(id);
    const kind = split.kind(id);
    if ((kind === BtfKind.Struct || kind === BtfKind.Union) && split.nameOff(id) !== 0) return;
    pending.push(id);
  };
  for (let id = split.startId; id < split.typeCount; id++) forEachRef(split, id, reach);
  for (let id = pending.pop(); id !== undefined; id = pending.pop()) forEachRef(split, id, reach);
  return [...needed].sort((a, b) => a - b);
}

function checkKind(split: Btf, id: number): void {
  const kind = split.kind(id);
  switch (kind) {
    case BtfKind.Func:
    case BtfKind.Var:
    case BtfKind.Datasec:
    case BtfKind.DeclTag:
      break;
    default:
      if (kind <= BtfKind.Enum64) return;
  }
  throw new BtfError('unsupported', `split BTF refers to a ${kindName(kind)} of its base`, { typeId: id });
}

/** Whether a type's place is in the distilled base, rather than, whole, in the split part. */
function isDistilled(split: Btf, id: number): boolean {
  switch (split.kind(id)) {
    case BtfKind.Int:
    case BtfKind.Float:
    case BtfKind.Fwd:
      return true;
    case BtfKind.Struct:
    case BtfKind.Union:
    case BtfKind.Enum:
    case BtfKind.Enum64:
      return split.nameOff(id) !== 0;
    default:
      return false;
  }
}

function addToBase(distilled: BtfBuilder, split: Btf, id: number, ids: Uint32Array): void {
  if (!isDistilled(split, id)) return;
  const name = { btf: split, offset: split.nameOff(id) };
  const size = split.sizeOrType(id);
  switch (split.kind(id)) {
    case BtfKind.Struct:
      ids[id] = distilled.addStruct(name, size);
      break;
    case BtfKind.Union:
      ids[id] = distilled.addUnion(name, size);
      break;
    case BtfKind.Enum:
    case BtfKind.Enum64:
      ids[id] = distilled.addEnum(name, size);
      break;
    default:
      ids[id] = distilled.addType(split, id);
  }
}
