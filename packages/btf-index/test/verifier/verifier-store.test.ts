// Verifiers beside an index: what goes in comes out, shared parts are there once, damage is said.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { openVerifierStore, packVerifier, type VerifierStore, verifierPath } from '@btfq/btf-index';
import { afterEach, beforeEach, expect, test } from 'vitest';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'btfq-verifier-'));
  path = verifierPath(join(folder, 'a.db'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const bytes = (...values: number[]) => Uint8Array.of(...values);
const saved = (...chunks: Uint8Array[]) => ({ head: bytes(1, 2), symbols: bytes(3), chunks });
const BTF = bytes(9);

function withStore<T>(readonly: boolean, action: (store: VerifierStore) => T): T {
  const store = openVerifierStore(path, { readonly });
  try {
    return action(store as VerifierStore);
  } finally {
    store?.close();
  }
}

const partsOf = (store: VerifierStore, kernel: string, count: number) => {
  const source = store.get(kernel, () => BTF);
  if (source === undefined) return undefined;
  const chunks = Array.from({ length: count }, (_, i) => [...source.chunk(i)]);
  return { head: [...source.head], symbols: [...source.symbols()], btf: [...source.btf()], chunks };
};

test('the parts of a kernel come out as they went in, and again after a second one took its name', () => {
  withStore(false, (store) => store.put('a', packVerifier(saved(bytes(5, 5), bytes(6)))));
  const expected = { head: [1, 2], symbols: [3], btf: [9] };
  withStore(true, (store) => {
    expect(store.kernels()).toEqual(['a']);
    expect(partsOf(store, 'a', 2)).toEqual({ ...expected, chunks: [[5, 5], [6]] });
    expect(partsOf(store, 'b', 0)).toBeUndefined();
  });
  withStore(false, (store) => store.put('a', packVerifier(saved(bytes(7)))));
  withStore(true, (store) => expect(partsOf(store, 'a', 1)).toEqual({ ...expected, chunks: [[7]] }));
});

test('equal parts of kernels are kept once, and go with the last that has them', () => {
  const count = () => {
    const db = new Database(path, { readonly: true });
    const found = db.prepare('SELECT count(*) FROM part').pluck().get();
    db.close();
    return found;
  };
  withStore(false, (store) => {
    store.put('a', packVerifier(saved(bytes(5), bytes(6))));
    store.put('b', packVerifier(saved(bytes(6), bytes(7))));
  });
  expect(count()).toBe(5);
  withStore(false, (store) => store.remove(['a', 'not there']));
  expect(count()).toBe(4);
  withStore(false, (store) => store.remove(['b']));
  expect(count()).toBe(0);
});

test('without a file there is no store, unless it is to be written', () => {
  expect(openVerifierStore(path, { readonly: true })).toBeUndefined();
  expect(openVerifierStore(path, { readonly: false, create: false })).toBeUndefined();
});

test('what is not a store, newer or damaged is told', () => {
  const codeOf = (action: () => unknown) => {
    try {
      action();
    } catch (error) {
      return (error as { code?: string }).code;
    }
    return undefined;
  };
  withStore(false, (store) => store.put('a', packVerifier(saved(bytes(5)))));
  const change = (sql: string) => {
    const db = new Database(path);
    db.exec(sql);
    db.close();
  };
  change('UPDATE part SET data = zeroblob(20)');
  expect(codeOf(() => withStore(true, (store) => store.get('a', () => BTF)))).toBe('damaged');
  change('DELETE FROM part');
  expect(codeOf(() => withStore(true, (store) => store.get('a', () => BTF)))).toBe('damaged');
  change('PRAGMA user_version = 99');
  expect(codeOf(() => withStore(true, () => undefined))).toBe('newer-version');
  change('PRAGMA application_id = 5');
  expect(codeOf(() => withStore(true, () => undefined))).toBe('not-an-index');
});
