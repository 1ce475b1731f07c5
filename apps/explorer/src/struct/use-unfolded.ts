// The layouts of unfolded members, loaded for the same kernel: first the outer ones, then those inside them.
import { useEffect, useState } from 'preact/hooks';
import { askOnce } from '../ask/use-ask.ts';
import { LayoutAtDocument, TypedefAtDocument } from '../generated/operations.ts';
import { elementsOf, type LayoutField, splitPath, type Unfolded, unfoldingOf } from './members.ts';

/** Typedefs of typedefs are followed so far. */
const MOST_TYPEDEFS = 8;

const NOTHING: Unfolded = new Map();

/**
 * The fields of each open path that could be had in this kernel, and whether they are these already: until they are, those that
 * were open before.
 */
export function useUnfolded(
  fields: readonly LayoutField[] | undefined,
  open: readonly string[],
  at: string,
): { readonly unfolded: Unfolded; readonly ready: boolean } {
  const [state, set] = useState<{ readonly unfolded: Unfolded; readonly of?: unknown; readonly key?: string }>({
    unfolded: NOTHING,
  });
  const key = `${at} ${open.join(',')}`;
  // The key stands for the open paths
  useEffect(() => {
    let left = false;
    const found = new Map<string, readonly LayoutField[]>();
    const unfold = async () => {
      for (const path of [...open].sort((a, b) => a.length - b.length)) {
        const [owner, name] = splitPath(path);
        const siblings = owner === '' ? (fields ?? []) : (found.get(owner) ?? []);
        const field = siblings.find((one) => one.name === name);
        const inner = field && (await innerFields(field, at));
        if (inner !== undefined) found.set(path, inner);
      }
    };
    const done = () => left || set({ unfolded: found, of: fields, key });
    unfold().then(done, done);
    return () => {
      left = true;
    };
  }, [fields, key]);
  return { unfolded: state.unfolded, ready: open.length === 0 || (state.of === fields && state.key === key) };
}

/** What a field unfolds to in a kernel; undefined for what has nothing inside. */
export async function innerFields(
  { type, size }: Pick<LayoutField, 'type' | 'size'>,
  id: string,
): Promise<readonly LayoutField[] | undefined> {
  let text = type;
  for (let i = 0; i < MOST_TYPEDEFS; i++) {
    const unfolding = unfoldingOf(text);
    if (unfolding === undefined) return undefined;
    if (unfolding.kind === 'array') return size ? elementsOf(unfolding.element, unfolding.count, size) : undefined;
    const { name, kind } = unfolding;
    const { kernel } = await askOnce(LayoutAtDocument, { name, id, union: kind === 'union' });
    const layout = kernel?.struct ?? kernel?.union;
    // A struct may be forward declared only; a typedef of one with a tag names it.
    if (layout) return layout.fields.some((field) => field.name !== '') ? layout.fields : undefined;
    if (kind !== 'typedef') return undefined;
    const answer = await askOnce(TypedefAtDocument, { name, id });
    if (!answer.kernel?.typedef) return undefined;
    text = answer.kernel.typedef.type;
  }
  return undefined;
}

/** The open paths with one more, or without it and all that is inside of it. */
export function toggledPaths(open: readonly string[], path: string): readonly string[] {
  if (!open.includes(path)) return [...open, path];
  return open.filter((one) => one !== path && !one.startsWith(`${path}.`) && !one.startsWith(`${path}[`));
}
