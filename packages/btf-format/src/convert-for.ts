// BTF for a release: what its kernel does not know is rewritten as libbpf rewrites it, then whatever else its checker
// would refuse (release-rules.ts) as far as BTF can say it another way.

import { checkAsKernel } from './check/check.ts';
import type { BtfProblem } from './check/problem.ts';
import { rulesOf } from './check/release-rules.ts';
import { encodeBtf, encodeOptionsOf, withDefaults } from './encode.ts';
import { BtfKind, TYPE_WORDS } from './kinds.ts';
import { type Btf, parseBtf } from './btf.ts';
import { featuresMissingIn, type SanitizeOptions, sanitize } from './sanitize.ts';
import { StringSet } from './string-set.ts';

/** What became of it. */
export interface ConvertedFor {
  readonly bytes: Uint8Array;
  /** What the result does not say any more, in words: `[12] FWD 'foo' is a union`. */
  readonly lost: readonly string[];
  /** What that release would refuse all the same; empty where it takes the result. */
  readonly problems: readonly BtfProblem[];
}

const encoder = new TextEncoder();

/**
 * Writes a BTF for a kernel release, such as `5.4`. Ids stay as they are.
 *
 * Differs from libbpf: enumerators that come of a prototype's unnamed parameters get names, without which 4.19 and older
 * refuse what libbpf writes; kind flags, long names and tags where that release has none are taken away.
 *
 * Throws `invalid-argument` for what is no release, and what `sanitize` throws.
 */
export function convertFor(btf: Btf, release: string, options: SanitizeOptions = {}): ConvertedFor {
  const base = btf.base;
  const known = parseBtf(sanitize(btf, featuresMissingIn(release), options), { base });
  const rules = new Set(rulesOf(release).map(({ name }) => name));
  const words = Uint32Array.from(known.words);
  const strings = new StringSet(Uint8Array.from(known.strings.bytes));
  const add = (text: string) => known.startStringOffset + strings.add(encoder.encode(text));
  const lost: string[] = [];

  for (let id = known.startId; id < known.typeCount; id++) {
    const at = known.wordAt(id);
    const kind = known.kind(id);
    const label = `[${id}] ${known.name(id) || '(anon)'}`;
    if (kind === BtfKind.Enum) nameEnumerators(known, id, words, add);
    if (rules.has('short-names')) shorten(known, id, words, add, lost);
    const drops = rules.has('no-kind-flag') || (rules.has('no-tag-flag') && isTag(kind));
    if (drops && known.kindFlag(id) && !hasBitfields(known, id)) {
      words[at + 1] = words[at + 1]! & 0x7fffffff;
      if (kind === BtfKind.Fwd) lost.push(`${label} is a union`);
      else if (isTag(kind)) lost.push(`${label} is an attribute`);
      else if (kind === BtfKind.Enum) lost.push(`${label} has signed values`);
    }
    if (rules.has('tags-first') && kind === BtfKind.TypeTag && isBehindModifier(known, id)) {
      words[at] = 0;
      words[at + 1] = BtfKind.Const << 24;
      lost.push(`${label} is a type tag`);
    }
  }
  const layout = encodeOptionsOf(known);
  const bytes = encodeBtf({ ...withDefaults({}, layout), words, strings: strings.bytes });
  return { bytes, lost, problems: checkAsKernel(parseBtf(bytes, { base }), { release }) };
}

function isTag(kind: BtfKind): boolean {
  return kind === BtfKind.DeclTag || kind === BtfKind.TypeTag;
}

/** A struct whose kind flag says more than that it is there. */
function hasBitfields(btf: Btf, id: number): boolean {
  const kind = btf.kind(id);
  if (kind !== BtfKind.Struct && kind !== BtfKind.Union) return false;
  const at = btf.wordAt(id) + TYPE_WORDS;
  for (let i = 0; i < btf.vlen(id); i++) if (btf.words[at + i * 3 + 2]! >>> 24 !== 0) return true;
  return false;
}

function isBehindModifier(btf: Btf, id: number): boolean {
  for (let other = btf.startId; other < btf.typeCount; other++) {
    const kind = btf.kind(other);
    const modifies = kind === BtfKind.Const || kind === BtfKind.Volatile || kind === BtfKind.Restrict;
    if (modifies && btf.sizeOrType(other) === id) return true;
  }
  return false;
}

/** Names for the enumerators of what was a prototype: `arg0`, `arg1`. */
function nameEnumerators(btf: Btf, id: number, words: Uint32Array, add: (text: string) => number): void {
  const at = btf.wordAt(id) + TYPE_WORDS;
  for (let i = 0; i < btf.vlen(id); i++) {
    const nameOff = words[at + i * 2]!;
    if (nameOff === 0 || btf.string(nameOff) === '') words[at + i * 2] = add(`arg${i}`);
  }
}

/** The most bytes of a name before 6.1. */
const SHORT_NAME = 128;

function shorten(btf: Btf, id: number, words: Uint32Array, add: (text: string) => number, lost: string[]): void {
  const cut = (word: number) => {
    const nameOff = words[word]!;
    if (nameOff === 0 || nameOff >= btf.stringEnd) return;
    const text = btf.string(nameOff);
    if (text.length <= SHORT_NAME) return;
    words[word] = add(text.slice(0, SHORT_NAME));
    lost.push(`[${id}] the name ${text} is cut to ${SHORT_NAME} bytes`);
  };
  const at = btf.wordAt(id);
  if (isTag(btf.kind(id))) return;
  cut(at);
  const kind = btf.kind(id);
  const stride =
    kind === BtfKind.Struct || kind === BtfKind.Union ? 3 : kind === BtfKind.Enum || kind === BtfKind.FuncProto ? 2 : 0;
  if (stride > 0) for (let i = 0; i < btf.vlen(id); i++) cut(at + TYPE_WORDS + i * stride);
}
