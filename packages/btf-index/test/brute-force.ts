// Answers from BTFs themselves, one after the other, in the most obvious way: what the index is compared with.

import {
  type Btf,
  type BtfComposite,
  type BtfFuncProto,
  type BtfMember,
  BtfKind,
  decodeType,
  idsByName,
  isModifier,
  pointerSize,
  resolveSize,
  skipModifiersAndTypedefs,
} from '@btfq/btf-format';

export interface BrutePlace {
  readonly bitOffset: number;
  readonly bitSize: number | null;
  readonly size: number | null;
  readonly type: string;
}

/** All ids of a kind and name; for enums of both kinds. */
export function idsOf(btf: Btf, kinds: readonly number[], name: string): number[] {
  return idsByName(btf, name).filter((id) => kinds.includes(btf.kind(id)));
}

/** Where a path of member names leads, in every struct of that name. */
export function brutePlaces(btf: Btf, kind: number, struct: string, path: string): BrutePlace[] {
  return idsOf(btf, [kind], struct).flatMap((id) => {
    const found = walk(btf, id, path.split('.'), 0);
    return found ? [found] : [];
  });
}

function walk(btf: Btf, id: number, path: readonly string[], bitOffset: number): BrutePlace | undefined {
  while (isModifier(btf.kind(id)) || btf.kind(id) === BtfKind.Typedef) id = btf.sizeOrType(id);
  const type = decodeType(btf, id);
  if (type.kind !== BtfKind.Struct && type.kind !== BtfKind.Union) return undefined;
  const [name, ...rest] = path as [string, ...string[]];
  const found = find(btf, type, name);
  if (found === undefined) return undefined;
  const at = bitOffset + found.bitOffset;
  if (rest.length > 0) return walk(btf, found.type, rest, at);
  return {
    bitOffset: at,
    bitSize: found.bitfieldSize || null,
    size: resolveSize(btf, found.type, pointerSize(btf) ?? 8) ?? null,
    type: cText(btf, found.type),
  };
}

function find(btf: Btf, composite: BtfComposite, name: string): BtfMember | undefined {
  const direct = composite.members.find((member) => member.name === name);
  if (direct) return direct;
  for (const member of composite.members) {
    if (member.name !== '') continue;
    const inner = decodeType(btf, skipModifiersAndTypedefs(btf, member.type));
    if (inner.kind !== BtfKind.Struct && inner.kind !== BtfKind.Union) continue;
    const found = find(btf, inner, name);
    if (found) return { ...found, bitOffset: found.bitOffset + member.bitOffset };
  }
  return undefined;
}

/** A type as C writes it, by the inside-out rule of declarators. */
export function cText(btf: Btf, id: number, inner = ''): string {
  const type = decodeType(btf, id);
  const put = (base: string) => (inner === '' ? base : inner.startsWith('[') ? base + inner : `${base} ${inner}`);
  switch (type.kind) {
    case BtfKind.Unknown:
      return put('void');
    case BtfKind.Ptr: {
      let below = type.type;
      while (isModifier(btf.kind(below))) below = btf.sizeOrType(below);
      const wrap = btf.kind(below) === BtfKind.Array || btf.kind(below) === BtfKind.FuncProto;
      return cText(btf, type.type, wrap ? `(*${inner})` : `*${inner}`);
    }
    case BtfKind.Array:
      return cText(btf, type.type, `${inner}[${type.nelems}]`);
    case BtfKind.Const:
    case BtfKind.Volatile:
    case BtfKind.Restrict: {
      const word = { [BtfKind.Const]: 'const', [BtfKind.Volatile]: 'volatile', [BtfKind.Restrict]: 'restrict' }[
        type.kind
      ];
      let below = type.type;
      while (isModifier(btf.kind(below))) below = btf.sizeOrType(below);
      if (btf.kind(below) !== BtfKind.Ptr) return `${word} ${cText(btf, type.type, inner)}`;
      return cText(btf, type.type, inner === '' || inner.startsWith('[') ? word + inner : `${word} ${inner}`);
    }
    case BtfKind.FuncProto:
      return cText(btf, type.returnType, `${inner}(${cParams(btf, type)})`);
    case BtfKind.Struct:
    case BtfKind.Union: {
      const word = type.kind === BtfKind.Struct ? 'struct' : 'union';
      return put(`${word} ${type.name || '{...}'}`);
    }
    case BtfKind.Fwd:
      return put(`${type.union ? 'union' : 'struct'} ${type.name}`);
    case BtfKind.Enum:
    case BtfKind.Enum64:
      return put(`enum ${type.name || '{...}'}`);
    default:
      return put(type.name);
  }
}

export function cParams(btf: Btf, proto: BtfFuncProto): string {
  if (proto.params.length === 0) return 'void';
  return proto.params
    .map(({ name, type }, i) =>
      i === proto.params.length - 1 && name === '' && type === 0 ? '...' : cText(btf, type, name),
    )
    .join(', ');
}
