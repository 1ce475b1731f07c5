// BTF over memory that is used again: the same as from bytes of its own, whatever was there before.

import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeType, loadBtf } from '@btfq/btf-format';
import { openBtf } from '@btfq/kernel-source';
import { fixtureObject, fixtureTarget, fixtureTargets } from '@btfq/test-kit';
import { afterAll, expect, test } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'btfq-open-'));
afterAll(() => rmSync(folder, { recursive: true }));
const written = (name: string, bytes: Uint8Array) => {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
};
const typesOf = (btf: ReturnType<typeof loadBtf>) =>
  Array.from({ length: btf.typeCount - 1 }, (_, i) => decodeType(btf, i + 1));

test('gives what the file says, one after the other, in memory of the ones before', () => {
  const buffers = new Set<ArrayBufferLike>();
  for (const name of fixtureTargets()) {
    const bytes = fixtureTarget(name);
    const opened = openBtf(written(name, bytes));
    expect(Buffer.compare(opened.btf.bytes, bytes), name).toBe(0);
    expect(typesOf(opened.btf), name).toEqual(typesOf(loadBtf(bytes, {})));
    buffers.add(opened.btf.bytes.buffer);
    opened.release();
    opened.release();
  }
  expect(fixtureTargets().length).toBeGreaterThan(10);
  expect(buffers.size).toBe(1);
});

test('never gives the memory of one that is not released', () => {
  const [a, b] = fixtureTargets().map((name) => ({ name, bytes: fixtureTarget(name) })) as [Sample, Sample];
  const first = openBtf(join(folder, a.name));
  const second = openBtf(join(folder, b.name));
  expect(second.btf.bytes.buffer).not.toBe(first.btf.bytes.buffer);
  expect(Buffer.compare(first.btf.bytes, a.bytes)).toBe(0);
  first.release();
  second.release();
});
interface Sample {
  readonly name: string;
  readonly bytes: Uint8Array;
}

test('reads ELF files, and files that fill their buffer to the last byte', () => {
  using object = openBtf(written('kinds.o', fixtureObject('kinds')));
  expect(typesOf(object.btf)).toEqual(typesOf(loadBtf(fixtureObject('kinds'), {})));
  const path = written('padded.o', fixtureObject('kinds'));
  truncateSync(path, 1024 * 1024); // as large as a buffer
  using padded = openBtf(path);
  expect(typesOf(padded.btf)).toEqual(typesOf(object.btf));
});

test('says what is wrong, and goes on with the memory', () => {
  const codeOf = (path: string) => {
    try {
      openBtf(path).release();
      return undefined;
    } catch (error) {
      return (error as { code?: unknown }).code;
    }
  };
  expect(codeOf(join(folder, 'none'))).toBe('not-found');
  expect(codeOf(folder)).toBe('unreadable');
  expect(codeOf(written('text', new TextEncoder().encode('no BTF')))).toBeTypeOf('string');
  expect(codeOf(written('empty', new Uint8Array()))).toBeTypeOf('string');
  expect(codeOf(join(folder, 'kinds.o'))).toBeUndefined();
});
