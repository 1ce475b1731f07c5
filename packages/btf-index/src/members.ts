// Members of structs and unions: of one body, looked for by name through anonymous members as C does, or all in order.

import { IndexError } from './errors.ts';
import type { Rows } from './rows.ts';
import { type CompositeBody, decodeComposite, type MemberCode, TypeTag } from './type-code.ts';
import { VarintReader } from './varints.ts';

/** How deep anonymous members nest in each other, at most. */
const MAX_DEPTH = 32;

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
  return new IndexError('bad-path', `${JSON.stringify(path)} is no path of fields`, {
    expected: 'names joined by dots, elements in brackets: se.vruntime, comm[0]',
  });
}

/** The member of this name, its offset counted from `body`'s start. */
export function findMember(rows: Rows, body: CompositeBody, name: number, depth = 0): MemberCode | undefined {
  for (const member of body.members) if (member.name === name) return member;
  if (depth >= MAX_DEPTH) return undefined;
  for (const member of body.members) {
    if (member.name !== 0) continue;
    const inner = anonymousBody(rows, member.type);
    const found = inner && findMember(rows, inner, name, depth + 1);
    if (found !== undefined) return { ...found, bitOffset: found.bitOffset + member.bitOffset };
  }
  return undefined;
}

/** The body of an anonymous struct or union. */
export function anonymousBody(rows: Rows, type: number): CompositeBody | undefined {
  const code = rows.type(type);
  return code.tag === TypeTag.AnonymousStruct || code.tag === TypeTag.AnonymousUnion ? code.body : undefined;
}

export interface FlatMember extends MemberCode {
  readonly depth: number;
}

/** All members in order, offsets from the start of the outermost; an anonymous member is followed by its own. */
export function flatMembers(rows: Rows, body: CompositeBody): FlatMember[] {
  const all: FlatMember[] = [];
  const visit = (inner: CompositeBody, bitOffset: number, depth: number): void => {
    for (const member of inner.members) {
      const placed = { ...member, bitOffset: member.bitOffset + bitOffset, depth };
      all.push(placed);
      const below = member.name === 0 && depth < MAX_DEPTH ? anonymousBody(rows, member.type) : undefined;
      if (below !== undefined) visit(below, placed.bitOffset, depth + 1);
    }
  };
  visit(body, 0, 0);
  return all;
}

/** The body of a STRUCT's or UNION's declaration. */
export function compositeOf(body: Uint8Array): CompositeBody {
  return decodeComposite(new VarintReader(body));
}
