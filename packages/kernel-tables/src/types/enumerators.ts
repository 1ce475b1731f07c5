// Values of enumerators, named or not the enum that has them: the kernel's flags are often in an anonymous one.

import { type Btf, BtfKind, infoKind, infoKindFlag, infoVlen } from '@btfq/btf-format';

/** All enumerators in the order of their enums, and those that were asked for by prefix. */
interface Known {
  readonly all: readonly (readonly [name: string, value: number])[];
  readonly byPrefix: Map<string, ReadonlyMap<string, number>>;
}

const known = new WeakMap<Btf, Known>();

/** All enumerators of the kernel whose names begin so, in the order of their enums; the first of a name counts. */
export function enumeratorsOf(btf: Btf, prefix: string): ReadonlyMap<string, number> {
  let own = known.get(btf);
  if (own === undefined) known.set(btf, (own = { all: readAll(btf), byPrefix: new Map() }));
  const cached = own.byPrefix.get(prefix);
  if (cached) return cached;
  const found = new Map<string, number>();
  for (const [name, value] of own.all) if (name.startsWith(prefix) && !found.has(name)) found.set(name, value);
  own.byPrefix.set(prefix, found);
  return found;
}

/** A kernel has 20,000, which several readers look through: their words are read once, as they are. */
function readAll(btf: Btf): (readonly [string, number])[] {
  const all: (readonly [string, number])[] = [];
  const { words, starts } = btf;
  for (let i = 0; i + 1 < starts.length; i++) {
    const at = starts[i]!;
    const info = words[at + 1]!;
    const kind = infoKind(info);
    if (kind !== BtfKind.Enum && kind !== BtfKind.Enum64) continue;
    const step = kind === BtfKind.Enum64 ? 3 : 2;
    const signed = infoKindFlag(info);
    for (let k = infoVlen(info), place = at + 3; k > 0; k--, place += step) {
      const name = btf.string(words[place]!);
      const low = words[place + 1]!;
      if (kind === BtfKind.Enum) {
        all.push([name, signed ? low | 0 : low >>> 0]);
        continue;
      }
      const high = words[place + 2]!;
      all.push([name, (signed ? high | 0 : high >>> 0) * 2 ** 32 + (low >>> 0)]);
    }
  }
  return all;
}
