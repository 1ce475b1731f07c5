// From relocations and their answers to shapes. Only answers that found something say what the target has; those that
// found nothing hold as long as nothing else brings in what they miss, which the proof checks (verify.ts).

import {
  type Btf,
  BtfKind,
  decodeType,
  essentialName,
  IntEncoding,
  type BtfComposite,
  type BtfEnum,
  resolveSize,
  skipModifiersAndTypedefs,
} from '@btfq/btf-format';
import {
  type BpfObject,
  type CoreRelocation,
  RelocationKind,
  relocationBasis,
  type Resolution,
} from '@btfq/core-reloc';
import { accessesMemory, effectOf } from '../answer-key.ts';
import { observeCompatible, observeMatch } from './collect-type-facts.ts';
import type { Roots } from './roots.ts';
import { observe, type Shape } from './shape.ts';

/** Adds what each answer saw to the roots. `faithful`: also what it did not look at, as the target has it. */
export function observeObject(
  roots: Roots,
  object: BpfObject,
  answers: readonly Resolution[],
  faithful: boolean,
): void {
  const seen = new Map<Resolution, number>();
  object.relocations.forEach((relocation, i) => {
    const answer = answers[i] as Resolution;
    if (answer.errno !== 0 || answer.target === undefined) return;
    // records that share an answer differ only in whether the instruction saw the field's width
    const bit = accessesMemory(relocation) ? 2 : 1;
    const done = seen.get(answer) ?? 0;
    if ((done & bit) !== 0) return;
    seen.set(answer, done | bit);
    observeAnswer(roots, object, relocation, answer, faithful);
  });
}

function observeAnswer(
  roots: Roots,
  { btf }: BpfObject,
  relocation: CoreRelocation,
  answer: Resolution,
  faithful: boolean,
): void {
  const { kind, typeId } = relocation;
  const root = roots.rootOf(btf, typeId);
  switch (relocationBasis(kind)) {
    case 'field':
      observeField(btf, root, relocation, answer, faithful);
      break;
    case 'enumval': {
      root.be('enum');
      const index = Number(relocation.access);
      const local = decodeType(btf, skipModifiersAndTypedefs(btf, typeId)) as BtfEnum;
      const name = essentialName(local.values[index]?.name ?? '');
      const value = kind === RelocationKind.EnumvalValue ? answer.value : undefined;
      root.sawEnumerator(name, value);
      break;
    }
    case 'type':
      if (kind === RelocationKind.TypeMatches) observeMatch(roots, root, btf, typeId, false);
      else observeCompatible(root, btf, typeId);
      if (kind === RelocationKind.TypeSize) observe(root, 'size', Number(answer.value));
      if (kind === RelocationKind.TypeIdTarget) roots.nameExactly(btf, typeId, answer);
      break;
    case undefined:
      break;
  }
}

/** Follows the local access string and grows the shapes along it. */
function observeField(btf: Btf, root: Shape, relocation: CoreRelocation, answer: Resolution, faithful: boolean): void {
  const target = answer.target as NonNullable<Resolution['target']>;
  const raw = relocation.access.split(':').map(Number);
  let id = skipModifiersAndTypedefs(btf, relocation.typeId);
  let shape = root;
  let accessor = 0;
  let localUnsigned = false;
  let indexed = 0; // bytes that indexes other than 0 add to the offset
  const stride = () => resolveSize(target.btf, target.accessors[accessor]?.typeId ?? 0) ?? 0;
  if (root.kind === undefined) observeRootKind(root, btf, id);
  if (raw[0]! > 0) {
    observe(root, 'size', stride());
    indexed += raw[0]! * stride();
  }
  for (const index of raw.slice(1)) {
    id = skipModifiersAndTypedefs(btf, id);
    const type = decodeType(btf, id);
    if (type.kind === BtfKind.Array) {
      accessor++;
      shape.be('array').maxIndex = Math.max(shape.maxIndex, index);
      shape = shape.element();
      if (index > 0 || faithful) observe(shape, 'size', stride());
      indexed += index * stride();
      id = type.type;
      localUnsigned = isUnsigned(btf, id);
    } else {
      const member = (type as BtfComposite).members[index] as BtfComposite['members'][number];
      id = member.type;
      localUnsigned = member.bitfieldSize === 0 && isUnsigned(btf, id);
      if (member.name === '') continue;
      accessor++;
      shape = shape.be('composite').member(member.name);
      observeFieldType(shape, btf, id);
    }
  }
  observeFacts(shape, relocation, answer, indexed, localUnsigned);
  if (faithful) observeFaithfully(shape, target.btf, answer, indexed);
}

/** A root that only its fields mention is what the local type is, so that its size can be computed. */
function observeRootKind(root: Shape, btf: Btf, id: number): void {
  const kind = btf.kind(id);
  root.be(kind === BtfKind.Struct ? 'struct' : kind === BtfKind.Union ? 'union' : 'composite');
}

/** The least that makes a member compatible with a local field (bpf_core_fields_are_compat). */
function observeFieldType(shape: Shape, btf: Btf, localId: number): void {
  const id = skipModifiersAndTypedefs(btf, localId);
  switch (btf.kind(id)) {
    case BtfKind.Struct:
    case BtfKind.Union:
      shape.be('composite');
      break;
    case BtfKind.Ptr:
      shape.be('ptr');
      break;
    case BtfKind.Float:
      shape.be('float');
      break;
    case BtfKind.Enum:
    case BtfKind.Enum64:
      shape.be('enum');
      break;
    case BtfKind.Int:
      shape.be('int');
      break;
    case BtfKind.Fwd:
      shape.be('fwd');
      break;
    case BtfKind.Array: {
      const array = decodeType(btf, id) as { type: number };
      const element = shape.be('array').element();
      element.hint ??= resolveSize(btf, array.type);
      observeFieldType(element, btf, array.type);
      break;
    }
    default:
      break;
  }
}

/** What libbpf takes for unsigned when it resizes a load: any integer that is not plainly signed. */
function isUnsigned(btf: Btf, id: number): boolean {
  const type = decodeType(btf, skipModifiersAndTypedefs(btf, id));
  return type.kind === BtfKind.Int && type.encoding !== IntEncoding.Signed;
}

function observeFacts(
  shape: Shape,
  relocation: CoreRelocation,
  answer: Resolution,
  indexed: number,
  localUnsigned: boolean,
): void {
  const { facts } = shape;
  const value = Number(answer.value);
  switch (relocation.kind) {
    case RelocationKind.FieldByteOffset: {
      observe(facts, 'byteOffset', value - indexed);
      if (!accessesMemory(relocation)) break;
      const { reason, width } = effectOf(relocation, answer);
      if (reason === 'memory-size') {
        observe(facts, 'access', { unlike: answer.originalSize, localUnsigned });
      } else if (width > 0) observe(facts, 'access', { width });
      break;
    }
    case RelocationKind.FieldByteSize:
      observe(facts, 'byteSize', value);
      break;
    case RelocationKind.FieldSigned:
      observe(facts, 'signed', value);
      break;
    case RelocationKind.FieldLshiftU64:
      observe(facts, 'lshift', value);
      break;
    case RelocationKind.FieldRshiftU64:
      observe(facts, 'rshift', value);
      break;
    default:
      break;
  }
}

/** What the target has, looked at or not: where something that must be absent would otherwise come to be. */
function observeFaithfully(shape: Shape, target: Btf, answer: Resolution, indexed: number): void {
  const spec = answer.target as NonNullable<Resolution['target']>;
  const last = spec.accessors.at(-1);
  if (last === undefined || !last.named) return;
  const member = (decodeType(target, last.typeId) as BtfComposite).members[last.index];
  if (member === undefined || member.bitfieldSize > 0) return;
  observe(shape.facts, 'byteOffset', spec.bitOffset / 8 - indexed);
  mirror(shape, target, member.type);
}

function mirror(shape: Shape, target: Btf, typeId: number): void {
  const type = decodeType(target, skipModifiersAndTypedefs(target, typeId));
  switch (type.kind) {
    case BtfKind.Int:
      observe(shape, 'size', type.size);
      observe(shape, 'signed', (type.encoding & 1) !== 0);
      break;
    case BtfKind.Enum:
    case BtfKind.Enum64:
      observe(shape, 'size', type.size);
      observe(shape, 'name', type.name);
      break;
    case BtfKind.Struct:
    case BtfKind.Union:
      shape.be(type.kind === BtfKind.Struct ? 'struct' : 'union');
      observe(shape, 'size', type.size);
      break;
    case BtfKind.Array:
      observe(shape, 'count', type.nelems);
      if (shape.inner !== undefined) mirror(shape.inner, target, type.type);
      break;
    default:
      break;
  }
}
