// A module as a difference from the version before, or whole; both in the form of portable-module.ts and with the numbers of
// one set's tables. Types that were there are copied, their references to own types moved; what the copy gets wrong is corrected.

import { infoVlen } from '@btfq/btf-format';
import { VarintReader, VarintWriter } from '../varints.ts';
import { matchTypes } from './module-matching.ts';
import { decodeOrder, encodeOrder } from './order-runs.ts';
import type { PortableModule } from './portable-module.ts';
import { Role, rolesOf } from './word-roles.ts';

/** The streams of a part: each module has a stretch in each. */
export const STREAMS = [
  'begins',
  'lengths',
  'fixes',
  'infos',
  'names',
  'refs',
  'rest',
  'order',
  'unused',
  'doubled',
  'head',
] as const;
type Stream = (typeof STREAMS)[number];

/** What there was before a module: nothing. */
export const NO_MODULE: PortableModule = {
  words: new Uint32Array(0),
  starts: new Uint32Array(1),
  order: new Uint8Array(0),
  unused: new Uint32Array(0),
  doubled: new Uint32Array(0),
  head: new Uint8Array(0),
};

/** Writes modules one after the other; `sizes` has how long each module's stretch of each stream is. */
export class ModuleDeltaWriter {
  private readonly streams = new Map(STREAMS.map((name) => [name, new VarintWriter(1024)]));
  private readonly sizes: number[][] = STREAMS.map(() => []);
  count = 0;

  /** How many bytes there are, before they are compressed. */
  get length(): number {
    let length = 0;
    for (const stream of this.streams.values()) length += stream.length;
    return length;
  }

  add(before: PortableModule, module: PortableModule): void {
    const lengths = STREAMS.map((name) => this.stream(name).length);
    const match = before === NO_MODULE ? new Int32Array(module.starts.length - 1).fill(-1) : matchTypes(before, module);
    encodeOrder(match, before.starts.length - 1, this.stream('begins'), this.stream('lengths'));
    const moved = movedTo(match, before.starts.length - 1);
    const { words, starts } = module;
    const fixes = this.stream('fixes');
    const columns = new Columns();
    let lastFix = 0;
    for (let i = 0; i < match.length; i++) {
      const at = starts[i]!;
      const end = starts[i + 1]!;
      const roles = rolesOf(words[at + 1]!, end - at);
      const from = match[i]!;
      if (from < 0) {
        this.addNew(columns, words, at, end, roles, i);
        continue;
      }
      const there = before.starts[from]!;
      for (let w = at; w < end; w++) {
        const copied = copyWord(before.words[there + w - at]!, roles[w - at]!, moved);
        if (copied === words[w]) continue;
        fixes.add(w - lastFix);
        fixes.addSigned(words[w]! - copied);
        lastFix = w;
      }
    }
    this.stream('order').addBytes(module.order);
    for (const name of ['unused', 'doubled'] as const) for (const string of module[name]) this.stream(name).add(string);
    this.stream('head').addBytes(module.head);
    STREAMS.forEach((name, i) => {
      this.sizes[i]?.push(this.stream(name).length - lengths[i]!);
    });
    this.count++;
  }

  private stream(name: Stream): VarintWriter {
    return this.streams.get(name) as VarintWriter;
  }

  private addNew(last: Columns, words: Uint32Array, at: number, end: number, roles: Uint8Array, own: number): void {
    const info = words[at + 1]!;
    this.stream('infos').add(((info << 8) | (info >>> 24)) >>> 0); // kind and flag first: they differ least
    this.stream('infos').add(end - at);
    let plain = 0;
    for (let w = at; w < end; w++) {
      if (w === at + 1) continue;
      const word = words[w]!;
      const role = roles[w - at];
      if (role === Role.name) {
        const distance = word - last.name;
        this.stream('names').add(word === 0 ? 0 : 1 + (distance < 0 ? -2 * distance - 1 : 2 * distance));
        if (word !== 0) last.name = word;
      } else if (role === Role.reference) {
        if (word % 2 === 0) this.stream('refs').add(word);
        else {
          const distance = own - (word - 1) / 2;
          this.stream('refs').add(2 * (distance < 0 ? -2 * distance - 1 : 2 * distance) + 1);
        }
      } else {
        this.stream('rest').addSigned(word - plain);
        plain = w - at < 3 ? 0 : word;
      }
    }
  }

  /** The part: how long each stretch is, by stream, then the streams. */
  finish(): Uint8Array {
    const out = new VarintWriter(this.length + this.count * STREAMS.length + 16);
    out.add(this.count);
    for (const sizes of this.sizes) for (const size of sizes) out.add(size);
    for (const stream of this.streams.values()) out.addBytes(stream.view());
    return out.finish();
  }
}

class Columns {
  name = 0;
}

/** Where own types of the version before are now, 0 for those that are gone. */
function movedTo(match: Int32Array, count: number): Int32Array {
  const moved = new Int32Array(count);
  for (let i = 0; i < match.length; i++) if (match[i]! >= 0) moved[match[i]!] = i;
  return moved;
}

function copyWord(word: number, role: number, moved: Int32Array): number {
  return role === Role.reference && word % 2 === 1 ? 2 * (moved[(word - 1) / 2] ?? 0) + 1 : word;
}

/** Modules of a part. */
export class ModuleDeltaReader {
  readonly count: number;
  private readonly streams: { readonly bytes: Uint8Array; readonly ends: Uint32Array }[];

  /** Throws RangeError where the data is damaged. */
  constructor(part: Uint8Array) {
    const input = new VarintReader(part);
    this.count = input.next();
    if (this.count * STREAMS.length > part.length) throw new RangeError('there are too many modules');
    const ends = STREAMS.map(() => {
      const own = new Uint32Array(this.count + 1);
      for (let i = 0; i < this.count; i++) own[i + 1] = own[i]! + input.next();
      return own;
    });
    this.streams = ends.map((own) => ({ bytes: input.nextBytes(own[this.count]!), ends: own }));
  }

  /** The `n`-th module of the part, of the version before it. Throws RangeError where the data is damaged. */
  read(n: number, before: PortableModule): PortableModule {
    const stretch = (name: Stream): Uint8Array => {
      const { bytes, ends } = this.streams[STREAMS.indexOf(name)] as { bytes: Uint8Array; ends: Uint32Array };
      return bytes.subarray(ends[n], ends[n + 1]);
    };
    const reader = (name: Stream): VarintReader => new VarintReader(stretch(name));
    const count = before.starts.length - 1;
    const match = decodeOrder(count, reader('begins'), reader('lengths'));
    const starts = new Uint32Array(match.length + 1);
    const infos = reader('infos');
    const heads: number[] = [];
    for (let i = 0; i < match.length; i++) {
      const from = match[i]!;
      let size: number;
      if (from >= 0) size = before.starts[from + 1]! - before.starts[from]!;
      else {
        const turned = infos.next();
        heads.push(((turned >>> 8) | (turned << 24)) >>> 0);
        size = infos.next();
        if (size < 3 || size < infoVlen(heads.at(-1)!)) throw new RangeError('a type is too short');
      }
      const end = starts[i]! + size;
      if (end > MAX_WORDS) throw new RangeError('a module is too large');
      starts[i + 1] = end;
    }
    const words = new Uint32Array(starts[match.length]!);
    const moved = movedTo(match, count);
    const [names, refs, rest] = [reader('names'), reader('refs'), reader('rest')];
    const last = new Columns();
    let next = 0;
    for (let i = 0; i < match.length; i++) {
      const at = starts[i]!;
      const end = starts[i + 1]!;
      const from = match[i]!;
      if (from < 0) {
        words[at + 1] = heads[next++]!;
        readNew(last, words, at, end, i, names, refs, rest);
        continue;
      }
      const there = before.starts[from]!;
      const roles = rolesOf(before.words[there + 1]!, end - at);
      for (let w = at; w < end; w++) {
        words[w] = copyWord(before.words[there + w - at]!, roles[w - at]!, moved);
      }
    }
    const fixes = reader('fixes');
    for (let w = 0; !fixes.done; ) {
      w += fixes.next();
      if (w >= words.length) throw new RangeError('a correction lies outside the types');
      words[w] = words[w]! + fixes.nextSigned();
    }
    const numbers = (name: Stream): Uint32Array => {
      const found: number[] = [];
      for (const input = reader(name); !input.done; ) found.push(input.next());
      return Uint32Array.from(found);
    };
    return {
      words,
      starts,
      order: stretch('order').slice(),
      unused: numbers('unused'),
      doubled: numbers('doubled'),
      head: stretch('head').slice(),
    };
  }
}

const MAX_WORDS = 1 << 26;

function readNew(
  last: Columns,
  words: Uint32Array,
  at: number,
  end: number,
  own: number,
  names: VarintReader,
  refs: VarintReader,
  rest: VarintReader,
): void {
  const roles = rolesOf(words[at + 1]!, end - at);
  let plain = 0;
  for (let w = at; w < end; w++) {
    if (w === at + 1) continue;
    const role = roles[w - at];
    if (role === Role.name) {
      const code = names.next();
      if (code === 0) continue;
      const turned = code - 1;
      last.name += turned % 2 === 1 ? -(turned + 1) / 2 : turned / 2;
      words[w] = last.name;
    } else if (role === Role.reference) {
      const code = refs.next();
      if (code % 2 === 0) words[w] = code;
      else {
        const turned = (code - 1) / 2;
        words[w] = 2 * (own - (turned % 2 === 1 ? -(turned + 1) / 2 : turned / 2)) + 1;
      }
    } else {
      const word = plain + rest.nextSigned();
      words[w] = word;
      plain = w - at < 3 ? 0 : word;
    }
  }
}
