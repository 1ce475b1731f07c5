// Rules of the kernel's BTF checker that changed from one release to another. One table for `btf check --release`, which
// refuses what a release refuses, and for `btf convert --for`, which writes what it takes. Kinds that a release does not
// know at all are in `BTF_FEATURES` (sanitize.ts), as libbpf probes for them.

import { BtfError } from '../errors.ts';
import { BtfKind, kindLayout, TYPE_WORDS } from '../kinds.ts';
import type { Btf } from '../btf.ts';
import { type Violation, violation } from './problem.ts';

/** The words of the rules. */
export type ReleaseRuleName = 'no-kind-flag' | 'short-names' | 'no-tag-flag' | 'tags-first' | 'enum-of-int';

/** One rule and the releases that have it. */
export interface ReleaseRule {
  readonly name: ReleaseRuleName;
  /** The first release that has the rule; undefined: from the start of BTF (4.18). */
  readonly since: string | undefined;
  /** The first release that does not have it any more. */
  readonly before: string;
  /** The function of kernel/bpf/btf.c, and what changed. */
  readonly source: string;
  /** What is wrong with a type by this rule alone, or undefined. */
  readonly check: (btf: Btf, id: number) => Violation | undefined;
}

/** KSYM_NAME_LEN before 6.1: the most bytes of a name. */
const SHORT_NAME = 128;

/** All of them, by the order in which the checker comes upon them. */
export const RELEASE_RULES: readonly ReleaseRule[] = [
  {
    name: 'no-kind-flag',
    since: undefined,
    before: '5.0',
    source: 'btf_check_meta: BTF_INFO_MASK had no bit for kind_flag before bitfields came with 5.0',
    check: (btf, id) =>
      btf.kindFlag(id) ? violation('info', `Invalid btf_info:${btf.info(id).toString(16)}`) : undefined,
  },
  {
    name: 'enum-of-int',
    since: undefined,
    before: '5.1',
    source: 'btf_enum_check_meta: only sizeof(int) until "bpf: fix BTF verification of enums" (5.1 or 5.2)',
    check: (btf, id) =>
      btf.kind(id) === BtfKind.Enum && btf.sizeOrType(id) !== 4 ? violation('size', 'Unexpected size') : undefined,
  },
  {
    name: 'short-names',
    since: undefined,
    before: '6.1',
    source: '__btf_name_valid: KSYM_NAME_LEN was 128 and became 512 with 6.1',
    check: (btf, id) => {
      const element = longName(btf, id);
      return element === undefined ? undefined : violation('name', 'Invalid name', element < 0 ? undefined : element);
    },
  },
  {
    name: 'no-tag-flag',
    since: '5.16',
    before: '6.15',
    source: 'btf_decl_tag_check_meta, btf_ref_type_check_meta: kind_flag of tags came with 6.15',
    check: (btf, id) =>
      isTag(btf.kind(id)) && btf.kindFlag(id) ? violation('info', 'Invalid btf_info kind_flag') : undefined,
  },
  {
    name: 'tags-first',
    since: '5.18',
    before: '7.2',
    source: 'btf_check_type_tags: "Ensure type tags precede modifiers in BTF" (5.18), gone in 7.2',
    check: (btf, id) => {
      const isModifier = [BtfKind.Const, BtfKind.Volatile, BtfKind.Restrict].includes(btf.kind(id) as never);
      const behind = isModifier && btf.kind(btf.sizeOrType(id)) === BtfKind.TypeTag;
      return behind ? violation('tag-order', "Type tags don't precede modifiers") : undefined;
    },
  },
];

function isTag(kind: BtfKind): boolean {
  return kind === BtfKind.DeclTag || kind === BtfKind.TypeTag;
}

/** -1 where the type's own name is too long, else the element whose is; undefined where none is. */
function longName(btf: Btf, id: number): number | undefined {
  const layer = btf.layerOf(id);
  const at = layer.wordAt(id);
  const row = kindLayout(btf.kind(id));
  if (row === undefined || btf.kind(id) === BtfKind.DeclTag || btf.kind(id) === BtfKind.TypeTag) return undefined;
  if (isLong(btf, layer.words[at]!)) return -1;
  const first = at + TYPE_WORDS + row.infoWords;
  const count = row.elemNames.length === 0 ? 0 : btf.vlen(id);
  for (let i = 0; i < count; i++) {
    for (const word of row.elemNames) {
      if (isLong(btf, layer.words[first + i * row.elemWords + word]!)) return i;
    }
  }
  return undefined;
}

function isLong(btf: Btf, nameOff: number): boolean {
  const layer = btf.stringLayer(nameOff);
  const start = nameOff - layer.startStringOffset;
  const { bytes } = layer.strings;
  for (let i = 0; i <= SHORT_NAME; i++) if (bytes[start + i] === 0) return false;
  return true;
}

/** The rules that a release has: `5.10`, `5.10.0-32-amd64`. Without one: none, the newest has dropped them all. */
export function rulesOf(release: string | undefined): ReleaseRule[] {
  if (release === undefined) return [];
  return RELEASE_RULES.filter(
    ({ since, before }) => isBelow(release, before) && (since === undefined || !isBelow(release, since)),
  );
}

/** Whether a release is older than another, by its first two numbers. Throws `invalid-argument` for what is no release. */
export function isBelow(release: string, other: string): boolean {
  const [a, b] = [numbersOf(release), numbersOf(other)];
  return a[0] < b[0] || (a[0] === b[0] && a[1] < b[1]);
}

function numbersOf(release: string): [number, number] {
  const [, major, minor] = /^(\d+)\.(\d+)/.exec(release) ?? [];
  if (major === undefined || minor === undefined) {
    throw new BtfError('invalid-argument', `'${release}' is not a kernel release`, {
      expected: 'a release such as 5.10',
    });
  }
  return [Number(major), Number(minor)];
}
