// What TYPE_EXISTS, TYPE_SIZE, TYPE_ID_TARGET and TYPE_MATCHES saw: the local type itself is the pattern, since the
// relations hold between a type and its own copy. libbpf relo_core.c, __bpf_core_types_are_compat and
// __bpf_core_types_match.

import {
  type Btf,
  type BtfComposite,
  BtfKind,
  type BtfType,
  decodeType,
  essentialName,
  skipModifiersAndTypedefs,
} from '@btfq/btf-format';
import type { Roots } from './roots.ts';
import { observe, Shape, type ShapeKind } from './shape.ts';

/** Kinds whose inside the compatibility relation does not look at. */
const PLAIN: Partial<Record<BtfKind, ShapeKind>> = {
  [BtfKind.Unknown]: 'void',
  [BtfKind.Int]: 'int',
  [BtfKind.Float]: 'float',
  [BtfKind.Struct]: 'struct',
  [BtfKind.Union]: 'union',
  [BtfKind.Enum]: 'enum',
  [BtfKind.Enum64]: 'enum',
  [BtfKind.Fwd]: 'fwd',
};

/** The least that is compatible with a local type: kinds all the way through pointers, arrays and prototypes. */
export function observeCompatible(shape: Shape, btf: Btf, localId: number): void {
  const type = localType(btf, localId);
  const plain = PLAIN[type.kind];
  if (plain !== undefined) shape.be(plain);
  if (type.kind === BtfKind.Ptr) observeCompatible(shape.be('ptr').element(), btf, type.type);
  else if (type.kind === BtfKind.Array) observeCompatible(shape.be('array').element(), btf, type.type);
  else if (type.kind === BtfKind.FuncProto) {
    const ids = [type.returnType, ...type.params.map((param) => param.type)];
    shape.be('proto').params ??= ids.map(() => new Shape());
    ids.forEach((id, i) => {
      observeCompatible((shape.params as Shape[])[i] as Shape, btf, id);
    });
  }
}

/**
 * The least that matches a local type: a copy of it, with names only behind pointers. What has a name is shared with the
 * root of that name: two types of one name would both be candidates.
 */
export function observeMatch(roots: Roots, at: Shape, btf: Btf, localId: number, behindPointer: boolean): void {
  const type = localType(btf, localId);
  const composite = type.kind === BtfKind.Struct || type.kind === BtfKind.Union;
  if (behindPointer && composite && type.name !== '') {
    observe(at, 'pointsTo', { kind: type.kind, name: essentialName(type.name) });
    return;
  }
  const shape = type.name === '' ? at : shareNamed(roots, at, type);
  switch (type.kind) {
    case BtfKind.Unknown:
      shape.be('void');
      break;
    case BtfKind.Int:
      observe(shape, 'size', type.size);
      observe(shape, 'signed', (type.encoding & 1) !== 0);
      break;
    case BtfKind.Enum:
    case BtfKind.Enum64:
      observe(shape.be('enum'), 'size', type.size);
      for (const { name } of type.values) shape.sawEnumerator(essentialName(name), undefined);
      break;
    case BtfKind.Fwd:
      shape.be('fwd').isUnion = type.union;
      break;
    case BtfKind.Struct:
    case BtfKind.Union:
      observeMembers(roots, shape, btf, type, behindPointer);
      break;
    case BtfKind.Ptr:
      observeMatch(roots, shape.be('ptr').element(), btf, type.type, true);
      break;
    case BtfKind.Array:
      observe(shape.be('array'), 'count', type.nelems);
      observeMatch(roots, shape.element(), btf, type.type, behindPointer);
      break;
    case BtfKind.FuncProto: {
      const ids = [type.returnType, ...type.params.map((param) => param.type)];
      shape.be('proto').params ??= ids.map(() => new Shape());
      ids.forEach((id, i) => {
        observeMatch(roots, (shape.params as Shape[])[i] as Shape, btf, id, behindPointer);
      });
      break;
    }
    default:
      break;
  }
}

/** The root of a named type. */
function shareNamed(roots: Roots, at: Shape, type: BtfType): Shape {
  const root = roots.named(type.kind, essentialName(type.name));
  if (root.shape !== at) observe(at, 'sameAs', root);
  return root.shape;
}

function observeMembers(roots: Roots, shape: Shape, btf: Btf, type: BtfComposite, behindPointer: boolean): void {
  shape.be(type.kind === BtfKind.Union ? 'union' : 'struct');
  if (behindPointer) return;
  let anonymous = 0;
  for (const { name, type: memberType } of type.members) {
    let member: Shape;
    if (name !== '') member = shape.member(essentialName(name));
    else member = shape.anonymous[anonymous++] ??= new Shape();
    observeMatch(roots, member, btf, memberType, false);
  }
}

function localType(btf: Btf, id: number): BtfType {
  return decodeType(btf, skipModifiersAndTypedefs(btf, id));
}
