// The other names of a renamed field with their offsets, so that the chart continues across a rename.
import { useEffect, useState } from 'preact/hooks';
import { askOnce } from '../ask/use-ask.ts';
import { FieldPlacesDocument } from '../generated/operations.ts';
import type { FieldOver, Variant } from './shapes.ts';

/** A field under its other name. */
export interface OtherName {
  readonly name: string;
  readonly variants: readonly Variant[];
}
const MOST = 3;

/** The other names by the history's renames. */
export function useOtherNames(struct: string, path: string, field: FieldOver, where: object): readonly OtherName[] {
  const names = [
    ...new Set(
      field.history.flatMap(({ change, otherName }) => (change === 'RENAMED' && otherName ? [otherName] : [])),
    ),
  ].slice(0, MOST);
  const prefix = path.includes('.') ? path.slice(0, path.lastIndexOf('.') + 1) : '';
  const [others, set] = useState<readonly OtherName[]>([]);
  const key = JSON.stringify([struct, prefix, names, where]);
  // The key stands for them all
  useEffect(() => {
    let left = false;
    const whole = names.map((name) => (name.includes('.') ? name : prefix + name));
    Promise.all(
      whole.map(async (name) => {
        const answer = await askOnce(FieldPlacesDocument, { struct, path: name, where });
        return { name, variants: answer.struct?.field?.variants ?? [] };
      }),
    ).then(
      (found) => left || set(found.filter(({ variants }) => variants.length > 0)),
      () => left || set([]),
    );
    return () => {
      left = true;
    };
  }, [key]);
  return others;
}
