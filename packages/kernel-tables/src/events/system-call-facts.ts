// System calls as the tables keep them: by name, with the numbers of both widths.

import type { KernelView } from '../kernel-view.ts';
import type { SystemCallFact } from '../tables.ts';
import { callName, callTableEntries, compatEntries } from './call-tables.ts';
import type { SystemCall } from './system-calls.ts';

interface Compat {
  readonly numbers: number[];
  entry: string | undefined;
}

/** All calls of either width, in the order of their descriptions, then of their numbers. */
export function systemCallFacts(view: KernelView, calls: readonly SystemCall[]): SystemCallFact[] {
  const entries = compatEntries(view);
  const compat = new Map<string, Compat>();
  for (const [number, entry] of entries ?? []) {
    const name = callName(entry);
    const known = compat.get(name) ?? { numbers: [], entry: undefined };
    compat.set(name, known);
    known.numbers.push(number);
    if (entry.includes('compat_')) known.entry = entry;
  }
  const native = new Map<string, number[]>();
  for (const [number, entry] of callTableEntries(view, 'callTable') ?? []) {
    native.set(callName(entry), [...(native.get(callName(entry)) ?? []), number]);
  }
  const described = new Set(calls.map(({ name }) => name));
  const others = [...new Set([...native.keys(), ...compat.keys()])].filter((name) => !described.has(name));
  const compatOf = (name: string) => entries && (compat.get(name) ?? { numbers: [], entry: undefined });
  return [
    ...calls.map(({ name, numbers, args }) => ({ name, numbers, args, compat: compatOf(name) })),
    ...others.map((name) => ({ name, numbers: native.get(name) ?? [], args: undefined, compat: compatOf(name) })),
  ];
}
