// Down-conversion: BTF for kernels and loaders that do not know its younger kinds yet. The rewrites are those of
// libbpf.c bpf_object__sanitize_btf, which libbpf does before it loads an object's BTF; ids stay as they are.

import { type EncodeOptions, encodeBtf, encodeOptionsOf, withDefaults } from './encode.ts';
import { BtfError } from './errors.ts';
import { BtfKind, TYPE_WORDS } from './kinds.ts';
import type { Btf } from './btf.ts';
import { StringSet } from './string-set.ts';
import { WordBuffer } from './word-buffer.ts';
import { infoVlen } from './info.ts';

/** What a kernel must know to take BTF as it is, and since which release it does. libbpf: FEAT_BTF_*. */
export const BTF_FEATURES = {
  /** FUNC and FUNC_PROTO. */
  func: '5.0',
  /** VAR and DATASEC. */
  datasec: '5.2',
  /** FUNC of other linkage than static. */
  funcGlobal: '5.6',
  float: '5.13',
  declTag: '5.16',
  typeTag: '5.17',
  /** ENUM64, and the kflag of ENUM. */
  enum64: '6.0',
  /** DATASEC names that begin with a question mark. */
  qmarkDatasec: '6.9',
  /** The layout section. */
  layout: '7.1',
} as const;
/** A key of `BTF_FEATURES`. */
export type BtfFeature = keyof typeof BTF_FEATURES;

/** How to write the result, and what to make of ENUM64. */
export interface SanitizeOptions extends EncodeOptions {
  /**
   * `union` (default): what libbpf makes, a union with the values' names as members. `enum`: an ENUM of the same size
   * where every value fits 32 bits, a union else; values stay readable, and so BTF for tools rather than for loaders.
   */
  readonly enum64?: 'union' | 'enum' | undefined;
}

/** The features that a kernel of this release lacks: `5.10`, `5.10.0-32-amd64`. Throws `invalid-argument`. */
export function featuresMissingIn(release: string): BtfFeature[] {
  const [, major, minor] = /^(\d+)\.(\d+)/.exec(release) ?? [];
  if (major === undefined || minor === undefined) {
    throw new BtfError('invalid-argument', `'${release}' is not a kernel release`, {
      expected: 'a release such as 5.10',
    });
  }
  return (Object.keys(BTF_FEATURES) as BtfFeature[]).filter((feature) => {
    const [sinceMajor, sinceMinor] = BTF_FEATURES[feature].split('.').map(Number) as [number, number];
    return Number(major) < sinceMajor || (Number(major) === sinceMajor && Number(minor) < sinceMinor);
  });
}

/**
 * Rewrites what a kernel without the `missing` features would refuse; byte-identical to libbpf's. Throws
 * `unsupported` where the header has fields that nobody here knows.
 */
export function sanitize(btf: Btf, missing: readonly BtfFeature[], options: SanitizeOptions = {}): Uint8Array {
  const { enum64 = 'union', ...encode } = options;
  const lacks = new Set(missing);
  const asItWas = encodeOptionsOf(btf);
  const target: Target = {
    btf,
    lacks,
    enum64,
    words: new WordBuffer(btf.words.length + 8),
    strings: Uint8Array.from(btf.strings.bytes), // never `slice`: that of a Node Buffer is a view
    placeholders: [],
    needsPlaceholder: false,
  };
  for (let id = btf.startId; id < btf.typeCount; id++) rewrite(target, id);

  const { words } = target;
  let { strings } = target;
  if (target.needsPlaceholder) {
    const set = new StringSet(strings);
    const nameOff = btf.startStringOffset + set.add(new TextEncoder().encode('enum64_placeholder'));
    for (const word of target.placeholders) words.set(word, btf.typeCount);
    words.push3(nameOff, BtfKind.Int << 24, 1);
    words.push(8);
    strings = set.bytes;
  }
  const layout = lacks.has('layout') ? false : asItWas.layout;
  return encodeBtf({ ...withDefaults(encode, { ...asItWas, layout }), words: words.words, strings });
}

interface Target {
  readonly btf: Btf;
  readonly lacks: ReadonlySet<BtfFeature>;
  readonly enum64: 'union' | 'enum';
  readonly words: WordBuffer;
  /** Own strings; names of sections are changed in place, as libbpf does. */
  readonly strings: Uint8Array;
  /** Words that shall hold the id of the INT that is added for enums made unions. */
  readonly placeholders: number[];
  needsPlaceholder: boolean;
}

/** Copies one type, changed where it must be. The order of cases is libbpf's: only the first that holds counts. */
function rewrite(target: Target, id: number): void {
  const { btf, lacks, words } = target;
  const from = btf.wordAt(id);
  const at = words.append(btf.words, from, btf.starts[id - btf.startId + 1]!);
  const info = words.get(at + 1);
  const vlen = infoVlen(info);
  const become = (kind: BtfKind, count = 0) => words.set(at + 1, ((kind << 24) | count) >>> 0);

  switch (btf.kind(id)) {
    case BtfKind.Var:
      if (lacks.has('datasec')) becomeByte(words, at);
      break;
    case BtfKind.DeclTag:
      if (lacks.has('declTag')) becomeByte(words, at);
      break;
    case BtfKind.Datasec:
      if (lacks.has('datasec')) {
        changeName(target, words.get(at), (byte) => (byte === DOT || byte === QUESTION_MARK ? UNDERSCORE : byte));
        become(BtfKind.Struct, vlen);
        for (let w = at + TYPE_WORDS, i = 0; i < vlen; i++, w += 3) {
          const [type, offset] = [words.get(w), words.get(w + 1)];
          words.set(w, btf.nameOff(type));
          words.set(w + 1, type);
          words.set(w + 2, (offset * 8) >>> 0);
        }
      } else if (lacks.has('qmarkDatasec')) {
        changeName(target, words.get(at), (byte, i) => (i === 0 && byte === QUESTION_MARK ? UNDERSCORE : byte));
      }
      break;
    case BtfKind.FuncProto:
      if (!lacks.has('func')) break;
      become(BtfKind.Enum, vlen);
      words.set(at + 2, 4); // the only size that old kernels take
      break;
    case BtfKind.Func:
      if (lacks.has('func')) become(BtfKind.Typedef);
      else if (lacks.has('funcGlobal')) become(BtfKind.Func);
      break;
    case BtfKind.Float:
      if (!lacks.has('float')) break;
      words.set(at, 0); // `struct float` is no valid C
      become(BtfKind.Struct);
      break;
    case BtfKind.TypeTag:
      if (!lacks.has('typeTag')) break;
      words.set(at, 0);
      become(BtfKind.Const);
      break;
    case BtfKind.Enum:
      if (lacks.has('enum64')) become(BtfKind.Enum, vlen);
      break;
    case BtfKind.Enum64:
      if (!lacks.has('enum64')) break;
      if (target.enum64 === 'enum' && becomeEnum(target, id, at)) break;
      become(BtfKind.Union, vlen);
      target.needsPlaceholder = true; // for an enum without values too, as in libbpf
      for (let w = at + TYPE_WORDS, i = 0; i < vlen; i++, w += 3) {
        target.placeholders.push(w + 1);
        words.set(w + 2, 0);
      }
      break;
    default:
  }
}

const DOT = 0x2e;
const QUESTION_MARK = 0x3f;
const UNDERSCORE = 0x5f;

/** An INT of one byte: more could be more than the variable that it replaces. */
function becomeByte(words: WordBuffer, at: number): void {
  words.set(at + 1, BtfKind.Int << 24);
  words.set(at + 2, 1);
  words.set(at + 3, 8);
}

/** Changes a string in place, for all that use it. One of the base stays: it is not ours to change. */
function changeName({ btf, strings }: Target, nameOff: number, change: (byte: number, i: number) => number): void {
  const start = nameOff - btf.startStringOffset;
  if (start < 0) return;
  for (let i = start; strings[i] !== 0; i++) strings[i] = change(strings[i]!, i - start);
}

/** ENUM64 as ENUM where all values fit; false where they do not. */
function becomeEnum({ btf, words }: Target, id: number, at: number): boolean {
  const signed = btf.kindFlag(id);
  const vlen = btf.vlen(id);
  for (let w = at + TYPE_WORDS, i = 0; i < vlen; i++, w += 3) {
    const [low, high] = [words.get(w + 1), words.get(w + 2)];
    if (high !== (signed && low >>> 31 === 1 ? 0xffffffff : 0)) return false;
  }
  words.set(at + 1, ((BtfKind.Enum << 24) | vlen) >>> 0);
  for (let i = 0; i < vlen; i++) {
    words.set(at + TYPE_WORDS + i * 2, words.get(at + TYPE_WORDS + i * 3));
    words.set(at + TYPE_WORDS + i * 2 + 1, words.get(at + TYPE_WORDS + i * 3 + 1));
  }
  words.truncate(at + TYPE_WORDS + vlen * 2);
  return true;
}
