// Members of structs and unions: of one body, looked for by name through anonymous members as C does, or all in order.

import { IndexError } from '../errors.ts';
import type { Rows } from '../store/row-cache.ts';
import { type CompositeBody, decodeComposite, type MemberCode, TypeTag } from '../encoding/type-code.ts';
import { VarintReader } from '../varints.ts';

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

/**
 * As `findMember`, in an encoded body. Reads past members that are not meant without making anything of them: a struct
 * that people ask about has hundreds of members and, over thousands of kernels, hundreds of versions.
 */
export function findInBody(rows: Rows, body: Uint8Array, name: number): MemberCode | undefined {
  const input = new VarintReader(body);
  input.next(); // size
  const count = input.next();
  let end = 0;
  const anonymous: MemberCode[] = [];
  for (let i = 0; i < count; i++) {
    const own = input.next();
    const type = input.next();
    const word = input.next();
    if (word > 0x7fffffff) return findMember(rows, compositeOf(body), name); // beyond what bit operations reach
    const turned = word >>> 1;
    const distance = turned & 1 ? -((turned + 1) >>> 1) : turned >>> 1;
    const bitSize = word & 1 ? input.next() : 0;
    const size = input.next() - 1;
    const bitOffset = end + distance;
    if (own === name) return { name: own, type, bitOffset, bitSize, size };
    if (own === 0) anonymous.push({ name: own, type, bitOffset, bitSize, size });
    end = bitOffset + (bitSize > 0 ? bitSize : size > 0 ? size * 8 : 0);
  }
  for (const member of anonymous) {
    const inner = anonymousBody(rows, member.type);
    const found = inner && findMember(rows, inner, name, 1);
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
