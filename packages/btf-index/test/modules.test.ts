// Declarations of modules answer as a naive reader of each module's own BTF does: where they are, which kernel's types
// they contain, where they shadow the kernel's, and when they move into the kernel.

import { type Btf, BtfKind, decodeType, parseBtf } from '@btfq/btf-format';
import {
  type BtfIndex,
  declarations,
  diffKernels,
  exportModule,
  field,
  fieldHistory,
  fieldsOfType,
  ingestKernel,
  type KernelIdentity,
  kernels,
  mergeIndex,
  type ModuleInput,
  modules,
  openIndex,
  parseWhere,
  removeKernel,
  search,
  stats,
  verifyIndex,
} from '@btfq/btf-index';
import { BtfBytes } from '@btfq/test-kit';
import { describe, expect, it } from 'vitest';
import { codeOf, freshPath } from './kit.ts';

const identity = (n: number): KernelIdentity => ({
  distro: 'small',
  version: '1',
  arch: 'x86_64',
  release: `6.1.${n}`,
});

/**
 * The `n`-th kernel of a series: `driver` has a struct that grows at 2 and moves into the kernel at 3; `shadow` has a
 * struct of a name that the kernel has too; `twins` are two modules with one struct; fillers move all ids.
 */
function kernel(n: number): { identity: KernelIdentity; btf: Uint8Array; modules: ModuleInput[] } {
  const btf = new BtfBytes({});
  const int = btf.int('int', 4, 1);
  const long = btf.int('long unsigned int', 8);
  for (let i = 0; i < n; i++) btf.struct(`filler_${i}`, 4, [{ name: 'x', type: int, offset: 0 }]);
  const inner = btf.struct('inner', n === 4 ? 24 : 16, [
    { name: 'first', type: long, offset: 0 },
    { name: 'second', type: int, offset: n === 4 ? 128 : 64 },
  ]);
  btf.struct('shadowed', 8, [{ name: 'a', type: long, offset: 0 }]);
  const driver = (to: BtfBytes) =>
    to.struct('driver_state', n < 2 ? 32 : 40, [
      { name: 'lock', type: long, offset: 0 },
      { name: 'inner', type: inner, offset: n < 2 ? 64 : 128 },
    ]);
  if (n >= 3) driver(btf);
  const base = parseBtf(btf.build());
  const split = () => new BtfBytes({ firstId: base.typeCount, firstString: base.stringEnd });
  const own = split();
  if (n < 3) driver(own);
  own.func('driver_init', own.funcProto(int, []));
  const shadow = split();
  const other = shadow.struct('shadowed', 16, [{ name: 'b', type: long, offset: 64 }]);
  shadow.struct('user_of_shadowed', 16, [{ name: 'own', type: other, offset: 0 }]);
  const twin = (extra: boolean) => {
    const to = split();
    if (extra) to.enum('twin_kind', { TWIN_ONE: 1 });
    to.struct('twin', 8, [{ name: 'pointer', type: to.ptr(inner), offset: 0 }]);
    return to.build();
  };
  return {
    identity: identity(n),
    btf: btf.build(),
    modules: [
      { name: 'driver', btf: own.build() },
      { name: 'shadow', btf: shadow.build() },
      { name: 'twin_a', btf: twin(false) },
      { name: 'twin_b', btf: twin(true) },
    ],
  };
}

function indexOfSeries(count: number): BtfIndex {
  const index = openIndex(freshPath());
  for (let n = 0; n < count; n++) ingestKernel(index, kernel(n));
  return index;
}

/** What each part of each kernel declares, straight from its BTF: `release part kind name size member@bits...`. */
function naive(count: number): Set<string> {
  const found = new Set<string>();
  for (let n = 0; n < count; n++) {
    const { btf, modules: all, identity: own } = kernel(n);
    const base = parseBtf(btf);
    const read = (part: string, view: Btf) => {
      for (let id = view.startId; id < view.typeCount; id++) {
        const type = decodeType(view, id);
        if (type.kind !== BtfKind.Struct || view.name(id) === '') continue;
        const members = type.members.map((member) => `${member.name}@${member.bitOffset}`);
        found.add(`${own.release} ${part} struct ${view.name(id)} ${type.size} ${members.join(' ')}`);
      }
    };
    read('vmlinux', base);
    for (const { name, btf: bytes } of all) read(name, parseBtf(bytes, { base }));
  }
  return found;
}

/** The same from the index. */
function answered(index: BtfIndex, names: readonly string[]): Set<string> {
  const releases = new Map(kernels(index).map(({ id, release }) => [id, release]));
  const found = new Set<string>();
  for (const name of names) {
    for (const { size, fields, places } of declarations(index, 'struct', name)) {
      const members = fields.map((one) => `${one.name}@${one.bitOffset}`).join(' ');
      for (const { module, kernelIds } of places) {
        for (const id of kernelIds)
          found.add(`${releases.get(id)} ${module ?? 'vmlinux'} struct ${name} ${size} ${members}`);
      }
    }
  }
  return found;
}

const NAMES = [
  'inner',
  'shadowed',
  'driver_state',
  'user_of_shadowed',
  'twin',
  ...[0, 1, 2, 3].map((i) => `filler_${i}`),
];

describe('modules of a series', () => {
  const index = indexOfSeries(5);

  it('declare what their BTF says, and nothing else', () => {
    expect([...answered(index, NAMES)].sort()).toEqual([...naive(5)].sort());
    expect(verifyIndex(index).problems).toEqual([]);
  });

  it('come out byte for byte', () => {
    for (const { id, release } of kernels(index)) {
      for (const { name, btf } of kernel(Number(release.split('.')[2])).modules) {
        expect(Buffer.compare(exportModule(index, id, name).btf, btf), `${release} ${name}`).toBe(0);
      }
      expect(
        modules(index, [id])
          .get(id)
          ?.map(({ name }) => name),
      ).toEqual(['driver', 'shadow', 'twin_a', 'twin_b']);
    }
    expect(codeOf(() => exportModule(index, kernels(index)[0]?.id ?? 0, 'none'))).toBe('unknown-module');
    expect(stats(index)).toMatchObject({ kernels: 5, modules: 20 });
  });

  it('lead on into the kernel, and into what they shadow', () => {
    const paths = field(index, 'struct', 'driver_state', 'inner.second')?.variants.map(
      ({ offset, kernelIds, places }) => [offset, kernelIds.length, places.map(({ module }) => module)],
    );
    expect(paths).toEqual([
      [16, 2, ['driver']],
      [24, 2, [null, 'driver']],
      [32, 1, [null]],
    ]);
    const own = field(index, 'struct', 'user_of_shadowed', 'own.b');
    expect(own?.variants.map(({ offset, kernelIds }) => [offset, kernelIds.length])).toEqual([[8, 5]]);
    expect(field(index, 'struct', 'user_of_shadowed', 'own.a')?.variants).toEqual([]);
    const both = field(index, 'struct', 'shadowed', 'a');
    expect(both?.variants).toHaveLength(1);
    expect(declarations(index, 'struct', 'shadowed').map(({ size, kernelIds }) => [size, kernelIds.length])).toEqual([
      [8, 5],
      [16, 5],
    ]);
  });

  it('have one history with the kernel that they move into', () => {
    const events = fieldHistory(index, 'struct', 'driver_state', 'inner');
    expect(events.map(({ change }) => change)).toEqual(['added', 'moved', 'resized']);
    const [a, b] = [2, 3].map((n) => kernels(index)[n]?.id ?? 0) as [number, number];
    expect(diffKernels(index, a, b).entries.map(({ name, change }) => `${change} ${name}`)).toEqual(['added filler_2']);
    const grown = diffKernels(index, kernels(index)[1]?.id ?? 0, a);
    expect(grown.entries.find(({ name }) => name === 'driver_state')).toMatchObject({
      change: 'changed',
      modules: ['driver'],
    });
    expect(grown.modulesCompared).toBe(true);
  });

  it('are found by name and by type, and narrow answers', () => {
    expect(search(index, 'twin', { kinds: ['struct'] })[0]).toMatchObject({
      kernels: 5,
      modules: ['twin_a', 'twin_b'],
    });
    expect(search(index, 'inner', { kinds: ['struct'] })[0]).toMatchObject({ kernels: 5, modules: [] });
    expect(fieldsOfType(index, 'struct inner *')[0]?.places.map(({ module }) => module)).toEqual(['twin_a', 'twin_b']);
    const only = declarations(index, 'struct', 'shadowed', parseWhere('module=shadow'));
    expect(only.map(({ size }) => size)).toEqual([16]);
    expect(
      declarations(index, 'struct', 'shadowed', { conditions: [], module: 'vmlinux' }).map(({ size }) => size),
    ).toEqual([8]);
    expect(field(index, 'struct', 'driver_state', 'lock', parseWhere('module=driver,release>=6.1.2'))).toMatchObject({
      variants: [{ kernelIds: [kernels(index)[2]?.id] }],
    });
    expect(declarations(index, 'struct', 'twin', { conditions: [], module: 'no_such' })).toEqual([]);
  });
});

describe('kernels whose modules were not given', () => {
  it('say nothing of modules, whatever kernels around them have', () => {
    const index = openIndex(freshPath());
    for (let n = 0; n < 3; n++) {
      const { modules: all, ...rest } = kernel(n);
      ingestKernel(index, n === 1 ? rest : { ...rest, modules: all });
    }
    const [, middle] = kernels(index);
    expect(middle?.modules).toBeNull();
    expect(field(index, 'struct', 'driver_state', 'lock')?.withoutStruct).toEqual([middle?.id]);
    expect(diffKernels(index, kernels(index)[0]?.id ?? 0, middle?.id ?? 0).modulesCompared).toBe(false);
    expect(ingestKernel(index, kernel(1)).outcome).toBe('replaced');
    expect([...answered(index, NAMES)].sort()).toEqual([...naive(3)].sort());
    expect(ingestKernel(index, kernel(1)).outcome).toBe('unchanged');
    expect(verifyIndex(index).problems).toEqual([]);
    index.close();
  });

  it('share a BTF with one whose modules were, and stay apart', () => {
    const index = openIndex(freshPath());
    const { btf, modules: all } = kernel(0);
    ingestKernel(index, { identity: identity(0), btf, modules: all });
    expect(ingestKernel(index, { identity: identity(8), btf }).outcome).toBe('added');
    expect(ingestKernel(index, { identity: identity(9), btf, modules: all }).outcome).toBe('alias');
    expect(declarations(index, 'struct', 'twin')[0]?.kernelIds).toHaveLength(2);
    index.close();
  });
});

describe('removing and merging', () => {
  it('leaves what is left as if it had been alone', () => {
    for (const gone of [0, 2, 4]) {
      const index = indexOfSeries(5);
      const row = kernels(index).find(({ release }) => release === `6.1.${gone}`);
      removeKernel(index, row?.id ?? 0);
      const left = [...naive(5)].filter((line) => !line.startsWith(`6.1.${gone} `));
      expect([...answered(index, NAMES)].sort()).toEqual(left.sort());
      expect(verifyIndex(index).problems).toEqual([]);
      index.close();
    }
  });

  it('keeps modules through a merge', () => {
    const path = freshPath();
    const other = openIndex(path);
    for (const n of [3, 1, 4]) ingestKernel(other, kernel(n));
    other.close();
    const index = openIndex(freshPath());
    for (const n of [0, 2]) ingestKernel(index, kernel(n));
    expect(mergeIndex(index, path).added).toBe(3);
    expect([...answered(index, NAMES)].sort()).toEqual([...naive(5)].sort());
    expect(verifyIndex(index).problems).toEqual([]);
    index.close();
  });
});
