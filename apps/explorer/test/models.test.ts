// What views work out before they draw: pushes, unfolded members, SPECs, cells of files.
import { describe, expect, test } from 'vitest';
import { pairsOf } from '../src/compare/aligned.ts';
import { holdersOf, pushersOf } from '../src/field/pushers.ts';
import { addressOf, entriesOf, entryFor, specText } from '../src/offsets/spec.ts';
import { csvOf } from '../src/parts/table-text.ts';
import { wantedOf } from '../src/start/wanted.ts';
import { elementsOf, type LayoutField, membersOf, splitPath, unfoldingOf } from '../src/struct/members.ts';

const field = (name: string, offset: number, size: number, type = 'int'): LayoutField => ({
  name,
  type,
  offset,
  bitOffset: offset * 8,
  bitSize: null,
  size,
  depth: 0,
});

describe('what a type unfolds to', () => {
  test.each([
    ['struct sched_entity', { kind: 'struct', name: 'sched_entity' }],
    ['const union rcu_special', { kind: 'union', name: 'rcu_special' }],
    ['struct hlist_node[4]', { kind: 'array', element: 'struct hlist_node', count: 4 }],
    ['u8[2][3]', { kind: 'array', element: 'u8[3]', count: 2 }],
    ['struct perf_event_context *[2]', { kind: 'array', element: 'struct perf_event_context *', count: 2 }],
    ['spinlock_t', { kind: 'typedef', name: 'spinlock_t' }],
    ['unsigned int', undefined],
    ['u64', undefined],
    ['struct file *', undefined],
    ['char[0]', undefined],
    ['char[4096]', undefined],
  ])('%s', (type, unfolding) => expect(unfoldingOf(type)).toEqual(unfolding));

  test('elements and what is inside of them stand where they are', () => {
    const array = field('links', 8, 32, 'struct hlist_node[2]');
    const unfolded = new Map([
      ['links', elementsOf('struct hlist_node', 2, 32)],
      ['links[1]', [field('next', 0, 8, 'struct hlist_node *'), field('pprev', 8, 8, 'struct hlist_node **')]],
    ]);
    const members = membersOf([field('a', 0, 4), array], unfolded);
    expect(members.map(({ path, start }) => [path, start / 8])).toEqual([
      ['a', 0],
      ['links[0]', 8],
      ['links[1].next', 24],
      ['links[1].pprev', 32],
    ]);
    expect([splitPath('links[1].next'), splitPath('links[1]'), splitPath('a')]).toEqual([
      ['links[1]', 'next'],
      ['links', '[1]'],
      ['', 'a'],
    ]);
  });
});

describe('what pushed a field', () => {
  const before = { fields: [field('a', 0, 4), field('se', 8, 16, 'struct se'), field('z', 24, 4)] };
  const after = {
    fields: [field('a', 0, 4), field('new', 4, 8, 'long'), field('se', 16, 24, 'struct se'), field('z', 40, 4)],
  };
  const inside = (fields: readonly LayoutField[]) => new Map([['se', fields]]);

  test('members before it that came and grew', () => {
    expect(pushersOf(before, after, 'z').map(({ member, bytes }) => [member, bytes])).toEqual([
      ['new', 8],
      ['se', 8],
    ]);
  });
  test('a nested field: those before what holds it, and those before it in there', () => {
    const opened = pushersOf(
      { ...before, unfolded: inside([field('load', 0, 8), field('run', 8, 8)]) },
      { ...after, unfolded: inside([field('load', 0, 8), field('slice', 8, 8), field('run', 16, 8)]) },
      'se.run',
    );
    expect(opened.map(({ member, bytes }) => [member, bytes])).toEqual([
      ['new', 8],
      ['se.slice', 8],
    ]);
    expect(holdersOf('a.b[1].c')).toEqual(['a', 'a.b', 'a.b[1]']);
  });
  test('where what holds it stays in place: those in there alone', () => {
    const inPlace = { fields: [field('b', 0, 1), field('c', 1, 1), field('se', 8, 24, 'struct se')] };
    const opened = pushersOf(
      { ...before, unfolded: inside([field('load', 0, 8), field('run', 8, 8)]) },
      { ...inPlace, unfolded: inside([field('load', 0, 8), field('slice', 8, 8), field('run', 16, 8)]) },
      'se.run',
    );
    expect(opened.map(({ member }) => member)).toEqual(['se.slice']);
  });
  test('where what holds it cannot be unfolded: those before that', () => {
    expect(pushersOf(before, after, 'se.run').map(({ member }) => member)).toEqual(['new']);
  });
  test('two layouts, unfolded on both sides', () => {
    const pairs = pairsOf(
      { ...before, unfolded: inside([field('run', 0, 8)]) },
      { ...after, unfolded: inside([field('slice', 0, 8), field('run', 8, 8)]) },
    );
    expect(pairs.map(({ path, fate }) => `${path} ${fate}`)).toEqual([
      'a same',
      'se.run moved',
      'z moved',
      'new added',
      'se.slice added',
    ]);
  });
});

describe('a SPEC', () => {
  const entries = [
    { name: 'state', kind: 'offset' as const, paths: ['task_struct.__state', 'task_struct.state'], optional: false },
    { name: 'pkt', kind: 'offset' as const, paths: ['sk_buff.(pkt_type)'], optional: false },
    { name: 'tty', kind: 'offset' as const, paths: ['signal_struct.tty'], optional: true },
    { name: 'size', kind: 'size' as const, paths: ['task_struct'], optional: false },
  ];
  test('is in the address and comes back', () => {
    expect(entriesOf(addressOf(entries))).toEqual(entries);
    expect(entriesOf('::;a:offset:;b:nonsense:x;c:value:pid_type.PIDTYPE_SID')).toEqual([
      { name: 'c', kind: 'value', paths: ['pid_type.PIDTYPE_SID'], optional: false },
    ]);
  });
  test('is YAML', () => {
    expect(specText(entries)).toBe(`name: offsets
entries:
  state: [task_struct.__state, task_struct.state]
  pkt: sk_buff.(pkt_type)
  tty:
    offset: signal_struct.tty
    optional: true
  size:
    size: task_struct
`);
    expect(specText([{ name: 'x', kind: 'offset', paths: ['a: b'], optional: false }])).toContain('x: "a: b"');
  });
  test('names of entries are words that no other has', () => {
    const first = entryFor('task_struct.real_parent->tgid', 'offset', []);
    const second = entryFor('task_struct.real_parent->tgid', 'offset', [first]);
    const third = entryFor('task_struct.real_parent->tgid', 'offset', [first, second]);
    expect([first, second, third].map(({ name }) => name)).toEqual([
      'real_parent_tgid',
      'task_struct_real_parent_tgid',
      'real_parent_tgid_2',
    ]);
    expect(entryFor('task_struct', 'size', []).name).toBe('task_struct_size');
    expect(entryFor('task_struct.__state', 'offset', []).name).toBe('state');
  });
});

test('no cell of a CSV is a formula', () => {
  const rows = ['=1+1', 'a,"b"', '-1'];
  const lines = ['x', "'=1+1", '"a,""b"""', '-1', ''];
  expect(csvOf(rows, [{ title: 'x', text: (row) => row }])).toBe(lines.join('\r\n'));
});

test.each([
  ['struct sk_buff *', 'sk_buff'],
  ['vfs_read()', 'vfs_read'],
  ['task_struct->state;', 'task_struct.state'],
  ['task_struct::__state', 'task_struct.__state'],
  ['sk_buff  len', 'sk_buff len'],
  ['where did task_struct.state go?', 'task_struct.state'],
  ['what is in task_struct', 'task_struct'],
  ['6.12.94+deb13 arm64', '6.12.94+deb13 arm64'],
])('the name in %j is %j', (text, name) => {
  expect(wantedOf(text)).toBe(name);
});
