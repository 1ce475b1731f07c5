// A SPEC over all fixture kernels: each cell is what `field`, `declarations` and `enumerator` say, and what every language
// that is on this machine prints from its own table.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import {
  chosenCandidates,
  declarations,
  enumerator,
  explainEntries,
  field,
  fieldInKernels,
  type IndexedOffsetTable,
  kernels,
  offsetTable,
  parseWhere,
  readOffsetsSpec,
  requireEntries,
} from '@btfq/btf-index';
import {
  dumpLines,
  generateTable,
  inSeries,
  readCommittedTable,
  staleKernels,
  TABLE_LANGUAGES,
  type TableLanguage,
} from '@btfq/offsets';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { codeOf, sharedIndex } from './kit.ts';

const REPO = resolve(import.meta.dirname, '../../..');
const STRICT = ['-Wall', '-Wextra', '-Werror'];
const SPECS = ['process-sensor', 'packet-filter'];
let folder: string;
const tables = new Map<string, IndexedOffsetTable>();

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'btfq-offsets-'));
  for (const name of SPECS) {
    const text = readFileSync(join(REPO, 'docs/examples', `${name}.yaml`), 'utf8');
    tables.set(name, offsetTable(sharedIndex(), await readOffsetsSpec(text)));
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const cells = (table: IndexedOffsetTable, name: string) => {
  const e = table.spec.entries.findIndex((entry) => entry.name === name);
  return table.rowOf.map((row) => table.rows[row]?.[e]);
};
const answer = async (yaml: string) => offsetTable(sharedIndex(), await readOffsetsSpec(`entries:\n  x: ${yaml}\n`));

describe('cells are what the other questions say', () => {
  test.each(SPECS)('%s: offsets without pointers', (name) => {
    const table = tables.get(name) as IndexedOffsetTable;
    for (const entry of table.spec.entries) {
      if (entry.kind !== 'offset' || entry.alternatives.some(({ segments }) => segments.length > 1)) continue;
      const expected = new Map<number, string>();
      for (const [i, { type, segments }] of entry.alternatives.entries()) {
        const found = field(sharedIndex(), 'composite', type, segments[0]!);
        if (found === undefined) continue;
        for (const { kernelId, variant } of fieldInKernels(sharedIndex(), found)) {
          const { offset, bitOffset, bitSize, size } = found.variants[variant] as (typeof found.variants)[number];
          if (!expected.has(kernelId))
            expected.set(kernelId, `${i} ${offset} ${bitOffset - offset * 8} ${bitSize} ${size}`);
        }
      }
      const own = cells(table, entry.name).map((cell) =>
        cell?.kind === 'field'
          ? `${cell.alternative} ${cell.offsets} ${cell.bitOffset} ${cell.bitSize} ${cell.size}`
          : undefined,
      );
      expect(own, entry.name).toEqual(table.kernels.map(({ id }) => expected.get(id)));
    }
  });

  test('a path through two pointers is the fields one after the other', () => {
    const at = (struct: string, path: string) => {
      const found = field(sharedIndex(), 'composite', struct, path);
      return new Map(
        fieldInKernels(sharedIndex(), found!).map(({ kernelId, variant }) => [
          kernelId,
          found!.variants[variant]!.offset,
        ]),
      );
    };
    const [signal, tty, index] = [at('task_struct', 'signal'), at('signal_struct', 'tty'), at('tty_struct', 'index')];
    const table = tables.get('process-sensor') as IndexedOffsetTable;
    const own = cells(table, 'task_session').map((cell) => (cell?.kind === 'field' ? cell.offsets : undefined));
    expect(own).toEqual(table.kernels.map(({ id }) => [signal.get(id), tty.get(id), index.get(id)]));
  });

  test('sizes, values, functions, parameters and existence', async () => {
    const sizes = new Map(
      declarations(sharedIndex(), 'struct', 'task_struct').flatMap((one) => one.kernelIds.map((id) => [id, one.size])),
    );
    const size = await answer('{size: task_struct}');
    expect(cells(size, 'x').map((cell) => cell?.kind === 'number' && Number(cell.value))).toEqual(
      kernels(sharedIndex()).map(({ id }) => sizes.get(id)),
    );
    const [pgid] = enumerator(sharedIndex(), 'PIDTYPE_PGID');
    const value = await answer('{value: PIDTYPE_PGID}');
    expect(cells(value, 'x')[0]).toMatchObject({ kind: 'number', value: pgid?.value });
    const unlink = declarations(sharedIndex(), 'func', 'vfs_unlink');
    const parameter = await answer('{parameter: vfs_unlink.dentry}');
    const positions = new Map(
      unlink.flatMap((one) => one.kernelIds.map((id) => [id, one.params.findIndex(({ name }) => name === 'dentry')])),
    );
    expect(cells(parameter, 'x').map((cell) => cell?.kind === 'number' && Number(cell.value))).toEqual(
      kernels(sharedIndex()).map(({ id }) => positions.get(id)),
    );
    const state = await answer('{exists: task_struct.__state}');
    expect(cells(state, 'x').map((cell) => cell?.kind === 'number' && cell.value)).toEqual(
      kernels(sharedIndex()).map(({ release }) => (release.startsWith('5.10') ? 0n : 1n)),
    );
  });

  test('a filter leaves the other kernels out', async () => {
    const spec = await readOffsetsSpec('entries:\n  pid: task_struct.pid\n');
    const table = offsetTable(sharedIndex(), spec, parseWhere('arch=arm64'));
    expect(table.kernels.map(({ arch }) => arch)).toEqual(['arm64', 'arm64', 'arm64']);
  });
});

describe('bad SPECs say where', () => {
  test.each([
    ['unknown key', 'entries:\n  a:\n    ofset: task_struct.pid\n', 'bad-spec', 3],
    ['unknown key at the top', 'entries: {a: task_struct.pid}\nnmae: x\n', 'bad-spec', 2],
    ['no path', 'entries:\n  a: task_struct..pid\n', 'bad-spec-path', 2],
    ['no path among several', 'entries:\n  a: [task_struct.pid,\n    "task_struct->pid"]\n', 'bad-spec-path', 3],
    ['a type alone', 'entries:\n  a: task_struct\n', 'bad-spec-path', 2],
    ['a number', 'entries:\n\n  a: 7\n', 'bad-spec', 3],
    ['two questions', 'entries:\n  a: {offset: a.b,\n    size: a}\n', 'bad-spec', 3],
    ['the same name twice', 'entries:\n  a_b: a.b\n  aB: a.b\n', 'bad-spec', 3],
    ['the same key twice', 'entries:\n  a: a.b\n  a: a.b\n', 'bad-spec', 3],
    ['no YAML', 'entries:\n  a: [\n', 'bad-spec', 3],
    ['JSON with an unknown key', '{\n "entries": {\n  "a": {"offset": "a.b", "optinal": true}\n }\n}', 'bad-spec', 3],
    ['nothing', '', 'bad-spec', 1],
  ])('%s', async (_, text, code, line) => {
    await expect(readOffsetsSpec(text)).rejects.toMatchObject({ name: 'OffsetsError', code, line });
  });

  test('an entry that no kernel has, with what was meant', async () => {
    const spec = await readOffsetsSpec('entries:\n  good: task_struct.pid\n  bad: task_struct.pidd\n');
    expect(() => requireEntries(sharedIndex(), offsetTable(sharedIndex(), spec))).toThrow(
      expect.objectContaining({ code: 'entry-nowhere', line: 3, message: expect.stringContaining('task_struct.pid') }),
    );
  });
});

test('explain proposes the names under which fields go on', async () => {
  const spec = await readOffsetsSpec(
    'entries:\n  a: task_struct.state\n  b: task_struct.real_start_time\n  c: request.rq_disk\n  d: kernfs_node.parent->name\n  e: task_struct.pid\n  f: sk_buff.vlan_present\n',
  );
  const found = explainEntries(sharedIndex(), spec.entries);
  expect(
    found.map((one) => [one.entry.name, one.lacking.length, chosenCandidates(one).map(({ path }) => path)]),
  ).toEqual([
    ['a', 6, ['task_struct.__state']],
    ['b', 8, ['task_struct.start_boottime']],
    ['c', 6, ['request.q->disk']],
    ['d', 2, ['kernfs_node.__parent->name']],
    ['f', 5, []],
  ]);
  expect(found.at(-1)?.candidates.map(({ path, strong }) => [path, strong])).toContainEqual([
    'sk_buff.vlan_all',
    false,
  ]);
});

describe('a committed table', () => {
  test.each(TABLE_LANGUAGES)('in %s is read back', (language) => {
    for (const table of tables.values()) {
      const committed = readCommittedTable(generateTable(table, language));
      expect(staleKernels(table, committed)).toEqual([]);
      const lines = [...committed].flatMap(([kernel, entries]) =>
        [...entries].map(([entry, text]) => `${kernel}\t${entry}\t${text}`),
      );
      expect(lines.sort()).toEqual([...dumpLines(table)].sort());
    }
  });

  test('that is stale says in which kernels and entries', async () => {
    const old = generateTable(await answer('task_struct.pid'), 'c');
    const now = await answer('[task_struct.__state, task_struct.pid]');
    const stale = staleKernels(now, readCommittedTable(old));
    expect(stale).toHaveLength(8); // where pid is meant, it is the second path now
    expect(stale[0]).toMatchObject({ change: 'changed', entries: [{ name: 'x' }] });
    const fewer = { ...now, kernels: now.kernels.slice(1), rowOf: now.rowOf.slice(1) };
    expect(staleKernels(fewer, readCommittedTable(generateTable(now, 'go'))).map(({ change }) => change)).toEqual([
      'gone',
    ]);
  });

  test.each([
    ['', 'bad-offsets-table'],
    ['{"kernels": {}}', 'bad-offsets-table'],
    ['int main() {}', 'bad-offsets-table'],
  ])('%j is none', (text, code) => {
    expect(codeOf(() => readCommittedTable(text))).toBe(code);
  });
});

describe('each language prints what the table says', () => {
  const has = (command: string, args: string[] = ['--version']) => spawnSync(command, args).status === 0;
  const expected = (name: string) => `${[...dumpLines(inSeries(tables.get(name) as IndexedOffsetTable))].join('\n')}\n`;
  const write = (name: string, language: TableLanguage, file: string) => {
    const path = join(folder, file);
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, generateTable(tables.get(name) as IndexedOffsetTable, language, { name }));
    return path;
  };
  const run = (command: string, args: string[], options = {}) =>
    execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], ...options });

  test('C by gcc', () => {
    if (!has('gcc')) return void console.warn('skipped: gcc is not installed');
    for (const name of SPECS) {
      const macro = `${name.replace('-', '_').toUpperCase()}_MAIN`;
      const program = join(folder, name);
      run('gcc', [...STRICT, '-x', 'c', `-D${macro}`, write(name, 'c', `${name}.h`), '-o', program]);
      expect(run(program, [])).toBe(expected(name));
      run(program, ['test']);
    }
  });

  test.each(['clang', 'g++'])('C by %s', (compiler) => {
    const command = [compiler, `${compiler}-16`].find((one) => has(one));
    if (command === undefined) return void console.warn(`skipped: ${compiler} is not installed`);
    const header = write('process-sensor', 'c', 'again.h');
    run(command, [...STRICT, '-fsyntax-only', '-x', compiler === 'g++' ? 'c++' : 'c', '-DPROCESS_SENSOR_MAIN', header]);
  });

  test('Python', () => {
    if (!has('python3')) return void console.warn('skipped: python3 is not installed');
    for (const name of SPECS) {
      const file = write(name, 'python', `${name}.py`);
      expect(run('python3', [file])).toBe(expected(name));
      run('python3', [file, 'test']);
    }
  });

  test('TypeScript', async () => {
    const files = SPECS.map((name) => write(name, 'ts', `${name}.ts`));
    const flags = [
      '--strict',
      '--noUncheckedIndexedAccess',
      '--exactOptionalPropertyTypes',
      '--noUnusedLocals',
      '--noEmit',
      '--ignoreConfig',
    ];
    run(process.execPath, [
      join(REPO, 'node_modules/typescript/bin/tsc'),
      ...flags,
      '--target',
      'es2022',
      '--lib',
      'es2022,dom',
      '--types',
      '',
      ...files,
    ]);
    for (const [i, name] of SPECS.entries()) {
      const table = (await import(files[i]!)) as {
        dump(): string[];
        selfTest(): boolean;
        find(...words: string[]): unknown;
      };
      expect(`${table.dump().join('\n')}\n`).toBe(expected(name));
      expect(table.selfTest()).toBe(true);
      expect(table.find('debian', '12', 'x86_64', '6.1.0-50-cloud-amd64')).toBeDefined();
      expect(table.find('debian', '12', 'x86_64', '6.1.0-51-cloud-amd64')).toBeUndefined();
    }
  });

  test('Rust', () => {
    if (!has('rustc')) return void console.warn('skipped: rustc is not installed');
    const modules = SPECS.map((name) => [name.replace('-', '_'), write(name, 'rust', `${name}.rs`)] as const);
    const main = `#![deny(warnings)]\n${modules.map(([name, path]) => `#[path = ${JSON.stringify(path)}]\nmod ${name};\n`).join('')}fn main() {\n${modules
      .map(
        ([name]) =>
          `assert!(${name}::self_test());\nfor k in ${name}::kernels() { assert_eq!(${name}::find(&k.distro, &k.version, &k.arch, &k.release), Ok(k.offsets())); }\n${name}::dump(&mut |k, e, t| println!("{k}\\t{e}\\t{t}"));\n`,
      )
      .join('')}}\n`;
    writeFileSync(join(folder, 'main.rs'), main);
    run('rustc', ['--edition', '2021', '-C', 'debuginfo=0', join(folder, 'main.rs'), '-o', join(folder, 'rust')]);
    expect(run(join(folder, 'rust'), [])).toBe(SPECS.map(expected).join(''));
  });

  test('Go', () => {
    if (!has('go', ['version'])) return void console.warn('skipped: go is not installed');
    const names = SPECS.map((name) => name.replace('-', ''));
    SPECS.forEach((name, i) => void write(name, 'go', `go/${names[i]}/table.go`));
    const cwd = join(folder, 'go');
    writeFileSync(join(cwd, 'go.mod'), 'module example\n\ngo 1.21\n');
    const imports = names.map((name) => `\t"example/${name}"\n`).join('');
    const body = names
      .map((name) => `\tif err := ${name}.SelfTest(); err != nil {\n\t\tpanic(err)\n\t}\n\t${name}.Dump(line)\n`)
      .join('');
    writeFileSync(
      join(cwd, 'main.go'),
      `package main\n\nimport (\n${[...names]
        .sort()
        .map((name) => `\t"example/${name}"\n`)
        .join(
          '',
        )}\t"fmt"\n)\n\nfunc line(kernel, entry, text string) {\n\tfmt.Printf("%s\\t%s\\t%s\\n", kernel, entry, text)\n}\n\nfunc main() {\n${body}}\n`,
    );
    expect(imports).not.toBe('');
    expect(run('gofmt', ['-l', '.'], { cwd })).toBe('');
    run('go', ['vet', './...'], { cwd });
    expect(run('go', ['run', '.'], { cwd })).toBe(SPECS.map(expected).join(''));
  }, 300_000);

  test('Zig', () => {
    if (!has('zig', ['version'])) return void console.warn('skipped: zig is not installed');
    for (const name of SPECS) run('zig', ['test', write(name, 'zig', `${name}.zig`)]);
  }, 60_000);
});
