// Names with what a hit of a search says of them, packed in columns: alike as neighbours are, they compress well.

import { bytesOfText, textOfBytes } from '../bytes.ts';
import { VarintReader, VarintWriter } from '../varints.ts';

/** Of a name as one kind: distinct declarations, kernels, and modules by their place in the list of modules. */
export interface NameFacts {
  /** `declaration.kind`. */
  readonly kind: number;
  readonly variants: number;
  readonly kernels: number;
  readonly modules: readonly number[];
}

/** A name of declarations. */
export interface NameEntry {
  readonly text: string;
  readonly facts: readonly NameFacts[];
}

/** One bit for each kind that the name is declared as. */
export function kindBits({ facts }: { readonly facts: readonly Pick<NameFacts, 'kind'>[] }): number {
  return facts.reduce((bits, { kind }) => bits | (1 << kind), 0);
}

/** Shorter names first; the order of search within a rank. */
export function byLength(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);
}

/** Of a name, what the one before does not begin with: those that are sorted pack best. */
export function encodeEntries(entries: readonly NameEntry[]): Uint8Array {
  const out = new VarintWriter(entries.length * 24 + 64);
  const facts = entries.flatMap((entry) => entry.facts);
  out.add(entries.length);
  for (const entry of entries) out.add(entry.facts.length);
  for (const { kind } of facts) out.add(kind);
  for (const { variants } of facts) out.add(variants);
  for (const { kernels } of facts) out.add(kernels);
  for (const { modules } of facts) out.add(modules.length);
  for (const { modules } of facts) {
    for (const [i, module] of modules.entries()) out.add(module - (modules[i - 1] ?? 0));
  }
  const shared = entries.map(({ text }, i) => sharedLetters(entries[i - 1]?.text ?? '', text));
  for (const count of shared) out.add(count);
  out.addBytes(bytesOfText(entries.map(({ text }, i) => text.slice(shared[i])).join('\n')));
  return out.finish();
}

function sharedLetters(a: string, b: string): number {
  let count = 0;
  while (count < a.length && a[count] === b[count]) count++;
  return count;
}

/** Throws RangeError. */
export function decodeEntries(bytes: Uint8Array): NameEntry[] {
  const input = new VarintReader(bytes);
  const column = (length: number) => {
    if (length > bytes.length) throw new RangeError('there are more names than bytes');
    return Array.from({ length }, () => input.next());
  };
  const counts = column(input.next());
  const total = counts.reduce((sum, count) => sum + count, 0);
  const [kinds, variants, kernels, moduleCounts] = [column(total), column(total), column(total), column(total)];
  const modules = moduleCounts.map((count) => {
    let last = 0;
    return column(count).map((difference) => (last += difference));
  });
  const shared = column(counts.length);
  const rest = textOfBytes(input.nextBytes(bytes.length - input.at)).split('\n');
  let before = '';
  const texts = rest.map((own, i) => (before = before.slice(0, shared[i]) + own));
  let at = 0;
  return counts.map((count, i) => {
    const facts: NameFacts[] = [];
    for (const end = at + count; at < end; at++) {
      facts.push({
        kind: kinds[at]!,
        variants: variants[at]!,
        kernels: kernels[at]!,
        modules: modules[at] as number[],
      });
    }
    return { text: texts[i]!, facts };
  });
}
