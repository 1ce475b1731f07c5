import { createSchema, createServices, typeDefs } from '@btfq/graphql';
import { fixtureKernels, kernelBtf, oracleJson } from '@btfq/test-kit';
import { BtfKind, decodeType, findByName, parseBtf } from '@btfq/btf-format';
import { openIndex } from '@btfq/btf-index';
import { buildSchema, type ExecutionResult, graphql, isEnumType, isInputObjectType, isObjectType } from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type FixtureIndex, fixtureIndex } from './fixture-index.ts';

let fixture: FixtureIndex;
beforeAll(() => {
  fixture = fixtureIndex();
});
afterAll(() => fixture.remove());

// biome-ignore lint/suspicious/noExplicitAny: answers are looked into by the tests themselves
async function ask(source: string, variableValues: Record<string, unknown> = {}): Promise<any> {
  const schema = createSchema(fixture.index);
  const result: ExecutionResult = await graphql({ schema, source, variableValues, contextValue: {} });
  expect(result.errors).toBeUndefined();
  return JSON.parse(JSON.stringify(result.data));
}

async function codes(source: string): Promise<unknown[]> {
  const result = await graphql({ schema: createSchema(fixture.index), source, contextValue: {} });
  return (result.errors ?? []).map((error) => error.extensions['code']);
}

describe('the contract', () => {
  test('the query of the design, verbatim', async () => {
    const { struct } = await ask('query { struct(name:"task_struct") { field(name:"pid") { kernels { offset } } } }');
    expect(struct.field.kernels).toHaveLength(fixtureKernels().length);
  });

  test('gives the offsets that the BTFs themselves have', async () => {
    const { struct } = await ask(
      '{ struct(name:"task_struct") { field(name:"pid") { kernels { kernel { id } offset size type bitSize } } } }',
    );
    for (const row of struct.field.kernels) {
      const btf = parseBtf(kernelBtf(row.kernel.id));
      const id = findByName(btf, 'task_struct', BtfKind.Struct) as number;
      const type = decodeType(btf, id);
      const member = type.kind === BtfKind.Struct ? type.members.find((m) => m.name === 'pid') : undefined;
      expect(row.offset).toBe((member?.bitOffset as number) / 8);
      expect(row).toMatchObject({ size: 4, type: 'pid_t', bitSize: null });
    }
  });

  test('every type and every field is described', () => {
    const undescribed: string[] = [];
    for (const [name, type] of Object.entries(buildSchema(typeDefs).getTypeMap())) {
      if (name.startsWith('__') || ['String', 'Int', 'Boolean', 'ID', 'Float'].includes(name)) continue;
      if (!type.description) undescribed.push(name);
      if (isObjectType(type) || isInputObjectType(type)) {
        for (const field of Object.values(type.getFields()))
          if (!field.description) undescribed.push(`${name}.${field.name}`);
      }
      if (isEnumType(type)) {
        for (const value of type.getValues()) if (!value.description) undescribed.push(`${name}.${value.name}`);
      }
    }
    expect(undescribed).toEqual([]);
  });
});

describe('fields', () => {
  test('one that was renamed: present before, absent after, with the evidence', async () => {
    const { struct } = await ask(`{ struct(name: "task_struct") { field(name: "state") {
      kernels { kernel { release } } absentFrom { release }
      history { change otherName from { release } to { release } evidence } } } }`);
    const before = struct.field.kernels.map((row: { kernel: { release: string } }) => row.kernel.release);
    const after = struct.field.absentFrom.map((kernel: { release: string }) => kernel.release);
    expect(before.every((release: string) => release.startsWith('5.10'))).toBe(true);
    expect(after).toHaveLength(fixtureKernels().length - before.length);
  });

  test('variants partition the kernels that have the field', async () => {
    const { struct } = await ask(`{ struct(name: "task_struct") { field(name: "se.vruntime") {
      kernels { kernel { id } offset } variants { offset kernels { id } } absentFrom { id } } } }`);
    const inVariants = struct.field.variants.flatMap((variant: { offset: number; kernels: { id: string }[] }) =>
      variant.kernels.map((kernel) => `${kernel.id} ${variant.offset}`),
    );
    const rows = struct.field.kernels.map(
      (row: { kernel: { id: string }; offset: number }) => `${row.kernel.id} ${row.offset}`,
    );
    expect(inVariants.sort()).toEqual(rows.sort());
  });

  test('pages give what the whole list gives', async () => {
    const { struct } = await ask(`{ struct(name: "task_struct") { field(name: "pid") {
      kernels { kernel { id } } } } }`);
    const whole = struct.field.kernels.map((row: { kernel: { id: string } }) => row.kernel.id);
    const paged: string[] = [];
    for (let after: string | null = null, more = true; more; ) {
      const answer = await ask(
        `query ($after: String) { struct(name: "task_struct") { field(name: "pid") {
          kernelsPage(first: 3, after: $after) { nodes { kernel { id } } pageInfo { hasNextPage endCursor } totalCount } } } }`,
        { after },
      );
      const page = answer.struct.field.kernelsPage;
      expect(page.totalCount).toBe(whole.length);
      paged.push(...page.nodes.map((row: { kernel: { id: string } }) => row.kernel.id));
      after = page.pageInfo.endCursor;
      more = page.pageInfo.hasNextPage;
    }
    expect(paged).toEqual(whole);
  });

  test('unknown struct and field are null, with near names to ask for', async () => {
    expect(
      await ask('{ struct(name: "task_strukt") { name } nearNames(kind: STRUCT, name: "task_strukt") }'),
    ).toMatchObject({
      struct: null,
      nearNames: expect.arrayContaining(['task_struct']),
    });
    expect(await ask('{ struct(name: "task_struct") { field(name: "no_such_field") { name } } }')).toEqual({
      struct: { field: null },
    });
  });
});

describe('kernels', () => {
  test('are ordered by distro, version, arch, and filtered by one language', async () => {
    const { kernels, few, text } = await ask(`{
      kernels { totalCount nodes { id release } }
      few: kernels(where: { arch: ["aarch64"], release: [">=6"] }) { nodes { arch release } }
      text: kernels(where: { text: "arch=arm64,release>=6" }) { nodes { arch release } } }`);
    expect(kernels.totalCount).toBe(fixtureKernels().length);
    expect(few.nodes.length).toBeGreaterThan(0);
    expect(few).toEqual(text);
    for (const kernel of few.nodes)
      expect(kernel).toMatchObject({ arch: 'arm64', release: expect.stringMatching(/^[67]\./) });
  });

  test('one kernel by its name, and its own declarations', async () => {
    const [first] = fixtureKernels();
    const { kernel } = await ask(
      'query ($id: ID!) { kernel(id: $id) { release sha256 struct(name: "list_head") { size fields { name offset type } } } }',
      { id: first?.id },
    );
    expect(kernel.sha256).toBe(first?.sha256);
    expect(kernel.struct).toEqual({
      size: 16,
      fields: [
        { name: 'next', offset: 0, type: 'struct list_head *' },
        { name: 'prev', offset: 8, type: 'struct list_head *' },
      ],
    });
  });

  test('a bad filter and an ambiguous name say so by code', async () => {
    expect(await codes('{ kernels(where: { text: "colour=red" }) { totalCount } }')).toEqual(['BAD_FILTER']);
    expect(await codes('{ kernel(id: "6") { id } }')).toEqual(['AMBIGUOUS_KERNEL']);
    expect(await codes('{ kernels(first: 2, after: "bm9uZQ") { totalCount } }')).toEqual(['BAD_CURSOR']);
  });
});

describe('other declarations', () => {
  test('enums, enumerators, typedefs, functions', async () => {
    const answer = await ask(`{
      enumerator(name: "BPF_FUNC_map_lookup_elem") { kernels { value enum kernel { id } } }
      enum(name: "bpf_map_type") { variants { size signed enumerators { name value } } }
      typedef(name: "pid_t") { variants { type kernels { id } } }
      func(name: "vfs_open") { variants { signature params { name type } } }
      union(name: "bpf_attr") { layouts { size } } }`);
    const count = fixtureKernels().length;
    expect(answer.enumerator.kernels).toHaveLength(count);
    expect(answer.enumerator.kernels[0]).toMatchObject({ value: 1, enum: 'bpf_func_id' });
    expect(answer.enum.variants[0].enumerators[1]).toEqual({ name: 'BPF_MAP_TYPE_HASH', value: 1 });
    expect(answer.typedef.variants).toEqual([{ type: '__kernel_pid_t', kernels: expect.arrayContaining([]) }]);
    expect(answer.func.variants[0].signature).toMatch(/^int vfs_open\(/);
    expect(answer.union.layouts.length).toBeGreaterThan(1);
  });

  test('search puts exact names first', async () => {
    const { search } = await ask('{ search(text: "task_struct", first: 5) { kind name match kernels } }');
    expect(search[0]).toMatchObject({
      kind: 'STRUCT',
      name: 'task_struct',
      match: 'EXACT',
      kernels: fixtureKernels().length,
    });
  });

  test('the difference of two kernels is counted and listed', async () => {
    const [from, to] = fixtureKernels();
    const { diff } = await ask(
      `query ($a: ID!, $b: ID!) { diff(from: $a, to: $b) { added removed changed entries { kind name change details }
        modules inKernel: total(module: "vmlinux") inModule: total(module: "no-where") } }`,
      { a: from?.id, b: to?.id },
    );
    expect(diff).toMatchObject({ modules: [], inKernel: diff.entries.length, inModule: 0 });
    expect(diff.added + diff.removed + diff.changed).toBe(diff.entries.length);
    expect(diff.entries.length).toBeGreaterThan(0);
  });
});

test('an enumerator can be asked for in a module, or in kernels themselves', async () => {
  const { all, kernels, module } = await ask(`{ all: enumerator(name: "BPF_MAP_TYPE_HASH") { variants { value } }
    kernels: enumerator(name: "BPF_MAP_TYPE_HASH", module: "vmlinux") { variants { value } }
    module: enumerator(name: "BPF_MAP_TYPE_HASH", module: "no-where") { variants { value } } }`);
  expect(kernels).toEqual(all);
  expect(module).toBeNull();
});

test('the answers are those of the reference tool', async () => {
  type Place = { bitOffset: number; bitSize: number } | null;
  const reference = oracleJson<Record<string, Record<string, Place>>>('task_struct.json');
  const names = [...new Set(Object.values(reference).flatMap(Object.keys))];
  expect(names.length).toBeGreaterThan(5);
  for (const name of names) {
    const { struct } = await ask(
      `query ($name: String!) { struct(name: "task_struct") { field(name: $name) {
        kernels { kernel { id } bitOffset offset bitSize } absentFrom { id } } } }`,
      { name },
    );
    for (const [id, fields] of Object.entries(reference)) {
      const place = fields[name];
      if (place === undefined) continue;
      if (place === null) {
        expect(struct.field?.absentFrom ?? [{ id }]).toContainEqual({ id });
        continue;
      }
      expect(struct.field.kernels).toContainEqual({
        kernel: { id },
        bitOffset: place.bitOffset,
        offset: Math.floor(place.bitOffset / 8),
        bitSize: place.bitSize || null,
      });
    }
  }
});

test('one statement a level, whatever its width', async () => {
  const schema = createSchema();
  // the check whether another process has written (PRAGMA data_version) reads no page, and is not counted
  const statementsFor = async (source: string) => {
    let statements: string[] = [];
    const index = openIndex(fixture.path, { readonly: true, onStatement: (sql) => statements.push(sql) });
    const run = (text: string) => graphql({ schema, source: text, contextValue: { btfq: createServices(index) } });
    await run('{ kernels { totalCount } }'); // the table of kernels, which every query needs, is read once
    statements = [];
    expect((await run(source)).errors).toBeUndefined();
    index.close();
    return statements.filter((sql) => !sql.startsWith('PRAGMA')).length;
  };
  const narrow = await statementsFor(
    '{ kernels(first: 1) { nodes { struct(name: "list_head") { size } modules { name } } } }',
  );
  const wide = await statementsFor('{ kernels { nodes { struct(name: "list_head") { size } modules { name } } } }');
  expect(narrow).toBeGreaterThan(0);
  expect(wide).toBe(narrow);
  const names = ['pid', 'tgid', 'comm', 'mm', 'flags', 'prio', 'cred', 'parent'];
  const field = (name: string) => `${name}: field(name: "${name}") { variants { offset kernels { id } } }`;
  const one = await statementsFor(`{ struct(name: "task_struct") { ${field('pid')} } }`);
  const many = await statementsFor(`{ struct(name: "task_struct") { ${names.map(field).join(' ')} } }`);
  expect(one).toBeGreaterThan(0);
  // types are read level by level of their nesting, so other fields may need a few levels more: never one a field
  expect(many).toBeLessThanOrEqual(one + 3);
});
