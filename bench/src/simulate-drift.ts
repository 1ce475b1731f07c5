// One step of a kernel's history, on its BTF: fields come, go, move and get other names, and what contains their struct
// moves with it; functions and structs come and go. Types are inserted where a build would put them, so that ids and
// string offsets behind them shift, which is what makes the BTF of neighbouring kernels differ in every byte.

import { type Btf, BtfKind, encodeBtf, kindLayout, parseBtf, resolveSize, infoKind } from '@btfq/btf-format';
import type { SeededRandom } from './simulate-random.ts';

/** How much changes in one step. */
export interface Drift {
  readonly fieldsAdded: number;
  readonly fieldsRemoved: number;
  readonly fieldsMoved: number;
  readonly fieldsRenamed: number;
  readonly functionsAdded: number;
  readonly functionsRemoved: number;
  readonly structsAdded: number;
}

/** What a stable update does: some thirty declarations. */
export const UPDATE: Drift = {
  fieldsAdded: 3,
  fieldsRemoved: 1,
  fieldsMoved: 1,
  fieldsRenamed: 1,
  functionsAdded: 8,
  functionsRemoved: 4,
  structsAdded: 1,
};

/** What another distribution or flavour does: hundreds. */
export const FORK: Drift = {
  fieldsAdded: 60,
  fieldsRemoved: 20,
  fieldsMoved: 15,
  fieldsRenamed: 20,
  functionsAdded: 200,
  functionsRemoved: 300,
  structsAdded: 40,
};

/** A change of more structs than this is none that a stable kernel gets. */
const MAX_CASCADE = 24;
/** Structs that people ask about; one field in four is added to one of these. */
const POPULAR = ['task_struct', 'mm_struct', 'sk_buff', 'sock', 'inode', 'net_device', 'bio', 'request', 'cgroup'];

/** The BTF after one step. The result is valid: it is parsed again. */
export function drift(btf: Btf, random: SeededRandom, amount: Drift): Btf {
  const step = new Step(btf, random);
  for (let i = 0; i < amount.structsAdded; i++) step.addStruct();
  for (let i = 0; i < amount.fieldsAdded; i++) step.addField();
  for (let i = 0; i < amount.fieldsRemoved; i++) step.removeField();
  for (let i = 0; i < amount.fieldsMoved; i++) step.moveField();
  for (let i = 0; i < amount.fieldsRenamed; i++) step.renameField();
  for (let i = 0; i < amount.functionsAdded; i++) step.addFunction();
  for (let i = 0; i < amount.functionsRemoved; i++) step.removeFunction();
  return step.finish();
}

/** Edits in the ids and offsets of the old BTF; new types and strings have numbers beyond its own until `finish`. */
class Step {
  private readonly btf: Btf;
  private readonly random: SeededRandom;
  private readonly structs: readonly number[];
  private readonly functions: readonly number[];
  /** Ids that tags refer to: they stay. */
  private readonly tagged = new Set<number>();
  /** By struct: who has it as a member by value, how often in a row. */
  private readonly containers = new Map<number, { outer: number; member: number; times: number }[]>();
  private readonly edited = new Map<number, number[]>();
  private readonly removed = new Set<number>();
  /** New types by the old id that they stand before. */
  private readonly added: { before: number; words: number[] }[] = [];
  /** New strings by the old offset that they stand before. */
  private readonly strings: { before: number; text: string }[] = [];

  constructor(btf: Btf, random: SeededRandom) {
    this.btf = btf;
    this.random = random;
    const structs: number[] = [];
    const functions: number[] = [];
    for (let id = 1; id < btf.typeCount; id++) {
      const kind = btf.kind(id);
      if (kind === BtfKind.Struct && btf.nameOff(id) !== 0 && btf.vlen(id) > 2) structs.push(id);
      else if (kind === BtfKind.Func) functions.push(id);
      else if (kind === BtfKind.DeclTag) this.tagged.add(btf.sizeOrType(id));
      if (kind === BtfKind.Struct || kind === BtfKind.Union) this.noteMembers(id);
    }
    this.structs = structs;
    this.functions = functions;
  }

  private noteMembers(outer: number): void {
    const { words, starts } = this.btf;
    const at = starts[outer - 1]!;
    for (let i = 0; i < this.btf.vlen(outer); i++) {
      const found = this.byValue(words[at + 4 + 3 * i]!);
      if (found === undefined) continue;
      const list = this.containers.get(found.id) ?? [];
      list.push({ outer, member: i, times: found.times });
      this.containers.set(found.id, list);
    }
  }

  private byValue(id: number): { id: number; times: number } | undefined {
    const { btf } = this;
    let times = 1;
    for (let depth = 0; depth < 16; depth++) {
      switch (btf.kind(id)) {
        case BtfKind.Struct:
        case BtfKind.Union:
          return { id, times };
        case BtfKind.Typedef:
        case BtfKind.Const:
        case BtfKind.Volatile:
          id = btf.sizeOrType(id);
          break;
        case BtfKind.Array: {
          const at = btf.starts[id - 1]!;
          times *= btf.words[at + 5]!;
          id = btf.words[at + 3]!;
          break;
        }
        default:
          return undefined;
      }
    }
    return undefined;
  }

  /** The words of a type as they are by now. */
  private record(id: number): number[] {
    let words = this.edited.get(id);
    if (words === undefined) {
      const { starts } = this.btf;
      words = Array.from(this.btf.words.subarray(starts[id - 1], starts[id]));
      this.edited.set(id, words);
    }
    return words;
  }

  /** All that grows when this struct grows; undefined if that is too much. */
  private cascade(id: number, seen = new Set<number>()): Set<number> | undefined {
    if (seen.has(id)) return seen;
    seen.add(id);
    if (seen.size > MAX_CASCADE) return undefined;
    for (const { outer } of this.containers.get(id) ?? [])
      if (this.cascade(outer, seen) === undefined) return undefined;
    return seen;
  }

  /** Shifts everything from member `from` on by some bytes, and whatever holds the struct likewise. */
  private grow(id: number, from: number, bytes: number, depth = 0): void {
    if (bytes === 0 || depth > MAX_CASCADE) return;
    const words = this.record(id);
    const kind = infoKind(words[1]!);
    if (kind === BtfKind.Union) {
      const before = words[2]!;
      let size = before;
      for (let i = 0; i < (words[1]! & 0xffffff); i++) {
        const inner = this.byValue(words[4 + 3 * i]!);
        if (inner !== undefined) size = Math.max(size, this.record(inner.id)[2]! * inner.times);
      }
      words[2] = size;
      bytes = size - before;
    } else {
      for (let w = 3 + from * 3; w < words.length; w += 3) words[w + 2] = words[w + 2]! + bytes * 8;
      words[2] = words[2]! + bytes;
    }
    for (const { outer, member, times } of this.containers.get(id) ?? []) {
      this.grow(outer, member + 1, bytes * times, depth + 1);
    }
  }

  private someStruct(): number | undefined {
    const { btf, random } = this;
    for (let tries = 0; tries < 20; tries++) {
      const popular = random.below(4) === 0;
      const name = random.pick(POPULAR);
      const id = popular ? this.structs.find((one) => btf.name(one) === name) : random.pick(this.structs);
      if (id !== undefined && this.cascade(id) !== undefined) return id;
    }
    return undefined;
  }

  addField(): void {
    const id = this.someStruct();
    if (id === undefined) return;
    const words = this.record(id);
    const vlen = words[1]! & 0xffffff;
    const at = 1 + this.random.below(vlen);
    const pointer = this.anyPointer();
    const place = at < vlen ? words[3 + 3 * at + 2]! & 0xffffff : words[2]! * 8;
    const aligned = Math.ceil(place / 64) * 64;
    // the newcomer begins where its follower was; the follower and all behind it go by whole words
    this.grow(id, at, 8 + (aligned - place) / 8);
    words.splice(3 + 3 * at, 0, this.newString(words[0]!, 'field'), pointer, aligned);
    words[1] = words[1]! + 1;
    for (const one of this.containers.values())
      for (const held of one) if (held.outer === id && held.member >= at) held.member++;
  }

  removeField(): void {
    const id = this.random.pick(this.structs);
    const words = this.record(id);
    const vlen = words[1]! & 0xffffff;
    if (vlen < 3) return;
    const at = this.random.below(vlen);
    if (this.byValue(words[4 + 3 * at]!) !== undefined) return;
    words.splice(3 + 3 * at, 3); // its place becomes a hole
    words[1] = words[1]! - 1;
    for (const one of this.containers.values())
      for (const held of one) if (held.outer === id && held.member > at) held.member--;
  }

  /** Swaps two neighbours of one size. */
  moveField(): void {
    const words = this.record(this.random.pick(this.structs));
    const vlen = words[1]! & 0xffffff;
    for (let i = 0; i + 1 < vlen; i++) {
      const a = 3 + 3 * i;
      const [typeA, typeB] = [words[a + 1]!, words[a + 4]!];
      const size = resolveSize(this.btf, typeA);
      if (size === undefined || size !== resolveSize(this.btf, typeB)) continue;
      if (this.byValue(typeA) ?? this.byValue(typeB)) continue;
      [words[a], words[a + 3]] = [words[a + 3]!, words[a]!];
      [words[a + 1], words[a + 4]] = [typeB, typeA];
      return;
    }
  }

  renameField(): void {
    const words = this.record(this.random.pick(this.structs));
    const at = 3 + 3 * this.random.below(words[1]! & 0xffffff);
    if (words[at] !== 0) words[at] = this.newString(words[at]!, 'renamed');
  }

  addFunction(): void {
    const { btf, random } = this;
    const near = random.pick(this.functions);
    const like = btf.sizeOrType(random.pick(this.functions));
    const proto = this.newType(near, Array.from(btf.words.subarray(btf.starts[like - 1], btf.starts[like])));
    const name = this.newString(btf.nameOff(near), 'func');
    this.newType(near, [name, (BtfKind.Func << 24) | random.below(2), proto]);
  }

  removeFunction(): void {
    const id = this.random.pick(this.functions);
    if (!this.tagged.has(id)) this.removed.add(id);
  }

  addStruct(): void {
    const near = this.random.pick(this.structs);
    const count = 2 + this.random.below(6);
    const name = this.newString(this.btf.nameOff(near), 'struct');
    const words = [name, (BtfKind.Struct << 24) | count, count * 8];
    for (let i = 0; i < count; i++) {
      const field = this.random.pick(this.structs);
      const offset = this.btf.words[this.btf.starts[field - 1]! + 3]!; // a name that is there already
      words.push(offset, this.anyPointer(), i * 64);
    }
    this.newType(near, [0, BtfKind.Ptr << 24, this.newType(near, words)]);
  }

  private anyPointer(): number {
    const { btf } = this;
    for (;;) {
      const id = 1 + this.random.below(btf.typeCount - 1);
      if (btf.kind(id) === BtfKind.Ptr) return id;
    }
  }

  private newType(before: number, words: number[]): number {
    this.added.push({ before, words });
    return this.btf.typeCount + this.added.length - 1;
  }

  private newString(before: number, word: string): number {
    this.strings.push({ before, text: `${word}_${this.random.bits().toString(36)}` });
    return this.btf.stringEnd + this.strings.length - 1;
  }

  /** Puts everything in its place and renumbers what refers to it. */
  finish(): Btf {
    const { btf, added, edited, removed } = this;
    const { bytes: strings, offsets } = this.placeStrings();
    const order = added
      .map((_, i) => i)
      .sort((a, b) => (added[a] as { before: number }).before - (added[b] as { before: number }).before || a - b);
    const ids = new Uint32Array(btf.typeCount + added.length);
    let id = 1;
    let next = 0;
    let length = 0;
    for (let old = 1; old < btf.typeCount; old++) {
      for (; next < order.length && added[order[next]!]?.before === old; next++) {
        ids[btf.typeCount + order[next]!] = id++;
        length += added[order[next]!]?.words.length ?? 0;
      }
      if (removed.has(old)) continue;
      ids[old] = id++;
      length += edited.get(old)?.length ?? btf.starts[old]! - btf.starts[old - 1]!;
    }
    const words = new Uint32Array(length);
    let at = 0;
    const place = (record: ArrayLike<number>, from: number, size: number): void => {
      for (let w = 0; w < size; w++) words[at + w] = record[from + w]!;
      renumber(words, at, size, ids, offsets);
      at += size;
    };
    next = 0;
    for (let old = 1; old < btf.typeCount; old++) {
      for (; next < order.length && added[order[next]!]?.before === old; next++) {
        const record = added[order[next]!]?.words as number[];
        place(record, 0, record.length);
      }
      if (removed.has(old)) continue;
      const record = edited.get(old);
      const from = btf.starts[old - 1]!;
      if (record) place(record, 0, record.length);
      else place(btf.words, from, btf.starts[old]! - from);
    }
    return parseBtf(encodeBtf({ words, strings, littleEndian: btf.littleEndian }));
  }

  /** The new string section, and for each old offset and new string where it begins there. */
  private placeStrings(): { bytes: Uint8Array; offsets: Uint32Array } {
    const old = this.btf.strings.bytes;
    const sorted = this.strings.map((one, i) => ({ ...one, i })).sort((a, b) => a.before - b.before || a.i - b.i);
    const texts = sorted.map(({ text }) => new TextEncoder().encode(`${text}\0`));
    const bytes = new Uint8Array(old.length + texts.reduce((n, text) => n + text.length, 0));
    const offsets = new Uint32Array(old.length + sorted.length);
    let from = 0;
    let to = 0;
    const copy = (end: number): void => {
      bytes.set(old.subarray(from, end), to);
      for (let i = from; i < end; i++) offsets[i] = to + i - from;
      to += end - from;
      from = end;
    };
    sorted.forEach(({ before, i }, n) => {
      copy(Math.min(Math.max(before, 1), old.length)); // before a string of the old BTF, never before its first NUL
      bytes.set(texts[n] as Uint8Array, to);
      offsets[old.length + i] = to;
      to += (texts[n] as Uint8Array).length;
    });
    copy(old.length);
    return { bytes, offsets };
  }
}

function renumber(words: Uint32Array, at: number, size: number, ids: Uint32Array, offsets: Uint32Array): void {
  const info = words[at + 1]!;
  words[at] = offsets[words[at]!]!;
  const row = kindLayout(infoKind(info));
  if (row === undefined) return;
  if (row.third === 'type') words[at + 2] = ids[words[at + 2]!]!;
  for (const w of row.infoRefs) words[at + 3 + w] = ids[words[at + 3 + w]!]!;
  for (let w = at + 3 + row.infoWords; w < at + size; w += row.elemWords || size) {
    for (const name of row.elemNames) words[w + name] = offsets[words[w + name]!]!;
    for (const ref of row.elemRefs) words[w + ref] = ids[words[w + ref]!]!;
  }
}
