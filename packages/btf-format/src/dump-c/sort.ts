// The order in which bpftool dumps types to C: by what they are, then by names, so that headers of similar kernels look
// alike. sort_btf_c of bpftool's btf.c.

import { BtfError } from '../errors.ts';
import type { FlatBtf } from '../flat.ts';
import { BtfKind } from '../kinds.ts';
import { referenceWord } from './reference-word.ts';
import { StringSorter } from './sort-strings.ts';
import { TypeHashes } from './type-hash.ts';

/** bpftool's max_rank: what has no name, and what declares nothing. */
const LAST_RANK = 10;
/** For functions, variables and sections, which the dump would pass over. */
const NO_RANK = 11;

/**
 * Ids in the order in which bpftool dumps them; void is among them. As in bpftool the very first is left out, which
 * is usually an anonymous enum that another type's dump emits later or never.
 */
export function sortedIds(flat: FlatBtf): Uint32Array {
  const targets = findTargets(flat);
  const sortNames = new Uint32Array(flat.typeCount);
  const ranks = new Uint8Array(flat.typeCount);
  const ends = new Uint32Array(LAST_RANK + 2); // where each rank ends, then where the next of it goes
  for (let id = 0; id < flat.typeCount; id++) {
    const target = targets[id] as number;
    ranks[id] = isDumpedAsNothing(kindOf(flat, id)) ? NO_RANK : rank(flat, id, target);
    sortNames[id] = sortName(flat, id, target);
    ends[ranks[id] as number] = (ends[ranks[id] as number] as number) + 1;
  }
  for (let i = 1; i <= NO_RANK; i++) ends[i] = (ends[i] as number) + (ends[i - 1] as number);
  const ids = new Uint32Array(flat.typeCount);
  for (let id = flat.typeCount - 1; id >= 0; id--) {
    const at = (ends[ranks[id] as number] as number) - 1;
    ends[ranks[id] as number] = at;
    ids[at] = id;
  }
  const sorter = new StringSorter(flat.strings);
  const hashes = new TypeHashes(flat);
  for (let i = 0; i <= LAST_RANK; i++) {
    const ofRank = ids.subarray(ends[i], ends[i + 1]);
    sorter.sort(sortNames, ofRank, (ties) => sortTies(flat, ties, sorter, hashes));
  }
  return ids.subarray(1, ends[NO_RANK]);
}

function isDumpedAsNothing(kind: BtfKind): boolean {
  return kind === BtfKind.Func || kind === BtfKind.Var || kind === BtfKind.Datasec;
}

function kindOf(flat: FlatBtf, id: number): BtfKind {
  return (((flat.words[(flat.starts[id] as number) + 1] as number) >>> 24) & 0x7f) as BtfKind;
}

function nameOf(flat: FlatBtf, id: number): number {
  return flat.words[flat.starts[id] as number] as number;
}

const UNKNOWN = 0xffffffff;

/** For each type the one at the end of its chain of references. Throws `unsupported` where a chain has no end. */
function findTargets(flat: FlatBtf): Uint32Array {
  const { words, starts, typeCount } = flat;
  const targets = new Uint32Array(typeCount).fill(UNKNOWN);
  const path: number[] = [];
  for (let first = 0; first < typeCount; first++) {
    let id = first;
    while (targets[id] === UNKNOWN) {
      const at = starts[id] as number;
      const word = referenceWord((((words[at + 1] as number) >>> 24) & 0x7f) as BtfKind);
      if (word === 0) {
        targets[id] = id;
        break;
      }
      path.push(id);
      if (path.length > typeCount) {
        throw new BtfError('unsupported', 'a type that contains itself', {
          typeId: first,
          expected: 'every chain of references to end',
        });
      }
      id = words[at + word] as number;
    }
    const target = targets[id] as number;
    for (const each of path) targets[each] = target;
    path.length = 0;
  }
  return targets;
}

/** Enums first, anonymous ones before the rest; then integers, structs and unions, prototypes; a typedef is with its target. */
function rank(flat: FlatBtf, id: number, target: number): number {
  const named = nameOf(flat, id) !== 0;
  if (target !== id && !named) return LAST_RANK;
  const hasName = named || nameOf(flat, target) !== 0;
  switch (kindOf(flat, target)) {
    case BtfKind.Enum:
    case BtfKind.Enum64:
      return hasName ? 1 : 0;
    case BtfKind.Int:
    case BtfKind.Float:
      return 2;
    case BtfKind.Struct:
    case BtfKind.Union:
      return hasName ? 3 : LAST_RANK;
    case BtfKind.FuncProto:
      return hasName ? 4 : LAST_RANK;
    default:
      return LAST_RANK;
  }
}

/** The target's name; an anonymous enum has that of its first value. */
function sortName(flat: FlatBtf, id: number, target: number): number {
  const name = nameOf(flat, target);
  if (name !== 0 || target !== id) return name;
  const at = flat.starts[id] as number;
  const info = flat.words[at + 1] as number;
  const kind = (info >>> 24) & 0x7f;
  const isEnum = kind === BtfKind.Enum || kind === BtfKind.Enum64;
  return isEnum && (info & 0xffffff) > 0 ? (flat.words[at + 3] as number) : 0;
}

/** Types of one rank and sort name: by their own name, then by a hash of the names in them, then by id. */
function sortTies(flat: FlatBtf, ids: Uint32Array, sorter: StringSorter, hashes: TypeHashes): void {
  ids.sort();
  // prototypes and pointers to them have no name and no hash: thousands of equal ones, which come first, by id
  let nameless = 0;
  const rest: number[] = [];
  for (let i = 0; i < ids.length; i++) {
    const id = ids[i] as number;
    if (flat.strings[nameOf(flat, id)] === 0 && hashes.isZero(id)) ids[nameless++] = id;
    else rest.push(id);
  }
  if (rest.length > 1) {
    rest.sort((a, b) => sorter.compare(nameOf(flat, a), nameOf(flat, b)) || hashes.compare(a, b) || a - b);
  }
  ids.set(rest, nameless);
}
