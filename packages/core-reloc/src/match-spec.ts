// Following the local spec inside one candidate: relo_core.c bpf_core_spec_match and bpf_core_match_member. One path is
// built in place and copied only when it matches.

import { type Btf, BtfKind, essentialName, skipModifiersAndTypedefs, infoKindFlag, infoVlen } from '@btfq/btf-format';
import { accessorName, isFlexibleArray } from './access-spec.ts';
import { MAX_SPEC_LENGTH } from './access-string.ts';
import { fieldsAreCompatible, typesAreCompatible } from './compat.ts';
import { relocationBasis, RelocationKind } from './relo-kinds.ts';
import { type Accessor, Errno, type RefusalCode, type Spec } from './result.ts';
import {
  arrayOf,
  enumeratorNameOff,
  isComposite,
  isEnum,
  isUnnamed,
  memberOf,
  nameIs,
  recordOf,
  sizeOf,
  type Work,
} from './type-walk.ts';
import { typesMatch } from './types-match.ts';

/** A local spec, and what of it is compared with every candidate. */
export interface LocalSpec extends Spec {
  /** Each accessor's name as bytes; undefined for array elements. */
  readonly names: readonly (Uint8Array | undefined)[];
  /** The enumerator's name without flavour; '' for other kinds. */
  readonly enumerator: string;
}

const utf8 = new TextEncoder();

/** Prepares a spec for matching: done once per object, not per target. */
export function prepareLocalSpec(spec: Spec): LocalSpec {
  const names = spec.accessors.map((accessor) => accessorName(spec.btf, accessor));
  return {
    ...spec,
    names: names.map((name) => (name === undefined ? undefined : utf8.encode(name))),
    enumerator: relocationBasis(spec.kind) === 'enumval' ? essentialName(names[0] ?? '') : '',
  };
}

/** Why a candidate was passed over. */
export interface Refusal {
  readonly refusal: RefusalCode;
  /** Index of the local accessor that found no counterpart; -1 where the type as a whole was refused. */
  readonly accessor: number;
  /** Positive; 0 unless libbpf stops with an error. */
  readonly errno: number;
}

/** The target spec where the candidate matches, else why not. */
export function matchSpec(local: LocalSpec, target: Btf, targetId: number, work: Work): Spec | Refusal {
  const root = { btf: target, kind: local.kind, rootTypeId: targetId };
  switch (relocationBasis(local.kind)) {
    case 'type': {
      const strict = local.kind === RelocationKind.TypeMatches;
      const relation = strict ? typesMatch : typesAreCompatible;
      const answer = relation(local.btf, local.rootTypeId, target, targetId, work);
      if (answer > 0) return { ...root, accessors: [], raw: [], bitOffset: 0 };
      if (answer < 0) return failure(-1, -answer);
      return refused(strict ? 'type-mismatch' : 'incompatible-type', -1);
    }
    case 'enumval':
      return matchEnumerator(local, root);
    default:
      return matchField(local, root, work);
  }
}

function refused(refusal: RefusalCode, accessor: number): Refusal {
  return { refusal, accessor, errno: 0 };
}

function failure(accessor: number, errno: number): Refusal {
  return { refusal: 'error', accessor, errno };
}

type Root = Pick<Spec, 'btf' | 'kind' | 'rootTypeId'>;

function matchEnumerator(local: LocalSpec, root: Root): Spec | Refusal {
  const { btf } = root;
  const id = skipModifiersAndTypedefs(btf, root.rootTypeId);
  if (!isEnum(btf.kind(id))) return refused('not-enum', 0);
  const count = btf.vlen(id);
  for (let index = 0; index < count; index++) {
    if (essentialName(btf.string(enumeratorNameOff(btf, id, index))) !== local.enumerator) continue;
    return { ...root, accessors: [{ typeId: id, index, named: true }], raw: [index], bitOffset: 0 };
  }
  return refused('missing-enumerator', 0);
}

/** The path under construction. */
interface Path {
  readonly accessors: Accessor[];
  readonly raw: number[];
  bitOffset: number;
  /** Type of the member found last. */
  next: number;
}

function matchField(local: LocalSpec, root: Root, work: Work): Spec | Refusal {
  const { btf } = root;
  const path: Path = { accessors: [], raw: [], bitOffset: 0, next: root.rootTypeId };
  for (let i = 0; i < local.accessors.length; i++) {
    const { index, named } = local.accessors[i] as Accessor;
    let id = skipModifiersAndTypedefs(btf, path.next);
    if (named) {
      const found = matchMember(local, i, btf, id, path, work);
      if (found === FOUND) continue;
      if (work.left <= 0) return failure(i, Errno.TooBig);
      return typeof found === 'number' ? failure(i, found) : refused(found, i);
    }
    // the first accessor indexes the root type itself; the others need an array to index
    if (i > 0) {
      if (btf.kind(id) !== BtfKind.Array) return refused('not-array', i);
      const array = arrayOf(btf, id);
      const flexible = isFlexibleArray(btf, path.accessors[i - 1], array.nelems);
      if (!flexible && index >= array.nelems) return refused('index-out-of-range', i);
      id = skipModifiersAndTypedefs(btf, array.type);
    }
    if (path.raw.length === MAX_SPEC_LENGTH) return failure(i, Errno.TooBig);
    path.accessors.push({ typeId: id, index, named: false });
    path.raw.push(index);
    const size = sizeOf(btf, id);
    if (size < 0) return failure(i, -size);
    // libbpf keeps the size in an int here: what is larger counts as an error, of a number that means nothing
    if (size > 0x7fffffff) return failure(i, 0x1_0000_0000 - size);
    path.bitOffset = (path.bitOffset + Math.imul(Math.imul(index, size), 8)) >>> 0;
    path.next = id;
  }
  return { ...root, accessors: path.accessors, raw: path.raw, bitOffset: path.bitOffset };
}

const FOUND = 'found';

/**
 * Looks for the local accessor's name among the members of a composite, through anonymous ones, in order. FOUND with
 * the path extended, or why not, or a positive error number.
 */
function matchMember(
  local: LocalSpec,
  accessor: number,
  btf: Btf,
  id: number,
  path: Path,
  work: Work,
): typeof FOUND | RefusalCode | number {
  if (!isComposite(btf.kind(id))) return 'not-composite';
  const name = local.names[accessor] as Uint8Array;
  const { words, at } = recordOf(btf, id);
  const info = words[at + 1]!;
  const bitfields = infoKindFlag(info);
  const count = infoVlen(info);
  let refusal: RefusalCode = 'missing-member';
  for (let index = 0, word = at + 3; index < count; index++, word += 3) {
    if (work.left-- <= 0) return Errno.TooBig;
    if (path.raw.length === MAX_SPEC_LENGTH) return Errno.TooBig;
    const nameOff = words[word]!;
    const type = words[word + 1]!;
    const offset = words[word + 2]!;
    const bitOffset = bitfields ? offset & 0xffffff : offset;
    if (isUnnamed(btf, nameOff)) {
      path.bitOffset = (path.bitOffset + bitOffset) >>> 0;
      path.raw.push(index);
      const found = matchMember(local, accessor, btf, skipModifiersAndTypedefs(btf, type), path, work);
      if (found === FOUND || typeof found === 'number') return found;
      if (found === 'incompatible-member') refusal = found;
      // as in libbpf, one step only: what an incompatible member deeper down left in the path stays there
      path.bitOffset = (path.bitOffset - bitOffset) >>> 0;
      path.raw.pop();
    } else if (nameIs(btf, nameOff, name)) {
      path.bitOffset = (path.bitOffset + bitOffset) >>> 0;
      path.raw.push(index);
      const { typeId, index: localIndex } = local.accessors[accessor] as Accessor;
      const localType = memberOf(local.btf, typeId, localIndex).type;
      if (!fieldsAreCompatible(local.btf, localType, btf, type, work)) return 'incompatible-member';
      path.accessors.push({ typeId: id, index, named: true });
      path.next = type;
      return FOUND;
    }
  }
  return refusal;
}
