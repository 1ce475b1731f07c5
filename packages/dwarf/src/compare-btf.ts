// Compares two BTFs down to named declarations: kind by kind how many are equal, missing, too many, or differ.
import { type Btf, type BtfKind, declarationHash, kindName } from '@btfq/btf-format';

/** The result for one kind. */
export interface KindComparison {
  equal: number;
  missing: number;
  surplus: number;
  different: number;
}

/** What differs, and the counts of each kind. */
export interface BtfComparison {
  readonly kinds: ReadonlyMap<string, KindComparison>;
  /** `missing FUNC name`, `surplus ...`, `different ...` */
  readonly differences: readonly string[];
}

/** Holds `made` against `reference`. A name with several declarations is equal where the sets of declarations are. */
export function compareBtf(reference: Btf, made: Btf): BtfComparison {
  const kinds = new Map<string, KindComparison>();
  const differences: string[] = [];
  const [wanted, found] = [declarations(reference), declarations(made)];
  for (const key of new Set([...wanted.keys(), ...found.keys()])) {
    const kind = key.slice(0, key.indexOf(' '));
    let counts = kinds.get(kind);
    if (counts === undefined) kinds.set(kind, (counts = { equal: 0, missing: 0, surplus: 0, different: 0 }));
    const [a, b] = [wanted.get(key), found.get(key)];
    const what = b === undefined ? 'missing' : a === undefined ? 'surplus' : sameSet(a, b) ? 'equal' : 'different';
    counts[what]++;
    if (what !== 'equal') differences.push(`${what} ${key}`);
  }
  return { kinds, differences };
}

/** How many types of each kind, anonymous ones included. */
export function countKinds(btf: Btf): Record<string, number> {
  const counts: Record<string, number> = {};
  for (let id = btf.startId; id < btf.typeCount; id++) {
    const name = kindName(btf.kind(id) as BtfKind);
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

function declarations(btf: Btf): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  for (let id = btf.startId; id < btf.typeCount; id++) {
    const name = btf.name(id);
    if (name === '') continue;
    const key = `${kindName(btf.kind(id) as BtfKind)} ${name}`;
    const set = found.get(key);
    const hash = declarationHash(btf, id);
    if (set === undefined) found.set(key, new Set([hash]));
    else set.add(hash);
  }
  return found;
}

function sameSet(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  return a.size === b.size && [...a].every((hash) => b.has(hash));
}
