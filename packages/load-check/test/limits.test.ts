// What creating maps and newer kinds of functions ask for: tables over an object whose maps are replaced by hand-made ones.

import { parseBtf } from '@btfq/btf-format';
import { checkLoad, type LoadKernel, type LoadReason, requirementsOf } from '@btfq/load-check';
import { type LoaderMap, MapType, openObject } from '@btfq/loader';
import { BtfBytes, fixtureBytes, kernelBtf } from '@btfq/test-kit';
import { describe, expect, it } from 'vitest';

const OLD = '5.10.0-32-cloud-amd64';
const LTS = '6.1.0-50-cloud-amd64';
const NEW = '7.2.13+deb14-cloud-amd64';
const targets = new Map([OLD, LTS, NEW].map((release) => [release, parseBtf(kernelBtf(release))]));

function kernel(release: string, more: Partial<LoadKernel> = {}): LoadKernel {
  const vmlinux = targets.get(release) ?? parseBtf(kernelBtf(LTS));
  return { name: release, release, arch: 'x86_64', target: { vmlinux, modules: [] }, ...more };
}

const NEEDS = openObject(fixtureBytes('load-check/needs.bpf.o'), { path: 'needs.bpf.o' });

const MAP: LoaderMap = {
  index: 0,
  name: 'made',
  type: MapType.Hash,
  keySize: 4,
  valueSize: 8,
  maxEntries: 64,
  flags: 0,
  numaNode: 0,
  extra: 0n,
  keyTypeId: 0,
  valueTypeId: 0,
  origin: 'maps',
  sectionName: '.maps',
  sectionIndex: 1,
  sectionOffset: 0,
  autocreate: true,
  pinPath: undefined,
  inner: undefined,
  slots: [],
  data: undefined,
  structOps: undefined,
};

/** A BTF with `struct value { struct bpf_spin_lock lock; int count; }` as type 2, and the same without a lock as type 4. */
function valueTypes() {
  const btf = new BtfBytes();
  btf.struct('bpf_spin_lock', 4, []);
  btf.struct('value', 8, [{ name: 'lock', type: 1, offset: 0 }]);
  btf.int('int', 4, 1);
  btf.struct('plain', 4, [{ name: 'count', type: 3, offset: 0 }]);
  return parseBtf(btf.build());
}

/** Verdict and code of what is said of the map on a kernel; '' for nothing. */
function said(map: Partial<LoaderMap>, on: LoadKernel): string {
  const object = { ...NEEDS, maps: [{ ...MAP, ...map }], btf: valueTypes(), externs: [] };
  const [answer] = checkLoad(requirementsOf({ ...object, core: NEEDS.core }, { all: true }), on);
  const first = answer?.reasons.find(({ wholeObject }) => wholeObject);
  return first === undefined ? '' : `${first.verdict} ${first.code}`;
}

const inner = (more: Partial<LoaderMap>) => ({ ...MAP, ...more });

describe('a map', () => {
  const cases: readonly (readonly [what: string, map: Partial<LoaderMap>, onLts: string])[] = [
    ['a hash', {}, ''],
    ['an array', { type: MapType.Array }, ''],
    ['an array with other keys', { type: MapType.Array, keySize: 8 }, 'fails map-key'],
    ['a ring buffer', { type: MapType.Ringbuf, keySize: 0, valueSize: 0, maxEntries: 4096 }, ''],
    ['a ring buffer with values', { type: MapType.Ringbuf, keySize: 0, maxEntries: 4096 }, 'fails map-key'],
    ['events with large values', { type: MapType.PerfEventArray }, 'fails map-key'],
    ['a queue', { type: MapType.Queue, keySize: 0 }, ''],
    ['a queue with keys', { type: MapType.Queue }, 'fails map-key'],
    ['storage', { type: MapType.TaskStorage, flags: 1, maxEntries: 0 }, ''],
    ['storage that would be preallocated', { type: MapType.TaskStorage, maxEntries: 0 }, 'fails flags'],
    ['a trie', { type: MapType.LpmTrie, keySize: 8, flags: 1 }, ''],
    ['a trie that would be preallocated', { type: MapType.LpmTrie, keySize: 8 }, 'fails flags'],
    ['maps in a map', { type: MapType.ArrayOfMaps, valueSize: 4, inner: inner({}) }, ''],
    ['nothing in a map of maps', { type: MapType.ArrayOfMaps, valueSize: 4 }, 'conditional map-key'],
    [
      'programs in a map of maps',
      { type: MapType.ArrayOfMaps, valueSize: 4, inner: inner({ type: MapType.ProgArray }) },
      'fails map-type',
    ],
    [
      'an array with other keys in a map',
      { type: MapType.HashOfMaps, valueSize: 4, inner: inner({ type: MapType.Array, keySize: 8 }) },
      'fails map-key',
    ],
    ['values of no size', { valueSize: 0 }, 'conditional map-key'],
    ['no entries', { maxEntries: 0 }, 'conditional map-key'],
  ];
  it.each(cases)('%s', (_what, map, onLts) => {
    expect(said(map, kernel(LTS))).toBe(onLts);
  });

  it('within another may have a lock from Linux 6.2 on', () => {
    const locked = { type: MapType.ArrayOfMaps, valueSize: 4, inner: inner({ valueTypeId: 2 }) };
    expect(said(locked, kernel(OLD))).toBe('fails map-type');
    expect(said(locked, kernel(LTS))).toBe('fails map-type');
    expect(said(locked, kernel(NEW))).toBe('');
    expect(said({ ...locked, inner: inner({ valueTypeId: 4 }) }, kernel(OLD))).toBe('');
    // a type whose values cannot have a lock: libbpf leaves the type of the values out
    expect(said({ ...locked, inner: inner({ valueTypeId: 2, type: MapType.Queue, keySize: 0 }) }, kernel(OLD))).toBe(
      '',
    );
  });
  it('with values of more than 4 MB is refused by 5.10', () => {
    const large = { type: MapType.Array, valueSize: (4 << 20) + 1, origin: 'bss' as const };
    expect(said(large, kernel(OLD))).toBe('fails map-key');
    expect(said(large, kernel(OLD, { arch: 'arm64' }))).toBe('conditional map-key');
    expect(said(large, kernel(LTS))).toBe('');
    expect(said({ ...large, valueSize: 4 << 20 }, kernel(OLD))).toBe('');
  });
  it('of more than 4 GB is refused before 5.11, and large values of cgroups by 5.10', () => {
    const trie = { type: MapType.LpmTrie, keySize: 8, flags: 1, maxEntries: 100_000_000 };
    expect(said(trie, kernel(OLD))).toBe('fails map-key');
    expect(said(trie, kernel(LTS))).toBe('');
    expect(said({ ...trie, maxEntries: 1_000_000 }, kernel(OLD))).toBe('');
    const storage = { type: MapType.CgroupStorage, valueSize: 4097, maxEntries: 0 };
    expect(said(storage, kernel(OLD))).toBe('fails map-key');
    expect(said(storage, kernel(LTS))).toBe('');
  });
  it('with a flag is refused by releases before it', () => {
    const ring = { type: MapType.Ringbuf, keySize: 0, valueSize: 0, maxEntries: 4096, flags: 1 << 19 };
    expect(said(ring, kernel(LTS))).toBe('fails flags');
    expect(said(ring, kernel(NEW))).toBe('');
  });
  it('of global data needs Linux 5.2', () => {
    const data = { type: MapType.Array, origin: 'data' as const, sectionName: '.data' };
    // a kernel whose types say nothing of its age
    const bare = new BtfBytes();
    bare.int('int', 4, 1);
    const old = (release: string) => kernel(release, { target: parseBtf(bare.build()) });
    expect(said(data, old('4.19.0-27-amd64'))).toBe('fails map-type');
    expect(said(data, old('5.2.1'))).toBe('');
    expect(said(data, old('4.18.0-553.el8_10.x86_64'))).toBe('');
    expect(said({ type: MapType.Hash }, old('4.19.0-27-amd64'))).toBe('');
  });
});

describe('functions', () => {
  const object = openObject(fixtureBytes('load-check/functions.bpf.o'), { path: 'functions.bpf.o' });
  const reach = openObject(fixtureBytes('load-check/reach.bpf.o'), { path: 'reach.bpf.o' });
  const fails = (of: typeof object, program: string, on: LoadKernel): string => {
    const answer = checkLoad(requirementsOf(of), on).find((each) => each.program === program);
    const [first] = (answer?.reasons ?? []) as readonly (LoadReason | undefined)[];
    return first === undefined ? '' : `${first.verdict} ${first.code} ${first.needed}`;
  };
  it('without a result are refused where global ones are verified by themselves', () => {
    const needed = 'global-function static returns_nothing';
    expect(fails(object, 'calls_nothing', kernel(OLD))).toBe(`fails ${needed}`);
    expect(fails(object, 'calls_nothing', kernel(LTS))).toBe(`fails ${needed}`);
    expect(fails(object, 'calls_nothing', kernel(NEW))).toBe('');
    expect(fails(object, 'calls_nothing', kernel('6.15.3', { release: '6.15.3' }))).toBe(`conditional ${needed}`);
    expect(fails(object, 'calls_number', kernel(LTS))).toBe('');
  });
  it('that are only called on an exception need Linux 6.7, where libbpf appends them', () => {
    expect(fails(object, 'with_callback', kernel(OLD))).toBe('');
    expect(fails(object, 'with_callback', kernel(LTS))).toBe('fails instruction exception_callback:with_callback');
    expect(fails(object, 'with_callback', kernel(NEW))).toBe('');
  });
  it('that are only called back need Linux 5.13, before the verifier sees a helper', () => {
    expect(fails(reach, 'guarded_callback', kernel(OLD))).toBe('fails instruction callbacks');
    expect(fails(reach, 'guarded_callback', kernel(LTS))).toBe('');
  });
});

describe('the first reason', () => {
  it('is the one at which loading ends', () => {
    const object = openObject(fixtureBytes('load-check/strong.bpf.o'), { path: 'strong.bpf.o' });
    const maps = [{ ...MAP, type: MapType.Array, keySize: 8 }];
    const [answer] = checkLoad(requirementsOf({ ...object, maps }), kernel(LTS));
    // externs are looked up before maps are made
    expect(answer?.reasons.map(({ code }) => code).slice(0, 2)).toEqual(['ksym', 'map-key']);
    const [needs] = checkLoad(requirementsOf({ ...NEEDS, maps }), kernel(OLD));
    // maps are made before helpers are seen
    expect(needs?.reasons.map(({ code }) => code)).toEqual(['map-key', 'helper-unknown']);
  });
});
