// What libbpf's btf_sanity_check asks of every BTF it opens: each name inside the strings, each reference to a type
// that exists, FUNC over FUNC_PROTO. The pass that indexes types saw whether they can be right; only a file that looks
// wrong is walked again, to say where.

import { BtfError } from './errors.ts';
import type { TypeIndex } from './index-types.ts';
import { BtfKind, type KindLayout, kindLayout, TYPE_WORDS } from './kinds.ts';
import type { Btf } from './btf.ts';
import { infoKind, infoVlen } from './info.ts';

/** Throws `bad-string-offset`, `bad-type-id` or `bad-type` for this layer's own types. */
export function validateReferences(btf: Btf, index: TypeIndex): void {
  if (!index.namesFit || index.maxRef >= btf.typeCount) {
    failAtFirst(btf, 'name');
    failAtFirst(btf, 'ref');
  }
  if (!index.prototypesFit) failAtWrongPrototype(btf);
}

function isFuncProto(btf: Btf, id: number): boolean {
  return btf.kind(id) === BtfKind.FuncProto;
}

/** Throws of the first name or reference out of range, if there is one. */
function failAtFirst(btf: Btf, what: 'name' | 'ref'): void {
  const { words, starts, startId, typeCount, stringEnd } = btf;
  for (let i = 0; i + 1 < starts.length; i++) {
    const at = starts[i]!;
    const info = words[at + 1]!;
    const row = kindLayout(infoKind(info));
    for (const w of wordsOf(row, at, infoVlen(info), what)) {
      const value = words[w]!;
      if (value < (what === 'name' ? stringEnd : typeCount)) continue;
      const where = { offset: btf.header.typeOff + w * 4, typeId: startId + i };
      throw what === 'name'
        ? new BtfError('bad-string-offset', `string offset ${value}`, { ...where, expected: `below ${stringEnd}` })
        : new BtfError('bad-type-id', `reference to type ${value}`, { ...where, expected: `below ${typeCount}` });
    }
  }
}

/** Throws of the first FUNC that has no prototype, if there is one. */
function failAtWrongPrototype(btf: Btf): void {
  const { words, starts, startId } = btf;
  for (let i = 0; i + 1 < starts.length; i++) {
    const at = starts[i]!;
    if (infoKind(words[at + 1]!) !== BtfKind.Func || isFuncProto(btf, words[at + 2]!)) continue;
    throw new BtfError('bad-type', `FUNC over type ${words[at + 2]}`, {
      offset: btf.header.typeOff + (at + 2) * 4,
      typeId: startId + i,
      expected: 'a FUNC_PROTO',
    });
  }
}

/** The word positions of a record that hold names or references, by the kind table. */
function* wordsOf(row: KindLayout | undefined, at: number, vlen: number, what: 'name' | 'ref'): Generator<number> {
  if (what === 'name') yield at;
  if (row === undefined) return;
  if (what === 'ref') {
    if (row.third === 'type') yield at + 2;
    for (const word of row.infoRefs) yield at + TYPE_WORDS + word;
  }
  const inElement = what === 'name' ? row.elemNames : row.elemRefs;
  if (inElement.length === 0) return;
  const first = at + TYPE_WORDS + row.infoWords;
  for (let i = 0; i < vlen; i++) for (const word of inElement) yield first + i * row.elemWords + word;
}
