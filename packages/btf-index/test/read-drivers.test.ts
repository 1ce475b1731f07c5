// Whatever is asked, SQLite's WebAssembly build over bytes answers as better-sqlite3 does over the file.

import { readFileSync } from 'node:fs';
import { parseBpfObject } from '@btfq/core-reloc';
import { requirementsOf } from '@btfq/load-check';
import { openObject } from '@btfq/loader';
import { fixtureKernels, fixtureObject } from '@btfq/test-kit';
import type { BtfIndex } from '@btfq/btf-index';
import * as read from '@btfq/btf-index/read';
import { beforeAll, describe, expect, it } from 'vitest';
import { codeOf, freshPath, indexOf } from './kit.ts';

let local: BtfIndex;
let elsewhere: BtfIndex;

beforeAll(async () => {
  const path = freshPath();
  local = indexOf(fixtureKernels().slice(1, 3), path);
  local.close();
  local = (await import('@btfq/btf-index')).openIndex(path, { readonly: true });
  elsewhere = await read.openReadIndex(read.bytesSource(new Uint8Array(readFileSync(path)), path));
}, 120_000);

const object = parseBpfObject(fixtureObject('opensnoop'), { name: 'opensnoop.bpf.o' });
const ids = (index: BtfIndex) => read.kernels(index).map(({ id }) => id);
const first = (index: BtfIndex) => ids(index)[0]!;
const last = (index: BtfIndex) => ids(index).at(-1)!;

const QUESTIONS: Readonly<Record<string, (index: BtfIndex) => unknown>> = {
  stats: (index) => read.stats(index),
  kernels: (index) => read.kernels(index),
  'a filter': (index) => read.kernels(index, read.parseWhere(['arch=x86_64', 'release>=6'])),
  'a field': (index) => read.field(index, 'composite', 'task_struct', 'pid'),
  'a path': (index) => read.field(index, 'composite', 'task_struct', 'se.vruntime'),
  history: (index) => read.fieldHistory(index, 'composite', 'task_struct', 'pid'),
  'a struct': (index) => read.declarations(index, 'struct', 'task_struct'),
  'a union': (index) => read.declarations(index, 'union', 'bpf_attr'),
  'an enum': (index) => read.declarations(index, 'enum', 'bpf_func_id'),
  'a typedef': (index) => read.declarations(index, 'typedef', 'pid_t'),
  'a function': (index) => read.declarations(index, 'func', 'vfs_read'),
  'an enumerator': (index) => read.enumerator(index, 'BPF_MAP_TYPE_HASH'),
  'a search': (index) => ['task_str', 'tsak_struct', '*_ops', 'bpf'].map((text) => read.search(index, text)),
  'near names': (index) => read.nearNames(index, 'struct', 'task_strct'),
  'fields of a type': (index) => read.fieldsOfType(index, 'struct list_head'),
  'what differs': (index) => read.diffKernels(index, first(index), last(index)),
  'a kernel by name': (index) => read.resolveKernel(index, '6.1.0-50'),
  'the bytes': (index) => read.exportBtf(index, last(index)),
  'a configuration': (index) => read.configSymbol(index, 'BPF'),
  tables: (index) => read.factKeys(index, 'functions', 'vfs', 10),
  'answers alike': (index) => read.answerKeys(index, [object], read.kernels(index)),
  loads: (index) =>
    read.loadAnswers(
      index,
      [requirementsOf(openObject(fixtureObject('opensnoop'), { path: 'opensnoop.bpf.o' }))],
      read.kernels(index),
    ),
};

describe('equal answers', () => {
  it.each(Object.entries(QUESTIONS))('%s', (_, ask) => {
    expect(ask(elsewhere)).toEqual(ask(local));
  });

  it('a bundle', async () => {
    const same = { gzip: (bytes: Uint8Array) => bytes, xz: (bytes: Uint8Array) => bytes };
    const files = [{ name: 'opensnoop.bpf.o', bytes: fixtureObject('opensnoop') }];
    const bundle = (index: BtfIndex) => read.bundleWith(index, files, same, { canonical: true });
    expect(await bundle(elsewhere)).toEqual(await bundle(local));
  });

  it('errors, with their codes', () => {
    for (const ask of [
      (index: BtfIndex) => read.kernelById(index, 999),
      (index: BtfIndex) => read.resolveKernel(index, '9.9'),
      (index: BtfIndex) => read.field(index, 'struct', 'task_struct', '..'),
    ]) {
      expect(codeOf(() => ask(elsewhere))).toEqual(codeOf(() => ask(local)));
    }
  });
});

describe('what is not an index', () => {
  const open = async (bytes: Uint8Array) =>
    read.openReadIndex(read.bytesSource(bytes)).then(
      () => 'opened',
      (error: { code?: string }) => error.code,
    );

  it('is refused', async () => {
    const whole = new Uint8Array(readFileSync(local.path));
    expect(await open(new Uint8Array())).toBe('not-an-index');
    expect(await open(new TextEncoder().encode('SQLite format 3'.padEnd(4096, ' ')))).toBe('not-an-index');
    expect(await open(whole.subarray(0, 100))).toMatch(/damaged|not-an-index/);
    const newer = whole.slice(0, whole.length);
    new DataView(newer.buffer).setUint32(60, 99);
    expect(await open(newer)).toBe('newer-version');
    new DataView(newer.buffer).setUint32(60, 3);
    expect(await open(newer)).toBe('older-version');
    new DataView(newer.buffer).setUint32(68, 1);
    expect(await open(newer)).toBe('not-an-index');
  });

  it('is damaged where it is cut off', async () => {
    const whole = new Uint8Array(readFileSync(local.path));
    expect(await open(whole.subarray(0, whole.length >> 1))).toBe('damaged');
  });
});
