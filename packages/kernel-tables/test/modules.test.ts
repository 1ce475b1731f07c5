// Modules: their functions by the table that ftrace asks, their events by the kernel's types, what they register by running it, and
// damage.

import { parseElf } from '@btfq/elf';
import { mutations } from '@btfq/test-kit';
import { describe, expect, it } from 'vitest';
import { factOf, functionsOfModule, moduleFile, moduleParts, moduleTables, type ModuleTables } from '../src/index.ts';
import { KernelTablesError } from '../src/errors.ts';
import { applyRela } from '../src/image/relocations.ts';
import { moduleMemory } from '../src/modules/module-memory.ts';
import { buildKernel } from './built-kernel.ts';
import { buildModule, type ModuleSection, type ModuleSymbol } from './module-builder.ts';
import { poke } from './words.ts';

const { btf } = buildKernel();
const KERNEL = { btf, ownTypes: btf, version: [6, 12] as const };

const text = (length: number) => new Uint8Array(length).fill(0x90);
const words = (count: number) => new Uint8Array(8 * count);
const SYMBOLS: readonly ModuleSymbol[] = [
  { name: 'func_3', section: '.text', offset: 16 },
  { name: 'func_4', section: '.text', offset: 48 },
  { name: '__pfx_func_4', section: '.text', offset: 40 },
  { name: 'twice', section: '.text', offset: 64 },
  { name: 'twice', section: '.text', offset: 96 },
  { name: 'denied', section: '.kprobes.text', offset: 0 },
  { name: 'marked', section: '.text', offset: 128 },
  { name: 'init_module', section: '.init.text', offset: 0 },
  { name: 'kfree', section: '', offset: 0 },
];

function sections(traced: string, before: number): ModuleSection[] {
  const places: [number, string, number][] = [16, 64, 128].map((offset, i) => [8 * i, '.text', offset - before]);
  return [
    { name: '.text', content: text(160), code: true },
    { name: '.kprobes.text', content: text(16), code: true },
    { name: '.init.text', content: text(16), code: true },
    {
      name: traced,
      content: words(5),
      pointers: [...places, [24, '.kprobes.text', 0 - before], [32, '.init.text', 0 - before]],
    },
    { name: '_kprobe_blacklist', content: words(1), pointers: [[0, '.text', 128]] },
  ];
}

function flagsOf(tables: ModuleTables, name: string) {
  const at = tables.functions?.names.indexOf(name) ?? -1;
  return at < 0 ? undefined : factOf(tables.functions?.flags[at] ?? 0);
}

it("leaves a module that is one of Node's Buffers as it is", () => {
  const data: ModuleSection = { name: '.data', content: words(1), pointers: [[0, '.text', 16]] };
  const file = Buffer.from(buildModule('x86_64', [{ name: '.text', content: text(32), code: true }, data], SYMBOLS));
  const before = Uint8Array.from(file);
  const { memory, symbols } = moduleMemory(parseElf(file), true);
  const pointers = memory.regions.filter(({ bytes }) => bytes.length === 8);
  expect(pointers.map(({ bytes }) => bytes.some((byte) => byte !== 0))).toEqual([true]);
  expect(symbols).toBeDefined();
  expect(Uint8Array.from(file)).toEqual(before);
});

it("leaves an image that is one of Node's Buffers as it is", () => {
  const image = Buffer.alloc(64);
  for (const [at, word] of [
    [0, 40n],
    [8, 1027n],
    [16, 0x1234n],
  ] as const)
    image.writeBigUInt64LE(word, at);
  expect(applyRela(image, { from: 0, count: 1 }, true, 0n)[40]).toBe(0x34);
  expect(image[40]).toBe(0);
});

describe('functions', () => {
  it.each([
    ['x86_64', '__mcount_loc', 0],
    ['x86_64', '__mcount_loc', -4], // behind a landing pad
    ['arm64', '__patchable_function_entries', 8], // two instructions before the function
    ['arm64', '__patchable_function_entries', -4],
  ] as const)('of %s by %s at %d', (arch, table, before) => {
    const tables = moduleTables('mod', parseElf(buildModule(arch, sections(table, before), SYMBOLS)), KERNEL);
    expect(tables.functions?.names).toEqual(['denied', 'func_3', 'func_4', 'init_module', 'marked', 'twice']);
    expect(flagsOf(tables, 'func_3')).toMatchObject({
      traced: true,
      initOnly: false,
      kprobeDenied: false,
      noType: false,
    });
    expect(flagsOf(tables, 'func_4')).toMatchObject({ traced: false, several: false });
    expect(flagsOf(tables, 'twice')).toMatchObject({ traced: true, several: true, someNotTraced: true, noType: true });
    expect(flagsOf(tables, 'denied')).toMatchObject({ kprobeDenied: true });
    expect(flagsOf(tables, 'marked')).toMatchObject({ traced: true, kprobeDenied: true });
    expect(flagsOf(tables, 'init_module')).toMatchObject({ initOnly: true, traced: false });
    expect(tables.events).toEqual([]);
    expect(tables.kfuncs).toEqual([]);
  });

  it('of x86 are not told by the entries for padding', () => {
    const tables = moduleTables(
      'mod',
      parseElf(buildModule('x86_64', sections('__patchable_function_entries', 0), SYMBOLS)),
      KERNEL,
    );
    expect(flagsOf(tables, 'func_3')).toMatchObject({ traced: false });
  });

  it('without a table that can be read are not known', () => {
    const bytes = buildModule('x86_64', sections('__mcount_loc', 0), SYMBOLS);
    const elf = parseElf(bytes);
    const rela = elf.section('.rela__mcount_loc');
    poke(bytes, (rela?.offset ?? 0) + 12, 0xffffffn, 4); // a symbol that is not there
    expect(moduleTables('mod', parseElf(bytes), KERNEL).functions).toBeUndefined();
  });
});

/** A module with one event, laid out as the built kernel's types say. */
function eventModule(): Uint8Array {
  const data = new Uint8Array(256);
  // 0: class (system, fields, reg), 24: event (class, tracepoint, print_fmt, flags), 64: tracepoint, 72: fields, 2 of 40 bytes
  poke(data, 24 + 24, 16n, 4);
  poke(data, 72 + 16, 4n, 4);
  poke(data, 72 + 20, 4n, 4);
  poke(data, 72 + 24, 1n, 4);
  const strings = new TextEncoder().encode('mine\0thing\0"count=%d", REC->count\0int\0count\0');
  return buildModule(
    'x86_64',
    [
      { name: '.text', content: text(32), code: true },
      {
        name: '.data',
        content: data,
        pointers: [
          [0, '.rodata', 0],
          [8, '.data', 72],
          [16, '.text', 0],
          [24, '.data', 0],
          [32, '.data', 64],
          [40, '.rodata', 11],
          [64, '.rodata', 5],
          [72, '.rodata', 34],
          [80, '.rodata', 38],
        ],
      },
      { name: '.rodata', content: strings },
      { name: '_ftrace_events', content: words(1), pointers: [[0, '.data', 24]] },
      {
        name: '__bpf_raw_tp_map',
        content: Uint8Array.from({ length: 24 }, (_, i) => (i === 16 ? 2 : 0)),
        pointers: [
          [0, '.data', 64],
          [8, '.text', 0],
        ],
      },
    ],
    [],
  );
}

describe('events', () => {
  const tables = moduleTables('mod', parseElf(eventModule()), KERNEL);

  it('are read by the kernel’s types', () => {
    expect(tables.events).toEqual([
      {
        system: 'mine',
        name: 'thing',
        fields: [{ declaration: 'int count', offset: 8, size: 4, signed: true }],
        printFmt: '"count=%d", REC->count',
        enableable: true,
      },
    ]);
    expect(tables.rawTracepoints).toEqual([{ name: 'thing', args: 2, writableSize: 0 }]);
    expect(moduleFile(tables, 'available_events', [])).toEqual({ text: 'mine:thing\n' });
    expect(moduleFile(tables, 'events/mine/thing/format', [])).toHaveProperty(
      'text',
      expect.stringContaining('int count;'),
    );
    expect(moduleFile(tables, 'events/mine/other/format', [])).toHaveProperty('absent');
    expect(moduleFile(tables, 'kallsyms', [])).toBeUndefined();
  });

  it('are not known without them', () => {
    const without = moduleTables('mod', parseElf(eventModule()), undefined);
    expect(without.events).toBeUndefined();
    expect(moduleParts([without]).moduleFacts).toEqual([['not-known mod', expect.stringContaining('"events"')]]);
  });

  it('name their module in parts', () => {
    const own = moduleTables('other', parseElf(buildModule('x86_64', sections('__mcount_loc', 0), SYMBOLS)), KERNEL);
    const parts = moduleParts([tables, own]);
    expect(parts.moduleFacts.map(([key]) => key)).toEqual(['events mine/thing mod', 'rawTracepoints thing mod']);
    expect(parts.moduleFunctions.map(([key]) => key)).toEqual(['mod', 'other']);
    const again = functionsOfModule(parts.moduleFunctions[1]?.[1] ?? '');
    expect([...(again ?? [])].sort()).toEqual(
      (own.functions?.names ?? []).map((name, i) => [name, own.functions?.flags[i]]),
    );
    expect(functionsOfModule('null')).toBeUndefined();
    expect(() => functionsOfModule('{')).toThrow(expect.objectContaining({ code: 'bad-tables' }));
  });
});

it('a file that is not a module is refused', () => {
  const bytes = buildModule('x86_64', sections('__mcount_loc', 0), SYMBOLS);
  poke(bytes, 16, 2n, 2); // an executable
  expect(() => moduleTables('mod', parseElf(bytes), KERNEL)).toThrow(expect.objectContaining({ code: 'not-a-kernel' }));
});

it('damaged anywhere, a module gives tables or a typed error', () => {
  let read = 0;
  for (const whole of [buildModule('arm64', sections('__patchable_function_entries', 8), SYMBOLS), eventModule()]) {
    for (const bytes of mutations(whole, { seed: 20, count: 300 })) {
      try {
        moduleParts([moduleTables('mod', parseElf(bytes), KERNEL)]);
        read++;
      } catch (error) {
        if (!(error instanceof KernelTablesError) && (error as Error).name !== 'ElfError') throw error;
      }
    }
  }
  expect(read).toBeGreaterThan(50);
});
