// A field over kernels, as this view has it.
import type { FieldOverQuery } from '../generated/operations.ts';

/** All that was asked of a field. */
export type FieldOver = NonNullable<NonNullable<FieldOverQuery['struct']>['field']>;
/** One place and its kernels. */
export type Variant = FieldOver['variants'][number];
/** One change from a kernel to the next of its series. */
export type Change = FieldOver['history'][number];
/** Where a field is in a kernel. */
export type Place = Omit<Variant, 'kernels' | 'places'>;

/** The place in each kernel that has the field. */
export const placesByKernel = (variants: readonly Variant[]): Map<string, Variant> =>
  new Map(variants.flatMap((variant) => variant.kernels.map(({ id }) => [id, variant])));

/** Changes that are the same but for the series: said once, with all series. */
export interface SharedChange {
  readonly change: Change;
  readonly others: readonly Change[];
}

/** Changes in the order of versions, those that say the same together. */
export function sharedChanges(history: readonly Change[]): SharedChange[] {
  const groups = Map.groupBy(history, (one) =>
    JSON.stringify([
      one.change,
      one.otherName,
      one.before?.type,
      one.after?.type,
      one.before?.offset,
      one.after?.offset,
    ]),
  );
  return [...groups.values()].map(([change, ...others]) => ({ change: change!, others }));
}
