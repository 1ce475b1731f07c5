// The grammar of paths of fields: names joined by dots, elements in brackets.

import { IndexError } from '../errors.ts';

/** A step of a path: a member by name, or an element of an array. */
export type PathStep = { readonly name: string } | { readonly element: number };

/** Parses `se.vruntime`, `comm[0]`, `a[1][2].b`. Throws `bad-path`. */
export function parsePath(path: string): PathStep[] {
  const steps: PathStep[] = [];
  const grammar = /([A-Za-z_$][\w$]*)|\[(\d{1,10})\]|(\.)|(->)|(.)/gy;
  let afterName = false;
  for (const [, name, element, dot, arrow] of path.matchAll(grammar)) {
    if (arrow !== undefined) {
      throw new IndexError('bad-path', `${path} goes through a pointer`, {
        expected: 'members inside the struct itself: se.vruntime, comm[0]',
        hint: 'ask for the pointer, and then for a field of the struct that it points to',
      });
    }
    if (name !== undefined && !afterName) {
      steps.push({ name });
      afterName = true;
    } else if (element !== undefined && steps.length > 0 && afterName) steps.push({ element: Number(element) });
    else if (dot !== undefined && afterName) afterName = false;
    else throw badPath(path);
  }
  if (!afterName) throw badPath(path);
  return steps;
}

function badPath(path: string): IndexError {
  return new IndexError('bad-path', `${JSON.stringify(path)} is not a path of fields`, {
    expected: 'names joined by dots, elements in brackets: se.vruntime, comm[0]',
  });
}
