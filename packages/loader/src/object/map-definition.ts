// A map definition in `.maps`: a struct whose members are pointers that encode numbers and types. libbpf.c
// parse_btf_map_def, get_map_field_int, get_map_field_long, fill_map_from_def.

import { type Btf, BtfKind, type BtfMember, decodeType, resolveSize, skipModifiersAndTypedefs } from '@btfq/btf-format';
import { LoaderErrno, LoaderError } from '../errors.ts';
import { MapType } from '../uapi/map-type.ts';
import type { MapDefinition } from './model.ts';

/** What a definition says. */
export interface ParsedMap {
  readonly definition: MapDefinition;
  readonly inner: MapDefinition | undefined;
  readonly pinned: boolean;
}

/** How to read definitions. */
export interface MapOptions {
  /** Bytes of a page of memory of the machine that the object is loaded on. */
  readonly pageSize: number;
  /** Pass over members that libbpf does not know (its `relaxed_maps`). */
  readonly relaxed: boolean;
}

/** Reads the struct of one map. @throws LoaderError `bad-map` */
export function parseMapDefinition(btf: Btf, name: string, structId: number, options: MapOptions): ParsedMap {
  return parse({ btf, name, options, isInner: false }, structId);
}

interface Context {
  readonly btf: Btf;
  readonly name: string;
  readonly options: MapOptions;
  readonly isInner: boolean;
}

function fault({ name }: Context, what: string, errno: number = LoaderErrno.Invalid): LoaderError {
  return new LoaderError('bad-map', `map '${name}': ${what}`, {
    errno,
    section: '.maps',
    symbol: name,
    expected: 'a definition as __uint, __type, __array and __ulong make it',
  });
}

/** A map of one type is in another: only these hold maps. */
export function isMapOfMaps(type: number): boolean {
  return type === MapType.ArrayOfMaps || type === MapType.HashOfMaps;
}

function parse(context: Context, structId: number): ParsedMap {
  const { btf, name, options } = context;
  const numbers = { type: 0, keySize: 0, valueSize: 0, maxEntries: 0, flags: 0, numaNode: 0 };
  const types = { keyTypeId: 0, valueTypeId: 0 };
  let extra = 0n;
  let inner: MapDefinition | undefined;
  let pinned = false;
  const size = (key: 'keySize' | 'valueSize', value: number) => {
    if (numbers[key] !== 0 && numbers[key] !== value) throw fault(context, `${key} ${numbers[key]} and ${value}`);
    numbers[key] = value;
  };
  const definition = decodeType(btf, structId);
  const members = definition.kind === BtfKind.Struct ? definition.members : [];
  members.forEach((member, i) => {
    switch (member.name) {
      case 'type':
        numbers.type = integer(context, member);
        break;
      case 'max_entries':
        numbers.maxEntries = integer(context, member);
        break;
      case 'map_flags':
        numbers.flags = integer(context, member);
        break;
      case 'numa_node':
        numbers.numaNode = integer(context, member);
        break;
      case 'key_size':
        size('keySize', integer(context, member));
        break;
      case 'value_size':
        size('valueSize', integer(context, member));
        break;
      case 'key': {
        const type = pointee(context, member);
        size('keySize', type.size);
        types.keyTypeId = type.id;
        break;
      }
      case 'value': {
        const type = pointee(context, member);
        size('valueSize', type.size);
        types.valueTypeId = type.id;
        break;
      }
      case 'values':
        if (i !== members.length - 1) throw fault(context, "'values' is not the last member");
        if (context.isInner) throw fault(context, 'maps nest twice', LoaderErrno.NotSupported);
        size('valueSize', 4);
        inner = values(context, member, numbers.type);
        break;
      case 'pinning': {
        const value = integer(context, member);
        if (context.isInner) throw fault(context, 'an inner map cannot be pinned');
        if (value > 1) throw fault(context, `pinning ${value}`);
        pinned = value === 1;
        break;
      }
      case 'map_extra':
        extra = long(context, member);
        break;
      default:
        if (!options.relaxed) throw fault(context, `unknown member '${member.name}'`, LoaderErrno.NotSupported);
    }
  });
  if (numbers.type === 0) throw fault(context, 'no type');
  const isRing = numbers.type === MapType.Ringbuf || numbers.type === MapType.UserRingbuf;
  if (isRing) numbers.maxEntries = ringBufferSize(numbers.maxEntries, options.pageSize);
  return { definition: { name, ...numbers, extra, ...types }, inner, pinned };
}

/** `__uint(name, value)`: a pointer to an array of `value` elements. */
function integer(context: Context, member: BtfMember): number {
  const { btf } = context;
  const pointer = skipModifiersAndTypedefs(btf, member.type);
  if (btf.kind(pointer) !== BtfKind.Ptr) throw fault(context, `'${member.name}' is not a pointer`);
  const array = decodeType(btf, btf.sizeOrType(pointer));
  if (array.kind !== BtfKind.Array) throw fault(context, `'${member.name}' is not a pointer to an array`);
  return array.nelems;
}

/** `__ulong(name, value)`: an enum of one value; `__uint` will do. */
function long(context: Context, member: BtfMember): bigint {
  const { btf } = context;
  const type = decodeType(btf, skipModifiersAndTypedefs(btf, member.type));
  if (type.kind === BtfKind.Ptr) return BigInt(integer(context, member));
  if (type.kind !== BtfKind.Enum && type.kind !== BtfKind.Enum64)
    throw fault(context, `'${member.name}' is not an enum`);
  const value = type.values[0];
  if (value === undefined || type.values.length !== 1) throw fault(context, `'${member.name}' has not one value`);
  // struct btf_enum's value is signed whatever the enum says
  return BigInt.asUintN(64, type.kind === BtfKind.Enum ? BigInt.asIntN(32, value.value) : value.value);
}

/** `__type(name, type)`: a pointer to the type. */
function pointee(context: Context, member: BtfMember): { id: number; size: number } {
  const { btf } = context;
  if (btf.kind(member.type) !== BtfKind.Ptr) throw fault(context, `'${member.name}' is not a pointer`);
  const id = btf.sizeOrType(member.type);
  const size = resolveSize(btf, id, 8);
  if (size === undefined) throw fault(context, `'${member.name}' has no size`);
  return { id, size };
}

/** `__array(values, ...)`: an array without length of pointers to an inner map's struct, or to a function. */
function values(context: Context, member: BtfMember, type: number): MapDefinition | undefined {
  const { btf, name } = context;
  const mapOfMaps = isMapOfMaps(type);
  if (!mapOfMaps && type !== MapType.ProgArray) {
    throw fault(context, 'only maps of maps and program arrays have values', LoaderErrno.NotSupported);
  }
  const array = decodeType(btf, member.type);
  if (array.kind !== BtfKind.Array || array.nelems !== 0)
    throw fault(context, "'values' is not an array without length");
  const pointer = skipModifiersAndTypedefs(btf, array.type);
  if (btf.kind(pointer) !== BtfKind.Ptr) throw fault(context, "'values' are not pointers");
  const id = skipModifiersAndTypedefs(btf, btf.sizeOrType(pointer));
  if (btf.kind(id) !== (mapOfMaps ? BtfKind.Struct : BtfKind.FuncProto)) {
    throw fault(context, `'values' point to ${mapOfMaps ? 'no struct' : 'no function'}`);
  }
  return mapOfMaps ? parse({ ...context, name: `${name}.inner`, isInner: true }, id).definition : undefined;
}

/** The kernel wants a page times a power of two; the next one up where the object says something else. */
export function ringBufferSize(size: number, pageSize: number): number {
  if (size === 0) return 0;
  const pages = size / pageSize;
  if (Number.isInteger(pages) && Math.log2(pages) % 1 === 0) return size;
  for (let bytes = pageSize; bytes <= 0xffffffff; bytes *= 2) if (bytes > size) return bytes;
  return size;
}
