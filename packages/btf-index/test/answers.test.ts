// Every answer equals what the BTFs themselves say, on a random sample of names and on those that are known to be hard;
// and it is the same by either driver.

import { readFileSync } from 'node:fs';
import { type Btf, BtfKind, decodeType, parseBtf, skipModifiersAndTypedefs } from '@btfq/btf-format';
import {
  type BtfIndex,
  type DeclarationKind,
  declarations,
  diffKernels,
  enumerator,
  field,
  fieldInKernels,
  fields,
  fieldsOfType,
  funcsOfType,
  kernelById,
  kernels,
  openIndex,
  search,
} from '@btfq/btf-index';
import { bytesSource, openReadIndex } from '@btfq/btf-index/read';
import { fixtureKernels, kernelBtf, NaiveBtf, seededRandom } from '@btfq/test-kit';
import { beforeAll, describe, expect, it } from 'vitest';
import { type BrutePlace, brutePlaces, cParams, cText, idsOf } from './brute-force.ts';
import { nearNames } from '../src/query/search.ts';
import { sharedIndex } from './kit.ts';
import { compareNaively } from './naive-comparison.ts';

const btfs = new Map<string, Btf>();
const random = seededRandom(20_261_123);
const KINDS: Readonly<Record<string, readonly number[]>> = {
  struct: [BtfKind.Struct],
  union: [BtfKind.Union],
  enum: [BtfKind.Enum, BtfKind.Enum64],
  typedef: [BtfKind.Typedef],
  func: [BtfKind.Func],
  var: [BtfKind.Var],
};

/** The same file, by SQLite's WebAssembly build over its bytes. */
let elsewhere: BtfIndex;

beforeAll(async () => {
  for (const { id, distro, version, arch, release } of fixtureKernels()) {
    btfs.set(`${distro}/${version}/${arch}/${release}`, parseBtf(kernelBtf(id)));
  }
  const { path } = sharedIndex();
  elsewhere = await openReadIndex(bytesSource(new Uint8Array(readFileSync(path)), path));
}, 120_000);

/** What is asked of both drivers, and is the same. */
function onBoth<T>(ask: (index: BtfIndex) => T): T {
  const answer = ask(sharedIndex());
  expect(ask(elsewhere)).toEqual(answer);
  return answer;
}

/** Random names of a kind, from random kernels. */
function someNames(kind: DeclarationKind, count: number): string[] {
  const all = [...btfs.values()];
  const names = new Set<string>();
  while (names.size < count) {
    const btf = random.pick(all);
    const id = 1 + random.below(btf.typeCount - 1);
    if (KINDS[kind]?.includes(btf.kind(id)) && btf.name(id) !== '') names.add(btf.name(id));
  }
  return [...names];
}

/** Names that one kernel has several declarations of. */
function sharedNames(kind: DeclarationKind): string[] {
  const found = new Set<string>();
  for (const btf of btfs.values()) {
    const seen = new Set<string>();
    for (let id = 1; id < btf.typeCount; id++) {
      if (!KINDS[kind]?.includes(btf.kind(id)) || btf.nameOff(id) === 0) continue;
      const name = btf.name(id);
      if (seen.has(name)) found.add(name);
      seen.add(name);
    }
  }
  return [...found];
}

function placeKey(place: BrutePlace): string {
  return JSON.stringify([place.bitOffset, place.bitSize, place.size, place.type]);
}

function expectField(kind: 'struct' | 'union', struct: string, path: string): void {
  const index = sharedIndex();
  const answer = onBoth((at) => field(at, kind, struct, path));
  const asked = new Map<string, string[]>();
  for (const row of answer ? fieldInKernels(index, answer) : []) {
    const { name } = kernelById(index, row.kernelId);
    asked.set(name, [...(asked.get(name) ?? []), placeKey(answer?.variants[row.variant] as BrutePlace)]);
  }
  for (const [name, btf] of btfs) {
    const brute = new Set(brutePlaces(btf, KINDS[kind]?.[0] as number, struct, path).map(placeKey));
    expect([name, ...(asked.get(name) ?? []).sort()], `${kind} ${struct} ${path}`).toEqual([
      name,
      ...[...brute].sort(),
    ]);
  }
}

describe('field', () => {
  it('is where the BTFs have it', () => {
    for (const name of [...someNames('struct', 150), ...sharedNames('struct')]) {
      const btf = random.pick([...btfs.values()].filter((one) => idsOf(one, [BtfKind.Struct], name).length > 0));
      const type = decodeType(btf, random.pick(idsOf(btf, [BtfKind.Struct], name)));
      if (type.kind !== BtfKind.Struct || type.members.length === 0) continue;
      const member = random.pick(type.members);
      if (member.name !== '') expectField('struct', name, member.name);
    }
    for (const name of someNames('union', 30)) {
      const btf = random.pick([...btfs.values()].filter((one) => idsOf(one, [BtfKind.Union], name).length > 0));
      const type = decodeType(btf, random.pick(idsOf(btf, [BtfKind.Union], name)));
      if (type.kind !== BtfKind.Union) throw new Error('no union');
      const named = type.members.filter((one) => one.name !== '');
      if (named.length > 0) expectField('union', name, random.pick(named).name);
    }
  });

  it.each([
    ['task_struct', 'pid'],
    ['task_struct', 'state'],
    ['task_struct', '__state'],
    ['task_struct', 'se.vruntime'],
    ['task_struct', 'thread.uw.value'],
    ['task_struct', 'in_execve'],
    ['sk_buff', 'pkt_type'],
    ['sk_buff', 'next'],
    ['sock', '__sk_common.skc_dport'],
    ['file', 'f_path.dentry'],
    ['request_queue', 'limits.max_sectors'],
    ['task_struct', 'comm'],
    ['mm_struct', 'mmap_lock.count.counter'],
    ['bio', 'bi_bdev'],
    ['task_struct', 'no_such_field'],
  ])('%s.%s', (struct, path) => expectField('struct', struct, path));

  it('says where it is not', () => {
    const index = sharedIndex();
    const answer = field(index, 'struct', 'task_struct', '__state');
    const ids = answer?.variants.flatMap(({ kernelIds }) => kernelIds) ?? [];
    expect([...ids, ...(answer?.absentFrom ?? [])].sort()).toEqual(
      kernels(index)
        .map(({ id }) => id)
        .sort(),
    );
    expect(answer?.absentFrom.map((id) => kernelById(index, id).version)).toEqual(['bullseye', 'bullseye']);
    expect(field(index, 'struct', 'no_such_struct', 'pid')).toBeUndefined();
  });

  it('answers many at once as one by one', () => {
    const index = sharedIndex();
    const asks = [
      { kind: 'struct', struct: 'task_struct', path: 'se.vruntime' },
      { kind: 'struct', struct: 'nothing', path: 'x' },
      { kind: 'union', struct: 'bpf_attr', path: 'map_type' },
      { kind: 'struct', struct: 'task_struct', path: 'pid' },
    ] as const;
    expect(fields(index, asks)).toEqual(asks.map(({ kind, struct, path }) => field(index, kind, struct, path)));
  });

  it.each(['', '.', 'a..b', 'a->b', '[1]', 'a[', 'a.[0]', 'a b'])('refuses the path %j', (path) => {
    expect(() => field(sharedIndex(), 'struct', 'task_struct', path)).toThrow(
      expect.objectContaining({ code: 'bad-path' }),
    );
  });
});

/** What a declaration of a BTF says, in the words of the index. */
function bruteDeclaration(btf: Btf, id: number): unknown {
  const type = decodeType(btf, id);
  switch (type.kind) {
    case BtfKind.Enum:
    case BtfKind.Enum64:
      return { size: type.size, signed: type.signed, values: type.values.map(({ name, value }) => `${name}=${value}`) };
    case BtfKind.Typedef:
    case BtfKind.Var:
      return cText(btf, type.type);
    case BtfKind.Func: {
      const proto = decodeType(btf, type.type);
      if (proto.kind !== BtfKind.FuncProto) throw new Error('no prototype');
      return `${type.linkage} ${cText(btf, proto.returnType, `${type.name}(${cParams(btf, proto)})`)}`;
    }
    case BtfKind.Struct:
    case BtfKind.Union:
      return {
        size: type.size,
        members: type.members.map((one) => `${one.name} ${cText(btf, one.type)} ${one.bitOffset}`),
      };
    default:
      throw new Error(`kind ${type.kind}`);
  }
}

const LINKAGES = ['static', 'global', 'extern'];

describe.each(['struct', 'union', 'enum', 'typedef', 'func', 'var'] as const)('declarations of kind %s', (kind) => {
  it('are those of the BTFs, all of them', () => {
    const index = sharedIndex();
    for (const name of new Set([...someNames(kind, 60), ...sharedNames(kind).slice(0, 60)])) {
      const inIndex = new Map<string, string[]>();
      for (const one of onBoth((at) => declarations(at, kind, name))) {
        let said: unknown;
        if (one.kind === 'enum') {
          const values = one.enumerators.map((value) => `${value.name}=${value.value}`);
          said = { size: one.size, signed: one.signed, values };
        } else if (one.kind === 'func') said = `${LINKAGES.indexOf(one.linkage)} ${one.signature}`;
        else if (one.kind === 'typedef' || one.kind === 'var') said = one.type;
        else {
          const members = one.fields.filter(({ depth }) => depth === 0);
          said = {
            size: one.size,
            members: members.map((member) => `${member.name} ${member.type} ${member.bitOffset}`),
          };
        }
        for (const id of one.kernelIds) {
          const { name: kernel } = kernelById(index, id);
          inIndex.set(kernel, [...(inIndex.get(kernel) ?? []), JSON.stringify(said)]);
        }
      }
      for (const [kernel, btf] of btfs) {
        const brute = new Set(
          idsOf(btf, KINDS[kind] as number[], name).map((id) => JSON.stringify(bruteDeclaration(btf, id))),
        );
        // layouts that differ deep inside anonymous members alone look alike here: compared as sets
        expect([kernel, ...new Set(inIndex.get(kernel))].sort(), `${kind} ${name}`).toEqual([kernel, ...brute].sort());
      }
    }
  });
});

it('an enumerator has the values of the BTFs', () => {
  const index = sharedIndex();
  const names = new Set(['BPF_MAP_TYPE_HASH', 'PIDTYPE_MAX', 'BPF_ANY']);
  for (const btf of btfs.values()) {
    for (let n = 0; n < 15; ) {
      const type = decodeType(btf, 1 + random.below(btf.typeCount - 1));
      if ((type.kind !== BtfKind.Enum && type.kind !== BtfKind.Enum64) || type.values.length === 0) continue;
      names.add(random.pick(type.values).name);
      n++;
    }
  }
  const brute = new Map<string, Set<string>>();
  for (const [kernel, btf] of btfs) {
    for (let id = 1; id < btf.typeCount; id++) {
      const type = decodeType(btf, id);
      if (type.kind !== BtfKind.Enum && type.kind !== BtfKind.Enum64) continue;
      for (const { name, value } of type.values) {
        if (names.has(name)) brute.set(name, (brute.get(name) ?? new Set()).add(`${kernel} ${type.name} ${value}`));
      }
    }
  }
  for (const name of names) {
    const asked = onBoth((at) => enumerator(at, name)).flatMap((one) =>
      one.kernelIds.map((id) => `${kernelById(index, id).name} ${one.enum} ${one.value}`),
    );
    expect(asked.sort(), name).toEqual([...(brute.get(name) ?? [])].sort());
  }
});

it('members of a type are those of the BTFs', () => {
  const index = sharedIndex();
  const types = ['struct mm_struct *', 'char[16]', 'int (*)(struct device *)', 'u64', 'struct mutex'];
  const brute = new Map(types.map((type) => [type, new Set<string>()]));
  for (const [kernel, btf] of btfs) {
    const texts = new Map<number, string>();
    const textOf = (id: number): string => {
      const text = texts.get(id) ?? cText(btf, id);
      texts.set(id, text);
      return text;
    };
    const visit = (owner: string, id: number): void => {
      const composite = decodeType(btf, id);
      if (composite.kind !== BtfKind.Struct && composite.kind !== BtfKind.Union) return;
      for (const member of composite.members) {
        brute.get(textOf(member.type))?.add(`${kernel} ${owner}.${member.name}`);
        if (member.name === '') visit(owner, skipModifiersAndTypedefs(btf, member.type));
      }
    };
    for (let id = 1; id < btf.typeCount; id++) {
      if (btf.nameOff(id) === 0) continue;
      // a typedef of a struct without a tag is asked for as a struct is
      const target = btf.kind(id) === BtfKind.Typedef ? skipModifiersAndTypedefs(btf, id) : id;
      if (target !== id && btf.nameOff(target) !== 0) continue;
      const kind = btf.kind(target);
      if (kind !== BtfKind.Struct && kind !== BtfKind.Union) continue;
      visit(`${kind === BtfKind.Struct ? 'struct' : 'union'} ${btf.name(id)}`, target);
    }
  }
  for (const [type, expected] of brute) {
    const asked = onBoth((at) => fieldsOfType(at, type)).flatMap((one) =>
      one.kernelIds.map((id) => `${kernelById(index, id).name} ${one.kind} ${one.struct}.${one.field}`),
    );
    expect(expected.size, type).toBeGreaterThan(0);
    expect(asked.sort(), type).toEqual([...expected].sort());
  }
});

it('a difference has what only one of two kernels has', () => {
  const index = sharedIndex();
  const [a, b] = kernels(index).filter(({ arch, release }) => arch === 'x86_64' && /^6\./.test(release));
  const diff = diffKernels(index, a?.id ?? 0, b?.id ?? 0);
  const functions = (name: string) => {
    const btf = btfs.get(name) as Btf;
    const names = new Set<string>();
    for (let id = 1; id < btf.typeCount; id++) if (btf.kind(id) === BtfKind.Func) names.add(btf.name(id));
    return names;
  };
  const [old, young] = [functions(a?.name ?? ''), functions(b?.name ?? '')];
  const of = (change: string) =>
    diff.entries.filter((entry) => entry.kind === 'func' && entry.change === change).map(({ name }) => name);
  expect(of('added').sort()).toEqual([...young].filter((name) => !old.has(name)).sort());
  expect(of('removed').sort()).toEqual([...old].filter((name) => !young.has(name)).sort());
  expect(diffKernels(index, a?.id ?? 0, a?.id ?? 0).entries).toEqual([]);
  const named = onBoth((at) => diffKernels(at, a?.id ?? 0, b?.id ?? 0, { name: 'task_struct' }));
  expect(named.entries).toEqual(diff.entries.filter(({ name }) => name === 'task_struct'));
});

it('says what a naive reader says', { timeout: 120_000 }, () => {
  const naive = new Map(fixtureKernels().map(({ id }) => [id, new NaiveBtf(kernelBtf(id))]));
  const { counts, differences } = compareNaively(sharedIndex(), naive, { stride: 397, types: false, pairs: 1 });
  expect(differences).toEqual([]);
  expect(counts.fields).toBeGreaterThan(500);
  expect(counts.differences).toBeGreaterThan(10_000);
});

describe('search', () => {
  it('ranks exact before prefix before substring before likeness', () => {
    const hits = onBoth((at) => search(at, 'task_struct', { kinds: ['struct'], limit: 50 }));
    expect(hits[0]).toMatchObject({ name: 'task_struct', match: 'exact', kernels: 8 });
    const order = ['exact', 'prefix', 'substring', 'fuzzy'];
    const ranks = hits.map(({ match }) => order.indexOf(match));
    expect(ranks).toEqual([...ranks].sort());
    expect(search(sharedIndex(), 'tsak_struct', { kinds: ['struct'] })[0]).toMatchObject({
      name: 'task_struct',
      match: 'fuzzy',
    });
  });

  it('finds every name with the text in it', () => {
    const brute = new Set<string>();
    for (const btf of btfs.values()) {
      for (let id = 1; id < btf.typeCount; id++) {
        if (btf.kind(id) === BtfKind.Func && btf.name(id).toLowerCase().includes('vfs_r')) brute.add(btf.name(id));
      }
    }
    const found = onBoth((at) => search(at, 'VFS_r', { kinds: ['func'], limit: 10_000 }));
    const hits = found.filter(({ match }) => match !== 'fuzzy');
    expect(hits.map(({ name }) => name).sort()).toEqual([...brute].sort());
  });

  it('answers the first searches of a process, which do not read all names, like those that follow', () => {
    const follow = openIndex(sharedIndex().path, { readonly: true });
    for (let asked = 0; asked < 5; asked++) search(follow, 'not there');
    const texts = [
      'TASK_struct',
      'tsak_struct',
      'vruntime',
      'S',
      '_ops',
      'sched entity',
      'sk_',
      'rq',
      '100%',
      'vfs_raed',
      'é',
    ];
    for (const text of texts) {
      for (const options of [{}, { kinds: ['struct', 'union'] }, { limit: 200 }] as const) {
        const first = openIndex(sharedIndex().path, { readonly: true });
        expect(search(first, text, options), text).toEqual(search(follow, text, options));
        expect(nearNames(first, 'func', text), text).toEqual(nearNames(follow, 'func', text));
        first.close();
      }
    }
    follow.close();
  });
});

it('answers the first questions for functions of a type like those that follow', () => {
  const follow = openIndex(sharedIndex().path, { readonly: true });
  for (let asked = 0; asked < 5; asked++) funcsOfType(follow, 'struct nothing *');
  const types = [
    'struct task_struct *',
    'const char *',
    'u32',
    'long unsigned int',
    'struct page * *',
    'int (*)(void *)',
  ];
  for (const type of [...types, 'void *', 'enum pid_type', 'struct file_operations const*', 'char *const']) {
    const first = openIndex(sharedIndex().path, { readonly: true });
    expect(funcsOfType(first, type), type).toEqual(funcsOfType(follow, type));
    first.close();
  }
  follow.close();
});
