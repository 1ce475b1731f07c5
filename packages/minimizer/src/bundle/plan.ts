// Which member holds which bytes: every kernel's main place and aliases, identical contents together. Pure: the same
// entries in any order give the same plan.

import { type BundleFormat, FORMATS, type FormatRow } from './formats.ts';
import { checkKernelId, type KernelId, kernelPath } from './identity.ts';

/** A kernel and its minimal BTF. */
export interface BundleEntry {
  readonly kernel: KernelId;
  readonly btf: Uint8Array;
}

/** One file of the bundle. */
export interface BundleMember {
  readonly path: string;
  readonly bytes: Uint8Array;
  /** The kernel that it is for; of kernels that share the path, the first. */
  readonly kernel: KernelId;
  /** True for a further path that a reader's quirk asks for. */
  readonly alias: boolean;
  /** Members with the same number have the same bytes. */
  readonly content: number;
}

/** A kernel that could not be given its place. */
export interface BundleProblem {
  readonly kernel: KernelId;
  readonly path: string;
  readonly code: 'name-too-long' | 'conflicting-entries';
  readonly message: string;
}

/** What a bundle will hold: identical contents stand next to each other, in the order of their first path. */
export interface BundlePlan {
  readonly format: BundleFormat;
  readonly members: readonly BundleMember[];
  readonly problems: readonly BundleProblem[];
}

/** What a member's name ends in where it is a tar.xz of its own. */
export const WRAPPED = '.tar.xz';

/** bcc reads names of at most 99 bytes, `./` included; the other readers of archives take what ustar can name. */
const MAX_NAME = 99;

/**
 * Lays out a bundle. `plainMembers`: for formats that wrap their members once more, leave them as they are. Kernels that a format cannot distinguish are a problem where their contents differ: none of them
 * is written there, since a wrong BTF is worse than none. Throws `bad-entry`.
 */
export function planBundle(
  format: BundleFormat,
  entries: readonly BundleEntry[],
  options: { readonly plainMembers?: boolean } = {},
): BundlePlan {
  const row: FormatRow = FORMATS[format];
  const suffix = row.wrapsMembers && options.plainMembers !== true ? WRAPPED : '';
  const problems: BundleProblem[] = [];
  const contents = new Contents();
  const sorted = [...entries].sort((a, b) => compare(kernelPath(a.kernel), kernelPath(b.kernel)));
  for (const { kernel } of sorted) checkKernelId(kernel);
  const places = new Map<string, Omit<BundleMember, 'path'>[]>();
  for (const alias of [false, true]) {
    for (const { kernel, btf } of sorted) {
      const paths = [...new Set(row.paths(kernel))];
      for (const path of alias ? paths.slice(1) : paths.slice(0, 1)) {
        const name = row.prefix + path + suffix;
        const there = places.get(name);
        // an alias never takes the place of a kernel that is filed under that very name
        if (alias && there?.some((other) => !other.alias)) continue;
        const one = { bytes: btf, kernel, alias, content: contents.number(btf) };
        if (there === undefined) places.set(name, [one]);
        else there.push(one);
      }
    }
  }
  const members: BundleMember[] = [];
  for (const [path, claims] of places) {
    const first = claims[0] as Omit<BundleMember, 'path'>;
    const problem = problemAt(row, path, claims);
    if (problem === undefined) members.push({ path, ...first });
    else for (const { kernel } of claims) problems.push({ kernel, path, ...problem });
  }
  return { format, members: adjacent(members), problems: problems.sort((a, b) => compare(a.path, b.path)) };
}

function problemAt(
  row: FormatRow,
  path: string,
  claims: readonly Omit<BundleMember, 'path'>[],
): Pick<BundleProblem, 'code' | 'message'> | undefined {
  if (row.container !== 'directory' && new TextEncoder().encode(path).length > MAX_NAME) {
    return { code: 'name-too-long', message: `${path} is longer than the ${MAX_NAME} bytes that readers compare` };
  }
  if (new Set(claims.map((claim) => claim.content)).size > 1) {
    return {
      code: 'conflicting-entries',
      message: `${claims.length} kernels with different BTF share ${path}: select one of them, by architecture for instance`,
    };
  }
  return undefined;
}

/** Same contents together, main places before aliases; groups in the order of their first path. */
function adjacent(members: readonly BundleMember[]): BundleMember[] {
  const byPath = [...members].sort((a, b) => Number(a.alias) - Number(b.alias) || compare(a.path, b.path));
  const groups = new Map<number, BundleMember[]>();
  for (const member of byPath) {
    const group = groups.get(member.content);
    if (group === undefined) groups.set(member.content, [member]);
    else group.push(member);
  }
  // numbered by appearance, so that the plan does not depend on the order of its entries
  return [...groups.values()].flatMap((group, content) => group.map((member) => ({ ...member, content })));
}

/** Numbers distinct byte contents. */
class Contents {
  private readonly byHash = new Map<number, { bytes: Uint8Array; number: number }[]>();
  private readonly known = new Map<Uint8Array, number>();
  private count = 0;

  number(bytes: Uint8Array): number {
    const known = this.known.get(bytes);
    if (known !== undefined) return known;
    const hash = fnv1a(bytes);
    const chain = this.byHash.get(hash) ?? [];
    let found = chain.find((other) => sameBytes(other.bytes, bytes));
    if (found === undefined) {
      found = { bytes, number: this.count++ };
      chain.push(found);
      this.byHash.set(hash, chain);
    }
    this.known.set(bytes, found.number);
    return found.number;
  }
}

/** Whether two byte arrays hold the same. */
export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

function fnv1a(bytes: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < bytes.length; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193);
  return hash;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
