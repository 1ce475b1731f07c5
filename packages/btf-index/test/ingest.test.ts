// What goes in comes out, whatever the order; what is there already changes nothing.

import { createHash } from 'node:crypto';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import {
  databaseOf,
  commitKernel,
  declarations,
  exportBtf,
  exportModule,
  field,
  identicalKernels,
  ingestKernel,
  kernelById,
  kernels,
  mergeIndex,
  modules,
  openIndex,
  prepareKernel,
  removeKernel,
  stats,
  verifyIndex,
} from '@btfq/btf-index';
import Database from 'better-sqlite3';
import { BtfBytes, fixtureKernels, kernelBtf, seededRandom } from '@btfq/test-kit';
import { describe, expect, it } from 'vitest';
import { smallKernel } from './small-kernel.ts';
import { smallModules } from './small-module.ts';
import { codeOf, freshPath, identityOf, indexOf, sharedIndex } from './kit.ts';

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** Everything that questions answer, with kernels by name: the same for every order of ingesting. */
function answersOf(index: ReturnType<typeof openIndex>): unknown {
  const name = (id: number) => kernelById(index, id).name;
  const named = (ids: readonly number[]) => ids.map(name);
  return {
    kernels: kernels(index).map(({ name, sha256, bytes, types }) => ({ name, sha256, bytes, types })),
    pid: ['pid', '__state', 'se.vruntime', 'thread_info.flags'].map((path) => {
      const answer = field(index, 'struct', 'task_struct', path);
      return [
        answer?.variants.map(({ kernelIds, declarationIds: _, places, ...place }) => [
          place,
          named(kernelIds),
          places.map((one) => [one.module, named(one.kernelIds)]),
        ]),
        named(answer?.absentFrom ?? []),
      ];
    }),
    layouts: ['sk_buff', 'inode', 'list_head', 'config_item'].map((struct) =>
      declarations(index, 'struct', struct).map(({ hash, kernelIds }) => [hash, named(kernelIds)]),
    ),
    functions: declarations(index, 'func', 'vfs_read').map(({ signature, kernelIds }) => [signature, named(kernelIds)]),
  };
}

/** The bytes of an index without the two places where SQLite counts transactions, those that change nothing too. */
function withoutChangeCounter(path: string): Buffer {
  return readFileSync(path).fill(0, 24, 28).fill(0, 92, 96);
}

describe('every kernel', () => {
  it('comes out byte for byte', () => {
    const index = sharedIndex();
    for (const kernel of fixtureKernels()) {
      const row = kernels(index).find(({ release, arch }) => release === kernel.release && arch === kernel.arch);
      expect(sha256(exportBtf(index, row?.id ?? 0)), kernel.id).toBe(kernel.sha256);
    }
  });

  it('is verified', () => {
    const result = verifyIndex(sharedIndex());
    expect(result).toMatchObject({ kernels: 8, contents: 8, modules: 0, problems: [] });
    expect(result.declarations).toBe(stats(sharedIndex()).declarations);
  }, 120_000);

  it('answers the same in another order', () => {
    const random = seededRandom(7);
    const shuffled = [...fixtureKernels()].sort(() => random.below(3) - 1);
    const index = indexOf(shuffled);
    expect(answersOf(index)).toEqual(answersOf(sharedIndex()));
    for (const { release, arch, sha256: expected } of fixtureKernels()) {
      const row = kernels(index).find((one) => one.release === release && one.arch === arch);
      expect(sha256(exportBtf(index, row?.id ?? 0))).toBe(expected);
    }
    index.close();
  }, 120_000);
});

const [first, second, third] = fixtureKernels();

describe('ingesting', () => {
  it('twice changes nothing', () => {
    const path = freshPath();
    indexOf([first!], path).close();
    const before = withoutChangeCounter(path);
    const index = openIndex(path);
    const generation = index.generation();
    const again = ingestKernel(index, { identity: identityOf(first!), btf: kernelBtf(first!.id) });
    expect(again.outcome).toBe('unchanged');
    expect(index.generation()).toBe(generation);
    index.close();
    const after = openIndex(path);
    expect(verifyIndex(after).problems).toEqual([]);
    expect(stats(after)).toMatchObject({ kernels: 1, distinct: 1 });
    after.close();
    expect(Buffer.compare(withoutChangeCounter(path), before)).toBe(0);
  }, 60_000);

  it('stores the same content once under two names', () => {
    const index = indexOf([first!]);
    const { outcome, kernelId } = ingestKernel(index, {
      identity: { ...identityOf(first!), release: 'other-name' },
      btf: kernelBtf(first!.id),
    });
    expect(outcome).toBe('alias');
    expect(stats(index)).toMatchObject({ kernels: 2, distinct: 1 });
    expect(identicalKernels(index, kernelId)).toHaveLength(1);
    expect(field(index, 'struct', 'task_struct', 'pid')?.variants[0]?.kernelIds).toHaveLength(2);
    removeKernel(index, kernelId);
    expect(stats(index)).toMatchObject({ kernels: 1, distinct: 1 });
    expect(verifyIndex(index).problems).toEqual([]);
    index.close();
  }, 60_000);

  it('refuses a taken name, and takes it when told to', () => {
    const index = indexOf([first!]);
    const prepared = prepareKernel(kernelBtf(second!.id));
    expect(codeOf(() => commitKernel(index, prepared, identityOf(first!)))).toBe('kernel-exists');
    expect(kernels(index)[0]?.sha256).toBe(first!.sha256);
    expect(commitKernel(index, prepared, identityOf(first!), { replace: true }).outcome).toBe('replaced');
    expect(kernels(index).map((kernel) => kernel.sha256)).toEqual([second!.sha256]);
    expect(verifyIndex(index).problems).toEqual([]);
    index.close();
  }, 60_000);

  it.each(['', 'a/b', 'a b', '..', 'a,b', 'a|b', 'a\n', 'x'.repeat(200)])('refuses the distro %j', (distro) => {
    const index = openIndex(freshPath());
    expect(
      codeOf(() => ingestKernel(index, { identity: { ...identityOf(first!), distro }, btf: kernelBtf(first!.id) })),
    ).toBe('bad-identity');
    index.close();
  });

  it('refuses bad BTF and keeps what is there', () => {
    const index = openIndex(freshPath());
    const identity = { distro: 'a', version: '1', arch: 'x86_64', release: '1' };
    expect(codeOf(() => ingestKernel(index, { identity, btf: new Uint8Array(100) }))).toBe('not-btf');
    expect(kernels(index)).toEqual([]);
    index.close();
  });

  it('keeps odd BTFs exactly: big-endian, empty, self-containing, many of one name', () => {
    const index = openIndex(freshPath());
    const kernel = (release: string, btf: Uint8Array) =>
      ingestKernel(index, { identity: { distro: 'odd', version: '1', arch: 'x86_64', release }, btf }).kernelId;
    for (const littleEndian of [true, false]) {
      const odd = new BtfBytes({ littleEndian });
      const int = odd.int('int', 4);
      odd.struct('same', 4, [{ name: 'a', type: int, offset: 0 }]);
      odd.struct('same', 8, [{ name: 'b', type: int, offset: 32 }]);
      odd.struct('same', 4, [{ name: 'a', type: int, offset: 0 }]);
      const self = odd.struct('', 8, [{ name: 'self', type: 5, offset: 0 }]);
      odd.ptr(self);
      const bytes = odd.build();
      const id = kernel(`odd-${littleEndian}`, bytes);
      expect(Buffer.compare(exportBtf(index, id), bytes)).toBe(0);
    }
    const empty = new BtfBytes({}).build();
    expect(Buffer.compare(exportBtf(index, kernel('empty', empty)), empty)).toBe(0);
    const same = declarations(index, 'struct', 'same');
    expect(same.map(({ size, kernelIds }) => [size, kernelIds.length]).sort()).toEqual([
      [4, 2],
      [8, 2],
    ]);
    expect(field(index, 'struct', 'same', 'b')?.variants[0]).toMatchObject({ offset: 4, size: 4 });
    expect(verifyIndex(index).problems).toEqual([]);
    index.close();
  });
});

describe('modules', () => {
  const base = new BtfBytes({});
  const int = base.int('int', 4);
  const kernel = base.build();
  const module = () => {
    const split = new BtfBytes({ firstId: 2, firstString: 5 });
    split.struct('mine', 4, [{ name: 'x', type: int, offset: 0 }]);
    return split.build();
  };
  const identity = { distro: 'a', version: '1', arch: 'x86_64', release: '1' };

  it('come out byte for byte, with their distilled base', () => {
    const index = openIndex(freshPath());
    const { kernelId } = ingestKernel(index, {
      identity,
      btf: kernel,
      modules: [
        { name: 'plain', btf: module() },
        { name: 'distilled', btf: module(), base: kernel },
      ],
    });
    expect(Buffer.compare(exportModule(index, kernelId, 'plain').btf, module())).toBe(0);
    const distilled = exportModule(index, kernelId, 'distilled');
    expect(Buffer.compare(distilled.base ?? new Uint8Array(), kernel)).toBe(0);
    expect(modules(index, [kernelId]).get(kernelId)).toMatchObject([
      { name: 'distilled', distilled: true },
      { name: 'plain', distilled: false },
    ]);
    expect(codeOf(() => exportModule(index, kernelId, 'none'))).toBe('unknown-module');
    expect(verifyIndex(index).problems).toEqual([]);
    removeKernel(index, kernelId);
    expect(stats(index)).toMatchObject({ kernels: 0, modules: 0, distinct: 0, declarations: 0 });
    index.close();
  });
});

describe('removing and merging', () => {
  it('leaves no trace, whichever kernel goes', () => {
    const some = [first!, second!, third!];
    for (const gone of some) {
      const rest = some.filter((kernel) => kernel !== gone);
      const index = indexOf(some);
      const row = kernels(index).find(({ sha256: hash }) => hash === gone.sha256);
      removeKernel(index, row?.id ?? 0);
      const fresh = indexOf(rest);
      expect(answersOf(index)).toEqual(answersOf(fresh));
      const counts = (one: typeof index) => {
        const { kernels: k, declarations: d, names: n } = stats(one);
        return {
          k,
          d,
          n,
          strings: databaseOf(one).prepare('SELECT count(*) AS n FROM name').get(),
          types: databaseOf(one).prepare('SELECT count(*) AS n FROM type').get(),
        };
      };
      expect(counts(index)).toEqual(counts(fresh));
      expect(verifyIndex(index).problems).toEqual([]);
      index.close();
      fresh.close();
    }
  }, 120_000);

  it('joins two indexes', () => {
    const [a, b] = [freshPath(), freshPath()];
    indexOf([first!, second!], a).close();
    indexOf([second!, third!], b).close();
    const index = openIndex(a);
    expect(mergeIndex(index, b)).toEqual({ added: 1, unchanged: 1, refused: [] });
    expect(mergeIndex(index, b)).toEqual({ added: 0, unchanged: 2, refused: [] });
    expect(answersOf(index)).toEqual(answersOf(indexOf([first!, second!, third!])));
    index.close();
  }, 120_000);
});

describe('modules of a series', () => {
  it('are stored once where they are the same, and come out over their own kernel', () => {
    const index = openIndex(freshPath());
    const ids = [0, 1, 2, 3, 4].map(
      (n) => ingestKernel(index, { ...smallKernel(n), modules: smallModules(n) }).kernelId,
    );
    ids.forEach((id, n) => {
      for (const { name, btf, base } of smallModules(n)) {
        const found = exportModule(index, id, name);
        expect(Buffer.compare(found.btf, btf), `${n} ${name}`).toBe(0);
        expect(found.base === undefined).toBe(base === undefined);
      }
    });
    const plain = new Set(ids.map((_, n) => sha256(smallModules(n)[0]?.btf ?? new Uint8Array())));
    expect(plain.size).toBeGreaterThan(1); // their bytes differ, as their kernels' ids do
    const parts = databaseOf(index).prepare('SELECT count(*) AS n FROM module_data WHERE id % 65536 > 0').get();
    expect(parts).toEqual({ n: 4 }); // the plain module once, and what the distilled ones were: three
    expect(verifyIndex(index).problems).toEqual([]);
    removeKernel(index, ids[0] ?? 0);
    expect(
      Buffer.compare(exportModule(index, ids[4] ?? 0, 'plain').btf, smallModules(4)[0]?.btf ?? new Uint8Array()),
    ).toBe(0);
    expect(verifyIndex(index).problems).toEqual([]);
    index.close();
  });

  it('go with their kernel where a kernel like it has none that are known', () => {
    const index = openIndex(freshPath());
    const { kernelId } = ingestKernel(index, { ...smallKernel(0), modules: smallModules(0) });
    ingestKernel(index, smallKernel(1));
    removeKernel(index, kernelId);
    expect(verifyIndex(index)).toMatchObject({ kernels: 1, problems: [] });
    expect(databaseOf(index).prepare('SELECT count(*) AS n FROM module').get()).toEqual({ n: 0 });
    expect(declarations(index, 'struct', 'of_module')).toEqual([]);
    index.close();
  });

  it('of an index of version 1 are to be ingested again; one without modules is brought up to date', () => {
    const path = freshPath();
    copyFileSync(new URL('index-v1.db', import.meta.url), path);
    expect(codeOf(() => openIndex(path, { readonly: true }))).toBe('older-version');
    expect(codeOf(() => openIndex(path))).toBe('older-version');
    new Database(path).exec('DELETE FROM module').close();
    const index = openIndex(path);
    expect(verifyIndex(index)).toMatchObject({ kernels: 4, problems: [] });
    for (const kernel of kernels(index)) {
      const n = Number(kernel.release.split('.')[2]);
      expect(Buffer.compare(exportBtf(index, kernel.id), smallKernel(n).btf)).toBe(0);
      expect(kernel.source).toBe(`small ${n}`);
      expect(kernel.modules).toBeNull();
      expect(ingestKernel(index, { ...smallKernel(n), modules: smallModules(n) }).outcome).toBe('replaced');
      for (const { name, btf } of smallModules(n)) {
        expect(Buffer.compare(exportModule(index, kernel.id, name).btf, btf)).toBe(0);
      }
      expect(ingestKernel(index, { ...smallKernel(n), modules: smallModules(n) }).outcome).toBe('unchanged');
    }
    expect(ingestKernel(index, { ...smallKernel(9), modules: smallModules(9) }).outcome).toBe('added');
    expect(verifyIndex(index).problems).toEqual([]);
    index.close();
    const schema = (file: string) => {
      const one = openIndex(file);
      const sql = (
        databaseOf(one).prepare('SELECT name FROM pragma_table_list ORDER BY name').all() as { name: string }[]
      ).map(({ name }) => [
        name,
        databaseOf(one).prepare(`SELECT name, type, "notnull", pk FROM pragma_table_info('${name}')`).all(),
      ]);
      one.close();
      return sql;
    };
    expect(schema(path)).toEqual(schema(freshPath()));
  });

  it('of an index of version 4 are stored as this version stores them, and everything is answered as before', () => {
    // made by btfq 0.1.0: small kernels 0, 1, 2 and 4, the third without modules
    const path = freshPath();
    writeFileSync(path, gunzipSync(readFileSync(new URL('index-v4.db.gz', import.meta.url))));
    expect(codeOf(() => openIndex(path, { readonly: true }))).toBe('older-version');
    const index = openIndex(path);
    const fresh = openIndex(freshPath());
    for (const n of [0, 1, 2, 4]) {
      ingestKernel(fresh, { ...smallKernel(n), ...(n === 2 ? {} : { modules: smallModules(n) }) });
    }
    expect(answersOf(index)).toEqual(answersOf(fresh));
    for (const kernel of kernels(index)) {
      const n = Number(kernel.release.split('.')[2]);
      expect(Buffer.compare(exportBtf(index, kernel.id), smallKernel(n).btf)).toBe(0);
      const own = n === 2 ? [] : smallModules(n);
      expect(kernel.modules).toBe(n === 2 ? null : own.length);
      for (const { name, btf, base } of own) {
        const there = exportModule(index, kernel.id, name);
        expect(Buffer.compare(there.btf, btf), `${n} ${name}`).toBe(0);
        expect(there.base === undefined).toBe(base === undefined);
      }
      for (const name of ['of_module', 'struct_5', 'distilled_0', 'distilled_1', 'distilled_2']) {
        const said = (at: typeof index) =>
          declarations(at, 'struct', name).map(({ hash, places }) => [hash, places.map(({ module }) => module)]);
        expect(said(index), name).toEqual(said(fresh));
      }
      const again = ingestKernel(index, { ...smallKernel(n), ...(n === 2 ? {} : { modules: own }) });
      expect(again.outcome).toBe('unchanged');
    }
    expect(verifyIndex(index)).toMatchObject({ kernels: 4, problems: [] });
    const tables = (at: typeof index) =>
      databaseOf(at).prepare(`SELECT name FROM sqlite_schema WHERE name NOT LIKE 'sqlite%' ORDER BY name`).all();
    expect(tables(index)).toEqual(tables(fresh));
    index.close();
    fresh.close();
  });
});
