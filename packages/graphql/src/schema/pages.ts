// Cursors and pages, one rule for every long list: `first` items after the one that `after` names. Cursors are keys of
// the items themselves, so that a page is right even where the index grew in between.

import { clientError } from '../errors.ts';
import type { PageModel } from './models.ts';

/** The arguments of a long list. */
export interface PageArgs {
  readonly first?: number | null | undefined;
  readonly after?: string | null | undefined;
}

/** Most items of one page that a client may ask for. */
export const MAX_PAGE = 100_000;

/** One page of `items`; the whole list without arguments. Throws BAD_USER_INPUT and BAD_CURSOR. */
export function pageOf<T>(items: readonly T[], key: (item: T) => string, args: PageArgs): PageModel<T> {
  const { first, after } = args;
  if (first !== null && first !== undefined && (first < 0 || first > MAX_PAGE)) {
    throw clientError('BAD_USER_INPUT', `first is ${first}; it may be 0 to ${MAX_PAGE}`);
  }
  const start = after === null || after === undefined ? 0 : 1 + positionOf(items, key, decodeCursor(after));
  const end = first === null || first === undefined ? items.length : Math.min(items.length, start + first);
  const last = end > start ? items[end - 1] : undefined;
  return {
    nodes: start === 0 && end === items.length ? items : items.slice(start, end),
    hasNextPage: end < items.length,
    endCursor: last === undefined ? (after ?? null) : encodeCursor(key(last)),
    totalCount: items.length,
  };
}

function positionOf<T>(items: readonly T[], key: (item: T) => string, wanted: string): number {
  const at = items.findIndex((item) => key(item) === wanted);
  if (at < 0) throw clientError('BAD_CURSOR', 'after names nothing in this list: begin again without it');
  return at;
}

/** Opaque to clients, URL-safe. */
export function encodeCursor(key: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(key)))
    .replace(/\+/g, '-')
    .replace(/\//g, '_')
    .replace(/=+$/, '');
}

function decodeCursor(cursor: string): string {
  try {
    const text = atob(cursor.replace(/-/g, '+').replace(/_/g, '/'));
    return new TextDecoder().decode(Uint8Array.from(text, (char) => char.charCodeAt(0)));
  } catch {
    throw clientError('BAD_CURSOR', 'after is not a cursor that this server gave');
  }
}
