// Values of enumerators, named or not the enum that has them: the kernel's flags are often in an anonymous one.

import { type Btf, BtfKind, decodeType, infoKind, infoVlen } from '@btfq/btf-format';

const known = new WeakMap<Btf, Map<string, ReadonlyMap<string, number>>>();

/** All enumerators of the kernel whose names begin so, in the order of their enums; the first of a name counts. */
export function enumeratorsOf(btf: Btf, prefix: string): ReadonlyMap<string, number> {
  const byPrefix = known.get(btf) ?? new Map<string, ReadonlyMap<string, number>>();
  known.set(btf, byPrefix);
  const cached = byPrefix.get(prefix);
  if (cached) return cached;
  const found = new Map<string, number>();
  const { words, starts } = btf;
  for (let i = 0; i + 1 < starts.length; i++) {
    const at = starts[i] as number;
    const info = words[at + 1] as number;
    const kind = infoKind(info);
    if ((kind !== BtfKind.Enum && kind !== BtfKind.Enum64) || infoVlen(info) === 0) continue;
    const type = decodeType(btf, btf.startId + i);
    if (type.kind !== BtfKind.Enum && type.kind !== BtfKind.Enum64) continue;
    for (const { name, value } of type.values) {
      if (name.startsWith(prefix) && !found.has(name)) found.set(name, Number(value));
    }
  }
  byPrefix.set(prefix, found);
  return found;
}
