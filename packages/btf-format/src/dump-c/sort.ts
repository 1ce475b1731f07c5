// The order in which bpftool dumps types to C: by what they are, then by names, so that headers of similar kernels look
// alike. sort_btf_c of bpftool's btf.c.

import { BtfError } from '../errors.ts';
import type { FlatBtf } from '../flatten.ts';
import { BtfKind } from '../kinds.ts';
import { IdList } from './id-list.ts';
import { referenceWord } from './reference-word.ts';
import { StringSorter } from './sort-strings.ts';
import { MAX_DUMP_DEPTH } from './state.ts';
import { TypeHashes } from './type-hash.ts';
import { infoKind, infoVlen } from '../info.ts';

/** bpftool's max_rank: what has no name, and what declares nothing. */
const LAST_RANK = 10;

/** Sorts the types of one BTF, in two parts: the second is asked for when the first is dumped. */
export class TypeSorter {
  private readonly flat: FlatBtf;
  private readonly strings: StringSorter;
  private readonly hashes: TypeHashes;
  private readonly targets: Targets;
  private readonly byRank: readonly IdList[] = Array.from({ length: LAST_RANK + 1 }, () => new IdList());

  constructor(flat: FlatBtf) {
    this.flat = flat;
    this.strings = new StringSorter(flat.strings);
    this.hashes = new TypeHashes(flat);
    this.targets = new Targets(flat);
    const { words, starts, typeCount } = flat;
    for (let id = 1; id < typeCount; id++) {
      const at = starts[id]!;
      const kind = infoKind(words[at + 1]!);
      if (kind === BtfKind.Func || kind === BtfKind.Var || kind === BtfKind.Datasec) continue; // dumped as nothing
      const named = words[at] !== 0;
      let rank = LAST_RANK;
      if (referenceWord(kind) === 0) rank = rankOf(flat, id, named);
      else if (named) rank = rankOf(flat, this.targets.of(id), named);
      (this.byRank[rank] as IdList).push(id);
    }
  }

  /**
   * What bpftool dumps first: enums, numbers, structs, unions and prototypes that have a name, and the typedefs of them,
   * in its order. As in bpftool the very first is left out, which is usually an anonymous enum that another type's dump
   * emits later or never.
   */
  first(): Uint32Array {
    return this.sorted(this.byRank.slice(0, LAST_RANK)).subarray(1);
  }

  /**
   * The rest, in bpftool's order: forward declarations, typedefs of them and of void, and what has no name. Nearly all
   * of it has nothing left to emit; only what may lead to one of `pending` is in the answer. Void would be the first of
   * this rank; it is never in the answer, so that nothing is left out here.
   */
  rest(pending: (id: number) => boolean): Uint32Array {
    const leads = leadFinder(this.flat, pending);
    const wanted = new IdList();
    const { items, length } = this.byRank[LAST_RANK] as IdList;
    for (let i = 0; i < length; i++) if (leads(items[i]!, 0)) wanted.push(items[i]!);
    return this.sorted([wanted]);
  }

  /** The lists one after the other, each by the names that its types lead to, then by `sortTies`. */
  private sorted(lists: readonly IdList[]): Uint32Array {
    const ids = new Uint32Array(lists.reduce((sum, { length }) => sum + length, 0));
    const sortNames = new Uint32Array(this.flat.typeCount);
    let at = 0;
    for (const { items, length } of lists) {
      const part = ids.subarray(at, at + length);
      part.set(items.subarray(0, length));
      for (let i = 0; i < length; i++) sortNames[part[i]!] = this.sortName(part[i]!);
      this.strings.sort(sortNames, part, (ties) => this.sortTies(ties));
      at += length;
    }
    return ids;
  }

  /** The name of the type that it leads to; an anonymous enum has that of its first value. */
  private sortName(id: number): number {
    const { words, starts } = this.flat;
    const at = starts[id]!;
    const info = words[at + 1]!;
    const kind = infoKind(info);
    if (referenceWord(kind) !== 0) return words[starts[this.targets.of(id)]!]!;
    if (words[at] !== 0) return words[at]!;
    const isEnum = kind === BtfKind.Enum || kind === BtfKind.Enum64;
    return isEnum && infoVlen(info) > 0 ? words[at + 3]! : 0;
  }

  /** Types of one rank and sort name: by their own name, then by a hash of the names in them, then by id. */
  private sortTies(ids: Uint32Array): void {
    const { flat, strings, hashes } = this;
    const sorted = Array.from(ids).sort(
      (a, b) => strings.compare(nameOf(flat, a), nameOf(flat, b)) || hashes.compare(a, b) || a - b,
    );
    ids.set(sorted);
  }
}

/**
 * Which types may lead to a pending one on the way that `orderType` takes: through everything but named structs and
 * unions, which are done. True also where a cycle leaves it open.
 */
function leadFinder(flat: FlatBtf, pending: (id: number) => boolean): (id: number, depth: number) => boolean {
  const leads = new Uint8Array(flat.typeCount).fill(OPEN);
  const visit = (id: number, depth: number): boolean => {
    const known = leads[id]!;
    if (known !== OPEN) return known === 1;
    leads[id] = 1; // until it is known: what leads back here is looked at in any case
    const found = depth > MAX_DUMP_DEPTH || leadsOn(flat, id, pending, (next) => visit(next, depth + 1));
    leads[id] = found ? 1 : 0;
    return found;
  };
  return visit;
}

const OPEN = 2;

function leadsOn(flat: FlatBtf, id: number, pending: (id: number) => boolean, visit: (id: number) => boolean): boolean {
  const { words, starts } = flat;
  const at = starts[id]!;
  const info = words[at + 1]!;
  const kind = infoKind(info);
  const vlen = infoVlen(info);
  const follow = kind === BtfKind.DeclTag ? 0 : referenceWord(kind);
  if (follow !== 0) return (kind === BtfKind.Typedef && pending(id)) || visit(words[at + follow]!);
  switch (kind) {
    case BtfKind.Fwd:
    case BtfKind.Enum:
    case BtfKind.Enum64:
      return pending(id);
    case BtfKind.Struct:
    case BtfKind.Union:
      if (words[at] !== 0) return pending(id);
      for (let i = 0, w = at + 4; i < vlen; i++, w += 3) if (visit(words[w]!)) return true;
      return false;
    case BtfKind.FuncProto:
      if (visit(words[at + 2]!)) return true;
      for (let i = 0, w = at + 4; i < vlen; i++, w += 2) if (visit(words[w]!)) return true;
      return false;
    default:
      return false;
  }
}

function nameOf(flat: FlatBtf, id: number): number {
  return flat.words[flat.starts[id]!]!;
}

const UNKNOWN = 0xffffffff;

/** The type at the end of each chain of references. */
class Targets {
  private readonly flat: FlatBtf;
  private readonly known: Uint32Array;

  constructor(flat: FlatBtf) {
    this.flat = flat;
    this.known = new Uint32Array(flat.typeCount).fill(UNKNOWN);
  }

  /** Throws `unsupported` where the chain has no end. */
  of(first: number): number {
    const { words, starts, typeCount } = this.flat;
    const path: number[] = [];
    let id = first;
    while (this.known[id] === UNKNOWN) {
      const at = starts[id]!;
      const word = referenceWord(infoKind(words[at + 1]!));
      if (word === 0) {
        this.known[id] = id;
        break;
      }
      path.push(id);
      if (path.length > typeCount) {
        throw new BtfError('unsupported', 'a type that contains itself', {
          typeId: first,
          expected: 'every chain of references to end',
        });
      }
      id = words[at + word]!;
    }
    const target = this.known[id]!;
    for (const each of path) this.known[each] = target;
    return target;
  }
}

/** Enums first, anonymous ones before the rest; then integers, structs and unions, prototypes; a typedef is with its target. */
function rankOf(flat: FlatBtf, target: number, named: boolean): number {
  const at = flat.starts[target]!;
  const hasName = named || flat.words[at] !== 0;
  switch (infoKind(flat.words[at + 1]!)) {
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
