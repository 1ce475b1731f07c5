// What each word of a type's record holds: a plain number, a name or a reference to a type.

import { infoKind, kindLayout, MAX_KIND } from '@btfq/btf-format';

export const Role = { plain: 0, name: 1, reference: 2 } as const;

/** The role of word `word` of a record. The info word, the second, is plain. */
function roleOf(kind: number, word: number): 0 | 1 | 2 {
  const row = kindLayout(kind);
  if (row === undefined) return word === 0 ? Role.name : Role.plain;
  if (word < 3) return word === 0 ? Role.name : word === 2 && row.third === 'type' ? Role.reference : Role.plain;
  if (word < 3 + row.infoWords) return row.infoRefs.includes(word - 3) ? Role.reference : Role.plain;
  if (row.elemWords === 0) return Role.plain;
  const within = (word - 3 - row.infoWords) % row.elemWords;
  return row.elemRefs.includes(within) ? Role.reference : row.elemNames.includes(within) ? Role.name : Role.plain;
}

const known: (Uint8Array | undefined)[] = [];

/** Roles of at least the first `words` words of records with this info word. */
export function rolesOf(info: number, words: number): Uint8Array {
  const kind = infoKind(info);
  let roles = known[kind];
  if (roles === undefined || roles.length < words) {
    roles = Uint8Array.from({ length: Math.max(words * 2, 32) }, (_, word) => (word === 1 ? 0 : roleOf(kind, word)));
    known[kind] = roles;
  }
  return roles;
}

/** By kind: 1 where the third word of a record is a type. */
export const THIRD_IS_REF = Uint8Array.from({ length: MAX_KIND + 1 }, (_, kind) =>
  kindLayout(kind)?.third === 'type' ? 1 : 0,
);
