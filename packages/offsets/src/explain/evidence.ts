// Under which name a member goes on in a kernel that lacks it: what speaks for each member there, put in words. Nothing is
// decided by a name alone.

/** A member as evidence needs it: in order, without what has no name. */
export interface EvidenceMember {
  readonly name: string;
  /** As C writes it; of an enumerator, its value. */
  readonly type: string;
  readonly bitOffset: number;
  readonly bitSize: number | null;
}

/** A member that may be the missing one under another name. */
export interface RenameCandidate {
  readonly name: string;
  /** What speaks for it, strongest first. */
  readonly evidence: readonly string[];
  /** Sum of what the evidence weighs: from 4 on it is `strong`. */
  readonly weight: number;
  /** Whether two independent kinds of evidence agree, and it came where the other one went. */
  readonly strong: boolean;
}

/** Evidence below this is chance. */
const LEAST = 1.5;
const STRONG = 4;

/**
 * Members of `lacking` that may be what `having` calls `name`, best first: at the same place between the same neighbours, of
 * the same type, with a name that is near, and new there as the old one is gone.
 */
export function renameCandidates(
  name: string,
  having: readonly EvidenceMember[],
  lacking: readonly EvidenceMember[],
): RenameCandidate[] {
  const at = having.findIndex((one) => one.name === name);
  const old = having[at];
  if (old === undefined) return [];
  const before = new Set(having.map((one) => one.name));
  const found = lacking.flatMap((member, i): RenameCandidate[] => {
    const came = !before.has(member.name);
    const weighed: [weight: number, words: string][] = [];
    const sides = [
      [having[at - 1], lacking[i - 1], 'after'],
      [having[at + 1], lacking[i + 1], 'before'],
    ] as const;
    const kept = sides.filter(([a, b]) => a !== undefined && a.name === b?.name);
    if (came && kept.length === 2)
      weighed.push([3, `between ${kept[0]?.[0]?.name} and ${kept[1]?.[0]?.name}, as it was`]);
    else if (came && kept.length === 1) weighed.push([1.5, `right ${kept[0]?.[2]} ${kept[0]?.[0]?.name}, as it was`]);
    const alike = nameWeight(name, member.name);
    if (alike > 0) weighed.push([alike, alike >= 3 ? 'its name differs by underscores only' : 'its name is near']);
    if (member.type === old.type && member.bitSize === old.bitSize) {
      weighed.push([isCommon(old.type) ? 1 : 2, `of the same type, ${old.type}`]);
    }
    if (came && member.bitOffset === old.bitOffset) weighed.push([1, `at the same offset, ${old.bitOffset / 8}`]);
    const weight = weighed.reduce((sum, [one]) => sum + one, 0) - (came ? 0 : 1.5);
    if (weight < LEAST || (weighed.length < 2 && alike === 0) || (!came && alike === 0)) return [];
    const words = weighed.sort((a, b) => b[0] - a[0]).map(([, text]) => text);
    words.push(came ? `new where ${name} is gone` : `but it is beside ${name} in kernels that have both`);
    return [{ name: member.name, evidence: words, weight, strong: came && weight >= STRONG }];
  });
  return found.sort((a, b) => b.weight - a.weight || (a.name < b.name ? -1 : 1)).slice(0, 4);
}

/** Types so frequent that sharing one says little. */
function isCommon(type: string): boolean {
  return /^(?:unsigned |signed )?(?:int|long|char|short|bool|_Bool)(?: int)?$|^[us](?:8|16|32|64)$|^__[ub]\w+$|^struct list_head$/.test(
    type,
  );
}

/** 3 where names differ by underscores only, 2 where one is the other with words before it, 1.5 where they are near: few letters apart, or sharing a word. */
export function nameWeight(a: string, b: string): number {
  if (a === b) return 0;
  const bare = (name: string) => name.replaceAll('_', '');
  if (bare(a) === bare(b)) return 3;
  if (a.endsWith(`_${b}`) || b.endsWith(`_${a}`)) return 2;
  const words = (name: string) => name.split(/_+|\d+/).filter((word) => word.length > 2);
  const shared = words(a).filter((word) => words(b).some((other) => other === word || other.endsWith(word)));
  if (shared.length > 0) return 1.5;
  return distance(a, b) <= Math.max(a.length, b.length) / 3 ? 1.5 : 0;
}

/** Levenshtein's. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const swap = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(swap, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}
