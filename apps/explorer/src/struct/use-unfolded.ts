// The layouts of unfolded members: asked of the same kernel, those inside of others after these.
import { useEffect, useState } from 'preact/hooks';
import { askOnce } from '../ask/use-ask.ts';
import { StructAtDocument, UnionAtDocument } from '../generated/operations.ts';
import { type LayoutField, nestedType, type Unfolded } from './members.ts';

/** The fields of each open path that could be had in this kernel. */
export function useUnfolded(fields: readonly LayoutField[] | undefined, open: readonly string[], at: string): Unfolded {
  const [unfolded, set] = useState<Unfolded>(new Map());
  const key = open.join(',');
  // The key stands for the open paths
  useEffect(() => {
    let left = false;
    const found = new Map<string, readonly LayoutField[]>();
    const unfold = async () => {
      for (const path of [...open].sort((a, b) => a.length - b.length)) {
        const inner = await fieldsAt(path, fields ?? [], found, at);
        if (inner !== undefined) found.set(path, inner);
      }
      if (!left) set(found);
    };
    unfold().catch(() => left || set(found));
    return () => {
      left = true;
    };
  }, [fields, key, at]);
  return unfolded;
}

async function fieldsAt(
  path: string,
  top: readonly LayoutField[],
  found: ReadonlyMap<string, readonly LayoutField[]>,
  id: string,
): Promise<readonly LayoutField[] | undefined> {
  const cut = path.lastIndexOf('.');
  const owner = cut < 0 ? top : found.get(path.slice(0, cut));
  const type = nestedType(owner?.find(({ name }) => name === path.slice(cut + 1))?.type ?? '');
  if (type === undefined) return undefined;
  if (type.kind === 'union') return (await askOnce(UnionAtDocument, { name: type.name, id })).kernel?.union?.fields;
  return (await askOnce(StructAtDocument, { name: type.name, id })).kernel?.struct?.fields;
}
