// Shapes that turned out to be one type: what a typedef stands for and the type of that name, and a member seen both by
// its own name and inside the anonymous struct or union that has it.

import type { Root, Roots } from './roots.ts';
import type { Shape } from './shape.ts';

/** Brings together what was seen of the same type in two places. Throws `Conflict`. */
export function settle(roots: Roots, compact: boolean): void {
  for (const { shape } of roots.sorted()) settleNamed(shape, true);
  if (compact) for (const { shape } of roots.sorted()) settleAnonymous(shape);
}

/** `atStart`: the shape lies where its root does, so that offsets mean the same in both. */
function settleNamed(shape: Shape, atStart: boolean): void {
  const { sameAs } = shape;
  if (sameAs !== undefined && sameAs.shape !== shape) {
    const simple = shape.kind === 'enum' || shape.kind === 'int' || shape.kind === undefined;
    if (atStart || simple) moveTo(shape, sameAs, atStart);
  }
  for (const inner of [...shape.members.values(), ...shape.anonymous]) settleNamed(inner, false);
  if (shape.inner !== undefined) settleNamed(shape.inner, false);
}

function moveTo(shape: Shape, root: Root, whole: boolean): void {
  const { facts } = shape;
  const own = Object.entries(facts);
  if (!whole) for (const [key] of own) delete facts[key as keyof typeof facts];
  shape.sameAs = undefined;
  root.shape.merge(shape);
  shape.members.clear();
  shape.values.clear();
  shape.inner = undefined;
  shape.anonymous.length = 0;
  shape.sameAs = root;
  if (!whole) Object.assign(facts, Object.fromEntries(own));
}

/** A member goes into the anonymous one that has its name: found there, it is found once. */
function settleAnonymous(shape: Shape): void {
  for (const holder of shape.anonymous) {
    for (const [name, member] of shape.members) {
      const inside = holder.members.get(name);
      if (inside === undefined) continue;
      inside.merge(member);
      shape.members.delete(name);
    }
  }
  for (const inner of [...shape.members.values(), ...shape.anonymous]) settleAnonymous(inner);
  if (shape.inner !== undefined) settleAnonymous(shape.inner);
}
