// What happened to a field, series by series.

import { fieldHistory, flavourOf, ingestKernel, kernelById, openIndex } from '@btfq/btf-index';
import { BtfBytes } from '@btfq/test-kit';
import { expect, it } from 'vitest';
import { freshPath, sharedIndex } from './kit.ts';

type Member = readonly [name: string, type: 'int' | 'long', offset: number];

/** A kernel of one struct. */
function kernel(members: readonly Member[]): Uint8Array {
  const btf = new BtfBytes({});
  const types = { int: btf.int('int', 4), long: btf.int('long', 8) };
  btf.struct(
    'thing',
    32,
    members.map(([name, type, offset]) => ({ name, type: types[type], offset: offset * 8 })),
  );
  return btf.build();
}

function historyOf(releases: Readonly<Record<string, readonly Member[]>>, path: string): string[] {
  const index = openIndex(freshPath());
  for (const [release, members] of Object.entries(releases).reverse()) {
    ingestKernel(index, { identity: { distro: 'd', version: '1', arch: 'x86_64', release }, btf: kernel(members) });
  }
  const name = (id: number | null) => (id === null ? '-' : kernelById(index, id).release);
  const events = fieldHistory(index, 'struct', 'thing', path).map((event) =>
    [event.change, name(event.fromId), name(event.toId), event.otherName].filter((word) => word !== null).join(' '),
  );
  index.close();
  return events;
}

it('tells added, moved, resized, retyped, removed, in version order', () => {
  const releases = {
    '5.9.0': [['a', 'int', 0]],
    '5.10.0': [
      ['a', 'int', 0],
      ['f', 'int', 4],
    ],
    '5.11.0': [
      ['a', 'int', 0],
      ['g', 'int', 4],
      ['f', 'int', 8],
    ],
    '5.12.0': [
      ['a', 'int', 0],
      ['g', 'int', 4],
      ['f', 'long', 8],
    ],
    '5.13.0': [
      ['a', 'int', 0],
      ['g', 'int', 4],
    ],
  } as const;
  expect(historyOf(releases, 'f')).toEqual([
    'added 5.9.0 5.10.0',
    'moved 5.10.0 5.11.0',
    'resized 5.11.0 5.12.0',
    'retyped 5.11.0 5.12.0',
    'removed 5.12.0 5.13.0',
  ]);
  expect(historyOf(releases, 'a')).toEqual(['added - 5.9.0']);
});

it('tells a new name by its place', () => {
  const releases = {
    '5.10.0': [
      ['a', 'int', 0],
      ['state', 'int', 4],
      ['b', 'int', 8],
    ],
    '5.14.0': [
      ['a', 'int', 0],
      ['__state', 'int', 4],
      ['b', 'int', 8],
    ],
    '5.15.0': [
      ['a', 'int', 0],
      ['x', 'long', 8],
      ['b', 'int', 16],
    ],
  } as const;
  expect(historyOf(releases, 'state')).toEqual(['added - 5.10.0', 'renamed 5.10.0 5.14.0 __state']);
  expect(historyOf(releases, '__state')).toEqual(['renamed 5.10.0 5.14.0 state', 'removed 5.14.0 5.15.0']);
});

it('keeps series apart', () => {
  const moved = [['a', 'int', 4]] as const;
  const releases = {
    '5.1.0-1-cloud-amd64': [['a', 'int', 0]],
    '5.1.0-2-amd64': moved,
    '5.1.0-3-cloud-amd64': [['a', 'int', 0]],
  } as const;
  expect(historyOf(releases, 'a')).toEqual(['added - 5.1.0-1-cloud-amd64', 'added - 5.1.0-2-amd64']);
});

it.each([
  ['6.12.94+deb13-cloud-amd64', 'cloud-amd64'],
  ['5.15.0-25-generic', 'generic'],
  ['5.4.0-1009-aws', 'aws'],
  ['5.10.102-99.473.amzn2.x86_64', 'x86'],
  ['4.18.0-305.el8.x86_64', 'x86'],
  ['6.1.0', ''],
])('the flavour of %s is %j', (release, flavour) => {
  expect(flavourOf(release)).toBe(flavour);
});

it('knows nothing of what is not there', () => {
  expect(fieldHistory(sharedIndex(), 'struct', 'no_such_struct', 'x')).toEqual([]);
  expect(fieldHistory(sharedIndex(), 'struct', 'task_struct', 'no_such_field')).toEqual([]);
}, 120_000);
