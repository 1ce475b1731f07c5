// Which types of a BTF say the same as types of an earlier, similar one, so that their hashes need not be computed again.
// Types are first lined up by kind, name and references back; then each is compared word by word, with names and ids as
// they were moved. A pair that was lined up wrongly counts as changed, which costs time and nothing else.

import { BtfKind, infoKind, infoVlen } from '@btfq/btf-format';
import { BLOCK, MIXED } from '../delta/string-map.ts';
import { THIRD_IS_REF } from '../modules/word-roles.ts';
import type { StringMoves } from './string-runs.ts';

/** Records of a BTF. */
export interface Records {
  readonly words: Uint32Array;
  readonly starts: Uint32Array;
}

/** How far ahead is looked where the types part: first near, then far in one of the two. */
const NEAR = 64;
const FAR = 4096;
/** So many pairs must fit for the types to go on alike. */
const FITTING = 8;
/** Types that are passed over where they don't. */
const STRIDE = 16;
/** What is less alike than this, or takes more looking ahead (in pairs that are tried, by type), is hashed whole. */
const MOST_UNPAIRED = 0.25;
const MOST_TRIED = 3;

/** Of a reference in `refs`: not compared yet, being compared, not the same. Else the id in the earlier BTF. */
const UNKNOWN = -1;
const UNDER_WAY = -2;
const CHANGED = -3;
/** References through types without names nest at most so deep; beyond, everything is hashed anew. */
const MOST_NESTED = 100;

/** By kind: 1 for those that are referred to by their name alone, if they have one. */
const NAMED = Uint8Array.from({ length: 128 }, (_, kind) => {
  switch (kind) {
    case BtfKind.Struct:
    case BtfKind.Union:
    case BtfKind.Fwd:
    case BtfKind.Enum:
    case BtfKind.Enum64:
    case BtfKind.Typedef:
      return 1;
    default:
      return 0;
  }
});

/** By kind, what there is to compare behind the third word. Nameless functions and variables are compared by those who ask. */
const Shape = { other: 0, nothing: 1, members: 2, params: 3 } as const;
const SHAPE = Uint8Array.from({ length: 128 }, (_, kind) => {
  switch (kind) {
    case BtfKind.Ptr:
    case BtfKind.Typedef:
    case BtfKind.Volatile:
    case BtfKind.Const:
    case BtfKind.Restrict:
    case BtfKind.Func:
    case BtfKind.TypeTag:
    case BtfKind.Fwd:
    case BtfKind.Float:
      return Shape.nothing;
    case BtfKind.Struct:
    case BtfKind.Union:
      return Shape.members;
    case BtfKind.FuncProto:
      return Shape.params;
    default:
      return Shape.other;
  }
});

/** Memory for what is known by id, which the next kernel takes. */
let pairMemory = new Int32Array(0);
let refMemory = new Int32Array(0);
let flagMemory = new Uint8Array(0);

/** Thrown by `SameTypes` where what it found cannot be relied on: the caller hashes everything anew. */
export class TooDeep extends Error {}

export class SameTypes {
  // signed: the engine keeps them in registers
  private readonly words: Int32Array;
  private readonly starts: Uint32Array;
  private readonly earlierWords: Int32Array;
  private readonly earlierStarts: Uint32Array;
  private readonly moves: StringMoves;
  /** By id: the id of the type that it is paired with, 0 for none. Void is paired with void. */
  readonly pairs: Int32Array;
  /** By id: the earlier id that a reference to it is the same as, or one of the words above. */
  private readonly refs: Int32Array;
  /** By id: 1 where the size is not that of its pair. */
  private readonly otherSize: Uint8Array;
  private depth = 0;
  private tried = 0;

  private constructor(earlier: Records, now: Records, moves: StringMoves) {
    const signed = ({ words }: Records) => new Int32Array(words.buffer, words.byteOffset, words.length);
    this.words = signed(now);
    this.starts = now.starts;
    this.earlierWords = signed(earlier);
    this.earlierStarts = earlier.starts;
    this.moves = moves;
    const count = now.starts.length;
    if (pairMemory.length < count) {
      const room = Math.ceil(count * 1.25);
      pairMemory = new Int32Array(room);
      refMemory = new Int32Array(room);
      flagMemory = new Uint8Array(room);
    }
    this.pairs = pairMemory.subarray(0, count).fill(0);
    this.refs = refMemory.subarray(0, count);
    this.otherSize = flagMemory.subarray(0, count);
  }

  /** undefined where the two are not alike. */
  static of(earlier: Records, now: Records, moves: StringMoves): SameTypes | undefined {
    const count = now.starts.length - 1;
    if (Math.abs(earlier.starts.length - 1 - count) > count * MOST_UNPAIRED) return undefined;
    const same = new SameTypes(earlier, now, moves);
    return same.lineUp() ? same : undefined;
  }

  /** Says the sizes of all types, by id, and forgets what was compared. */
  setSizes(sizes: Float64Array, earlierSizes: Float64Array): void {
    const { pairs, otherSize } = this;
    for (let id = 1; id < pairs.length; id++) {
      const pair = pairs[id]!;
      otherSize[id] = pair === 0 || sizes[id] !== earlierSizes[pair - 1] ? 1 : 0;
    }
    otherSize[0] = 0;
    this.forget();
  }

  /** Compares anew. */
  forget(): void {
    const { pairs, refs, words, starts } = this;
    for (let id = 1; id < pairs.length; id++) {
      const at = starts[id - 1]!;
      const kind = (words[at + 1]! >>> 24) & 0x7f;
      const pair = pairs[id]!;
      if (pair === 0) refs[id] = CHANGED;
      else if (kind === BtfKind.Func || kind === BtfKind.Var || (words[at] !== 0 && NAMED[kind] === 1)) refs[id] = pair;
      else refs[id] = UNKNOWN;
    }
    refs[0] = 0;
  }

  /** Where the name of an earlier type, by number, is now; -1 where it is gone. */
  nameNow(number: number): number {
    return this.moves.of(this.earlierWords[this.earlierStarts[number]!]!);
  }

  /** From now on a reference to this type, which is meant by its name, counts as changed. Before anything is compared. */
  setChanged(id: number): void {
    if (this.refs[id] === this.pairs[id]) this.refs[id] = CHANGED;
  }

  /** Whether a reference to a type looks as it did. Throws TooDeep. */
  refIsSame(id: number): boolean {
    const pair = this.pairs[id]!;
    return pair !== 0 && this.ref(id, pair);
  }

  private ref(id: number, earlier: number): boolean {
    const known = this.refs[id]!;
    if (known === earlier) return true;
    if (known !== UNKNOWN) {
      if (known === UNDER_WAY) throw new TooDeep(); // a type without a name that contains itself
      return false;
    }
    if (this.pairs[id] !== earlier) return false;
    if (++this.depth > MOST_NESTED) throw new TooDeep();
    this.refs[id] = UNDER_WAY;
    const same = this.contentIsSame(id);
    this.depth--;
    this.refs[id] = same ? earlier : CHANGED;
    return same;
  }

  /**
   * How many types from `id` on say what their pairs say, which follow each other too. It may stop early, before one that
   * `contentIsSame` and `refIsSame` have to be asked for. Most of a kernel's types are passed over here, so no function is called for them.
   */
  sameRun(id: number): number {
    const { words, earlierWords, starts, earlierStarts, pairs, refs, otherSize, moves } = this;
    const { blocks } = moves;
    const shift = pairs[id]! - id;
    const count = pairs.length;
    let next = id;
    for (; next < count && pairs[next] === next + shift && pairs[next] !== 0; next++) {
      const at = starts[next - 1]! | 0;
      const was = earlierStarts[next + shift - 1]! | 0;
      const info = words[at + 1]! | 0;
      if (info !== earlierWords[was + 1]) break;
      const kind = (info >>> 24) & 0x7f;
      const third = words[at + 2]! | 0;
      const wasThird = earlierWords[was + 2]! | 0;
      if (THIRD_IS_REF[kind] === 1) {
        if (refs[third] !== wasThird && !this.ref(third, wasThird)) break;
        if (otherSize[third] === 1 && (kind === BtfKind.Typedef || kind === BtfKind.Var)) break;
      } else if (third !== wasThird) break;
      const shape = SHAPE[kind]!;
      if (shape === Shape.params) {
        const end = at + 3 + (info & 0xffffff) * 2;
        let w = at + 3;
        for (let v = was + 3; w < end; w += 2, v += 2) {
          const name = earlierWords[v]!;
          const moved = blocks[name >>> BLOCK]!;
          if ((moved !== MIXED ? name + moved : moves.of(name)) !== words[w]) break;
          const type = words[w + 1]!;
          if (refs[type] !== earlierWords[v + 1] && !this.ref(type, earlierWords[v + 1]!)) break;
        }
        if (w !== end) break;
      } else if (shape === Shape.members) {
        const end = at + 3 + (info & 0xffffff) * 3;
        let w = at + 3;
        for (let v = was + 3; w < end; w += 3, v += 3) {
          if (words[w + 2] !== earlierWords[v + 2]) break;
          const name = earlierWords[v]!;
          const moved = blocks[name >>> BLOCK]!;
          if ((moved !== MIXED ? name + moved : moves.of(name)) !== words[w]) break;
          const type = words[w + 1]!;
          if (refs[type] !== earlierWords[v + 1] && !this.ref(type, earlierWords[v + 1]!)) break;
          if (otherSize[type] === 1) break;
        }
        if (w !== end) break;
      } else if (shape === Shape.other && !this.contentIsSame(next)) break;
      // a reference to a type that counts by its content is known from now on
      if (refs[next] === UNKNOWN) refs[next] = next + shift;
    }
    return next - id;
  }

  /** Whether a type says what its pair says: everything that its hash depends on. Throws TooDeep. */
  contentIsSame(id: number): boolean {
    const pair = this.pairs[id]!;
    if (pair === 0) return false;
    const { words, earlierWords, moves, refs, otherSize } = this;
    const { blocks } = moves;
    const at = this.starts[id - 1]!;
    const was = this.earlierStarts[pair - 1]!;
    const info = words[at + 1]!;
    if (info !== earlierWords[was + 1]) return false; // the names are equal, or they were no pair
    const kind = infoKind(info);
    const third = words[at + 2]!;
    const wasThird = earlierWords[was + 2]!;
    if (THIRD_IS_REF[kind] === 1) {
      if (refs[third] !== wasThird && !this.ref(third, wasThird)) return false;
      if (otherSize[third] === 1 && (kind === BtfKind.Typedef || kind === BtfKind.Var)) return false;
    } else if (third !== wasThird) return false;
    switch (kind) {
      case BtfKind.Ptr:
      case BtfKind.Typedef:
      case BtfKind.Volatile:
      case BtfKind.Const:
      case BtfKind.Restrict:
      case BtfKind.Func:
      case BtfKind.TypeTag:
      case BtfKind.Fwd:
      case BtfKind.Float:
        return true;
      case BtfKind.Int:
      case BtfKind.Var:
      case BtfKind.DeclTag:
        return words[at + 3] === earlierWords[was + 3];
      case BtfKind.Array: {
        const element = words[at + 3]!;
        return words[at + 5] === earlierWords[was + 5] && this.ref(element, earlierWords[was + 3]!);
      }
      case BtfKind.FuncProto: {
        const end = at + 3 + infoVlen(info) * 2;
        for (let w = at + 3, v = was + 3; w < end; w += 2, v += 2) {
          const name = earlierWords[v]!;
          const shift = blocks[name >>> BLOCK]!;
          if ((shift !== MIXED ? name + shift : moves.of(name)) !== words[w]) return false;
          const type = words[w + 1]!;
          const earlier = earlierWords[v + 1]!;
          if (refs[type] !== earlier && !this.ref(type, earlier)) return false;
        }
        return true;
      }
      case BtfKind.Struct:
      case BtfKind.Union: {
        const end = at + 3 + infoVlen(info) * 3;
        for (let w = at + 3, v = was + 3; w < end; w += 3, v += 3) {
          if (words[w + 2] !== earlierWords[v + 2]) return false;
          const name = earlierWords[v]!;
          const shift = blocks[name >>> BLOCK]!;
          if ((shift !== MIXED ? name + shift : moves.of(name)) !== words[w]) return false;
          const type = words[w + 1]!;
          const earlier = earlierWords[v + 1]!;
          if (refs[type] !== earlier && !this.ref(type, earlier)) return false;
          if (otherSize[type] === 1) return false;
        }
        return true;
      }
      case BtfKind.Enum:
      case BtfKind.Enum64: {
        const stride = kind === BtfKind.Enum ? 2 : 3;
        const end = at + 3 + infoVlen(info) * stride;
        for (let w = at + 3, v = was + 3; w < end; w += stride, v += stride) {
          if (words[w + 1] !== earlierWords[v + 1]) return false;
          if (stride === 3 && words[w + 2] !== earlierWords[v + 2]) return false;
          if (moves.of(earlierWords[v]!) !== words[w]) return false;
        }
        return true;
      }
      default:
        return false; // sections and what is not known: hashed anew, there are few
    }
  }

  /** Pairs types in order. False where too many stay alone. */
  private lineUp(): boolean {
    const { pairs, starts, earlierStarts } = this;
    const count = starts.length - 1;
    const earlierCount = earlierStarts.length - 1;
    let unpaired = 0;
    let i = 0;
    let j = 0;
    while (j < count) {
      if (i < earlierCount && this.fits(i, j, j)) {
        pairs[++j] = ++i;
        continue;
      }
      const [skipped, added] = this.meet(i, j);
      i += skipped;
      j += added;
      unpaired += added;
      if (unpaired > count * MOST_UNPAIRED || this.tried > count * MOST_TRIED) return false;
    }
    return true;
  }

  /** Whether the types with these numbers (from 0) can be a pair, by the pairs of the first `known` types. */
  private fits(i: number, j: number, known: number): boolean {
    const { words, earlierWords } = this;
    const at = this.starts[j]!;
    const was = this.earlierStarts[i]!;
    const info = words[at + 1]!;
    const wasInfo = earlierWords[was + 1]!;
    const name = words[at]!;
    if (info !== wasInfo) {
      // a struct with another member is still what others mean by its name
      const kind = infoKind(info);
      if (name === 0 || kind !== infoKind(wasInfo) || kind === BtfKind.Fwd || NAMED[kind] === 0) return false;
      return this.moves.of(earlierWords[was]!) === name;
    }
    const wasName = earlierWords[was]!;
    if (name === 0 ? wasName !== 0 : wasName === 0 || this.moves.of(wasName) !== name) return false;
    const kind = infoKind(info);
    if (name !== 0 && kind !== BtfKind.Func) return true; // of functions there may be several, static ones
    if (THIRD_IS_REF[kind] === 1) return this.mayRefer(words[at + 2]!, earlierWords[was + 2]!, known);
    switch (kind) {
      case BtfKind.Array:
        return words[at + 5] === earlierWords[was + 5] && this.mayRefer(words[at + 3]!, earlierWords[was + 3]!, known);
      case BtfKind.Struct:
      case BtfKind.Union: {
        if (words[at + 2] !== earlierWords[was + 2]) return false;
        if (infoVlen(info) === 0) return true;
        return (
          this.moves.of(earlierWords[was + 3]!) === words[at + 3] &&
          this.mayRefer(words[at + 4]!, earlierWords[was + 4]!, known)
        );
      }
      case BtfKind.Enum:
      case BtfKind.Enum64:
        return infoVlen(info) === 0 || this.moves.of(earlierWords[was + 3]!) === words[at + 3];
      default:
        return true;
    }
  }

  /** References back must be to pairs; those ahead are not known yet. */
  private mayRefer(id: number, earlier: number, known: number): boolean {
    return id > known ? earlier > 0 : this.pairs[id] === earlier;
  }

  /** How many types to pass over on either side until they go on alike. */
  private meet(i: number, j: number): [skipped: number, added: number] {
    const left = this.earlierStarts.length - 1 - i;
    const more = this.starts.length - 1 - j;
    const near = Math.min(NEAR, left - 1);
    for (let sum = 1; sum <= 2 * NEAR; sum++) {
      const most = Math.min(sum, NEAR, more - 1);
      for (let added = Math.max(0, sum - near); added <= most; added++) {
        if (this.goesOn(i + sum - added, j + added)) return [sum - added, added];
      }
    }
    for (let far = NEAR + 1; far < FAR; far++) {
      for (let few = 0; few < 4; few++) {
        if (far < left && few < more && this.goesOn(i + far, j + few)) return [far, few];
        if (far < more && few < left && this.goesOn(i + few, j + far)) return [few, far];
      }
    }
    return [0, Math.min(STRIDE, more)];
  }

  private goesOn(i: number, j: number): boolean {
    this.tried++;
    const most = Math.min(FITTING, this.earlierStarts.length - 1 - i, this.starts.length - 1 - j);
    for (let k = 0; k < most; k++) if (!this.fits(i + k, j + k, j)) return false;
    return most > 0;
  }
}
