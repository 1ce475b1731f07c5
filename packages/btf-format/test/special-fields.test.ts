// Fields that the kernel looks after, by hand and at random. The verdicts in VERDICTS are those of the kernels themselves:
// 6.18 running, 7.2 from its image.

import { BtfBuilder, checkBtf } from '@btfq/btf-format';
import { seededRandom } from '@btfq/test-kit';
import { describe, expect, it } from 'vitest';
import { randomSpecialBtf } from './special-random.ts';

/** By release: `+` for each BTF that the kernel took. */
const VERDICTS: Readonly<Record<string, string>> = {
  '6.18':
    '------+-------+----+--+-----+-+------------------+------------+-+-+------++-+----------+---------++-' +
    '-------------+-+-+-------------+-++----------------+--------------------++--------------------------',
  '7.2':
    '------+-------+----+--+-----+-+-------------------------------+-+-+------++------------+---------+--' +
    '--------------++-+-------------+-++----------------+---------------------+--------------------------',
};

/** Types that the cases share, and a struct of members `[name, type, byte]` of `size` bytes. */
class Case {
  readonly builder = new BtfBuilder();
  readonly int = this.builder.addInt('int', 4, 1);
  readonly lock = this.builder.addStruct('bpf_spin_lock', 4);
  readonly head = this.builder.addStruct('bpf_list_head', 16);
  readonly listNode = this.builder.addStruct('bpf_list_node', 24);
  readonly root = this.builder.addStruct('bpf_rb_root', 16);
  readonly treeNode = this.builder.addStruct('bpf_rb_node', 32);
  readonly refcount = this.builder.addStruct('bpf_refcount', 4);

  struct(name: string, size: number, members: readonly (readonly [string, number, number])[]): number {
    const id = this.builder.addStruct(name, size);
    for (const [member, type, byte] of members) this.builder.addField(member, type, byte * 8);
    return id;
  }

  /** A struct that can be held, by `node`. */
  item(): number {
    return this.struct('item', 24, [['node', this.listNode, 0]]);
  }

  /** A list of items, with or without its tag and its lock. */
  list(tag: string | undefined = 'contains:item:node', lock = true): number {
    const members = [['head', this.head, 0], ...(lock ? [['lock', this.lock, 16]] : [])] as [string, number, number][];
    const id = this.struct('list', 24, members);
    if (tag !== undefined) this.builder.addDeclTag(tag, id, 0);
    return id;
  }

  kptr(tag: string, to: number): number {
    return this.builder.addPtr(this.builder.addTypeTag(tag, to));
  }

  array(type: number, count: number): number {
    return this.builder.addArray(type, this.int, count);
  }
}

const messages = (build: (to: Case) => void, release?: string): string[] => {
  const to = new Case();
  build(to);
  return checkBtf(to.builder.build(), { kernel: release === undefined ? true : { release } }).map(
    ({ code, message }) => {
      expect(code).toBe('special-field');
      return message;
    },
  );
};

describe('what is right', () => {
  it.each<[string, (to: Case) => void]>([
    ['a list with a lock and items', (to) => [to.item(), to.list()]],
    [
      'a node of a list and of a tree, with a refcount',
      (to) =>
        to.struct('both', 64, [
          ['a', to.listNode, 0],
          ['b', to.treeNode, 24],
          ['count', to.refcount, 56],
        ]),
    ],
    [
      'eleven kptrs',
      (to) => to.struct('many', 88, [['all', to.array(to.kptr('kptr', to.struct('own', 4, [])), 11), 0]]),
    ],
    [
      'a lock whose size is another: no lock',
      (to) => to.struct('plain', 8, [['lock', to.builder.addStruct('bpf_spin_lock', 8), 0]]),
    ],
    ['nothing special', (to) => to.struct('plain', 4, [['x', to.int, 0]])],
  ])('%s', (_, build) => expect(messages(build)).toEqual([]));
});

describe('what is wrong', () => {
  it.each<[string, string, (to: Case) => void]>([
    [
      'repeated fields beyond the most',
      'More than 11 special fields',
      (to) => {
        const pointer = to.kptr('kptr', to.struct('own', 4, []));
        to.struct('many', 96, [
          ['first', pointer, 0],
          ['all', to.array(pointer, 11), 8],
        ]);
      },
    ],
    [
      'the same in structs in arrays',
      'More than 11 special fields',
      (to) => {
        const pair = to.struct('pair', 16, [
          ['a', to.kptr('kptr', to.struct('own', 4, [])), 0],
          ['b', to.kptr('kptr', to.struct('other', 4, [])), 8],
        ]);
        to.struct('many', 8 + 6 * 16, [
          ['k', to.kptr('kptr', to.struct('third', 4, [])), 0],
          ['all', to.array(pair, 6), 8],
        ]);
      },
    ],
    [
      'two locks',
      'More than one bpf_spin_lock',
      (to) =>
        to.struct('two', 8, [
          ['a', to.lock, 0],
          ['b', to.lock, 4],
        ]),
    ],
    [
      'an array of locks',
      'An array repeats a bpf_spin_lock',
      (to) =>
        to.struct('locks', 12, [
          ['a', to.array(to.lock, 2), 0],
          ['b', to.lock, 8],
        ]),
    ],
    [
      'a list without a lock',
      'A bpf_list_head or bpf_rb_root without a bpf_spin_lock beside it',
      (to) => [to.item(), to.list('contains:item:node', false)],
    ],
    [
      'a list of nothing',
      'A bpf_list_head without a tag contains:STRUCT:MEMBER',
      (to) =>
        to.struct('list', 24, [
          ['head', to.head, 0],
          ['lock', to.lock, 16],
        ]),
    ],
    ['a list of unknown structs', 'contains:gone:node names no struct', (to) => to.list('contains:gone:node')],
    ['a list by no member', 'contains:item names no member', (to) => [to.item(), to.list('contains:item')]],
    [
      'a list by another member',
      'What a bpf_list_head holds has no member x',
      (to) => [to.item(), to.list('contains:item:x')],
    ],
    [
      'a list by a member that is not a node',
      'node is not a bpf_list_node',
      (to) => [
        to.struct('item', 28, [
          ['node', to.int, 0],
          ['real', to.listNode, 4],
        ]),
        to.list(),
      ],
    ],
    [
      'two tags',
      'A bpf_list_head with several tags contains:',
      (to) => {
        to.item();
        to.builder.addDeclTag('contains:item:node', to.list(), 0);
      },
    ],
    [
      'nodes of both kinds',
      'Both a bpf_list_node and a bpf_rb_node, and no bpf_refcount',
      (to) =>
        to.struct('both', 56, [
          ['a', to.listNode, 0],
          ['b', to.treeNode, 24],
        ]),
    ],
    [
      'a kptr to a number',
      'A kptr to what is not a struct',
      (to) =>
        to.struct('own', 16, [
          ['lock', to.lock, 0],
          ['p', to.kptr('kptr', to.int), 8],
        ]),
    ],
    [
      'a bit offset',
      'A special field at a bit offset',
      (to) => {
        const id = to.builder.addStruct('bits', 8);
        to.builder.addField('lock', to.lock, 0);
        to.builder.addField('flag', to.int, 33, 1);
        return id;
      },
    ],
    [
      'a list of itself',
      'Structs that hold one another, in a circle or more than 8 deep',
      (to) => {
        const id = to.struct('item', 48, [
          ['node', to.listNode, 0],
          ['head', to.head, 24],
          ['lock', to.lock, 40],
        ]);
        to.builder.addDeclTag('contains:item:node', id, 1);
      },
    ],
  ])('%s', (_, message, build) => expect(messages(build)).toContain(message));

  it('by its release: nothing before 6.2, structs inside from 6.11, kptrs from 6.12', () => {
    const alone = (to: Case) =>
      to.struct('list', 24, [
        ['head', to.head, 0],
        ['lock', to.lock, 16],
      ]);
    expect(messages(alone, '6.1')).toEqual([]);
    expect(messages(alone, '6.2')).toHaveLength(1);
    const inside = (to: Case) => {
      const inner = to.struct('inner', 8, [['lock', to.lock, 4]]);
      to.struct('outer', 40, [
        ['node', to.listNode, 0],
        ['inner', to.array(inner, 2), 24],
      ]);
    };
    expect(messages(inside, '6.10')).toEqual([]);
    expect(messages(inside, '6.11')).toContain('An array repeats a bpf_spin_lock');
    const kptr = (to: Case) =>
      to.struct('own', 16, [
        ['lock', to.lock, 0],
        ['p', to.kptr('kptr', to.int), 8],
      ]);
    expect(messages(kptr, '6.11')).toEqual([]);
    expect(messages(kptr, '6.12')).toEqual(['A kptr to what is not a struct']);
  });
});

it('ends, however structs nest', () => {
  const to = new Case();
  let inner = to.struct('s0', 4, [['x', to.int, 0]]);
  for (let i = 1; i < 30; i++)
    inner = to.struct(`s${i}`, 8, [
      ['a', inner, 0],
      ['b', inner, 0],
    ]);
  to.struct('own', 32, [
    ['lock', to.lock, 0],
    ['deep', inner, 8],
  ]);
  expect(checkBtf(to.builder.build(), { kernel: true })).toEqual([]);
});

it('says of random BTFs what kernels said', () => {
  const verdictsOf = (release: string) => {
    const random = seededRandom(20_261_128);
    let text = '';
    for (let i = 0; i < 200; i++) {
      text += checkBtf(randomSpecialBtf(random), { kernel: { release } }).length === 0 ? '+' : '-';
    }
    return text;
  };
  for (const [release, verdicts] of Object.entries(VERDICTS)) expect(verdictsOf(release), release).toBe(verdicts);
});
