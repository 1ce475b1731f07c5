// All tables of a kernel that is made by hand, as values and as the booted kernel's files; what damage makes of them.

import { mutations } from '@btfq/test-kit';
import { describe, expect, it } from 'vitest';
import {
  attachability,
  decodeTables,
  encodeTables,
  functionFact,
  kernelFile,
  KernelTablesError,
  kernelTables,
  openKernelImage,
  tableParts,
  tablesFile,
  tablesFromParts,
} from '../src/index.ts';
import { buildKernel } from './built-kernel.ts';

const { image, btf, tables: place } = buildKernel();
const opened = openKernelImage(image);
const tables = kernelTables(opened, btf);

function file(name: string): string {
  const found = kernelFile(opened, btf, name);
  return 'text' in found ? found.text : JSON.stringify(found);
}

describe('functions', () => {
  it('are traced, denied, freed after boot, or not there', () => {
    const facts = (name: string) => tables.functions && functionFact(tables.functions, name);
    expect(facts('func_3')).toMatchObject({ traced: true, initOnly: false, kprobeDenied: false, several: false });
    expect(facts('func_4')).toMatchObject({ traced: false });
    expect(facts('kprobe_me_not')).toMatchObject({ traced: true, kprobeDenied: true });
    expect(facts('init_only')).toMatchObject({ initOnly: true });
    expect(facts('func_1000')).toBeUndefined();
  });

  it.each([
    ['fentry', 'func_3', 'yes', 'attaches'],
    ['fentry', 'func_4', 'fails', 'not-traced'],
    ['kprobe', 'kprobe_me_not', 'fails', 'kprobe-denied'],
    ['fentry', 'kprobe_me_not', 'yes', 'attaches'],
    ['kprobe', 'init_only', 'fails', 'init-only'],
    ['fentry', 'func_6', 'fails', 'no-type'],
    ['kprobe', 'func_6', 'yes', 'attaches'],
    ['fexit', 'nothing', 'fails', 'no-symbol'],
    ['tracepoint', 'test/my_event', 'yes', 'attaches'],
    ['tracepoint', 'test/other', 'fails', 'no-event'],
    ['raw_tp', 'my_event', 'yes', 'attaches'],
    ['raw_tp', 'other', 'fails', 'no-tracepoint'],
    ['lsm', 'file_open', 'fails', 'no-symbol'],
  ] as const)('%s on %s: %s, %s', (kind, target, verdict, reason) => {
    expect(attachability(tables, kind, target)).toEqual({ verdict, reason });
  });

  it('are shown as tracefs and debugfs show them', () => {
    expect(file('available_filter_functions').split('\n').slice(0, 3)).toEqual(['func_0', 'func_3', 'func_6']);
    expect(file('available_filter_functions')).not.toContain('init_only');
    expect(file('kprobes/blacklist')).toMatch(
      /^0x[0-9a-f]{16}-0x[0-9a-f]{16}\tkprobe_me_not\n.*\t__noinstr_text_start\n$/,
    );
    expect(file('kallsyms')).toContain('ffffffff81000000 T _text\n');
  });
});

describe('events', () => {
  it('have the formats that tracefs shows', () => {
    expect(file('events/test/my_event/format')).toBe(`name: my_event
format:
	field:unsigned short common_type;	offset:0;	size:2;	signed:0;
	field:unsigned char common_flags;	offset:2;	size:1;	signed:0;
	field:unsigned char common_preempt_count;	offset:3;	size:1;	signed:0;
	field:int common_pid;	offset:4;	size:4;	signed:1;

	field:char state[5];	offset:8;	size:5;	signed:1;
	field:int count;	offset:16;	size:4;	signed:1;

print fmt: "state=%s %d", REC->STATE_ON, -1
`);
    expect(file('events/syscalls/sys_enter_test/format')).toContain(`	field:int count;	offset:16;	size:8;	signed:0;

print fmt: "count: 0x%08lx", ((unsigned long)(REC->count))
`);
    expect(file('available_events')).toBe('test:my_event\nsyscalls:sys_enter_test\nsyscalls:sys_exit_test\n');
  });

  it('and system calls have numbers', () => {
    expect(tables.systemCalls).toEqual([
      {
        name: 'test',
        numbers: [1],
        args: [{ type: 'int', name: 'count' }],
        compat: { numbers: [], entry: undefined },
      },
    ]);
    expect(tables.rawTracepoints).toEqual([{ name: 'my_event', args: 3, writableSize: 8 }]);
  });
});

describe('programs', () => {
  it('may call the helpers that the kernel’s code allows; what it does otherwise is not known', () => {
    const [filter, xdp] = tables.helpers?.sets ?? [];
    expect(filter).toMatchObject({ programType: 'SOCKET_FILTER', unknown: [], conditional: [] });
    expect([...(filter?.helpers.keys() ?? [])]).toEqual(['map_lookup_elem', 'trace_printk']);
    expect(xdp).toMatchObject({ programType: 'XDP', unknown: ['map_lookup_elem', 'trace_printk', 'tail_call'] });
    const proto = tables.helpers?.protos[filter?.helpers.get('map_lookup_elem') ?? -1];
    expect(proto).toMatchObject({ function: 'bpf_map_lookup_elem', gplOnly: false, returns: 'RET_INTEGER' });
    expect(proto?.args).toEqual(['ARG_CONST_MAP_PTR', 'ARG_ANYTHING']);
    expect(tables.helpers?.protos[1]).toMatchObject({ gplOnly: true, returns: 'RET_VOID' });
  });

  it('may call the kfuncs that are registered', () => {
    expect(tables.kfuncs).toEqual([
      { name: 'my_kfunc', programType: 'XDP', flags: 5 },
      { name: 'my_other_kfunc', programType: 'XDP', flags: 32 },
    ]);
    expect(tables.kfuncsNotUnderstood).toEqual([]);
    expect(tables.fmodret).toEqual([]);
    expect(tables.iterators).toEqual([]); // its types have no iterators
    expect(tables.structOps).toEqual([]);
    expect(tables.errorInjection).toEqual([]);
    expect(tables.idSets.sleepable_lsm_hooks).toEqual(['bpf_lsm_file_open']);
    expect(tables.idSets.btf_id_deny).toEqual([]);
  });

  it('have types that are there or not', () => {
    expect(tables.programTypes).toEqual([
      { name: 'SOCKET_FILTER', present: true },
      { name: 'XDP', present: true },
      { name: 'LSM', present: false },
    ]);
    expect(tables.mapTypes?.map(({ present }) => present)).toEqual([true, false]);
    expect(kernelFile(opened, btf, 'features')).toHaveProperty('notKnown'); // XDP's helpers are not
  });
});

describe('tables', () => {
  it('are the same as bytes and in parts', () => {
    const bytes = encodeTables(tables);
    expect(encodeTables(decodeTables(bytes))).toEqual(bytes);
    const again = tablesFromParts(tableParts(tables));
    expect(tableParts(again)).toEqual(tableParts(tables));
    expect(tablesFile(again, btf, 'events/test/my_event/format')).toEqual({
      text: file('events/test/my_event/format'),
    });
    expect(tablesFile(again, btf, 'available_events')).toEqual({
      text: 'syscalls:sys_enter_test\nsyscalls:sys_exit_test\ntest:my_event\n',
    });
    expect(tablesFile(again, btf, 'kallsyms')).toHaveProperty('notKnown');
  });

  it.each([
    ['nothing', ''],
    ['another magic', 'btfq-tables 9\n{}'],
    ['no JSON', 'btfq-tables 1\n{'],
    ['parts missing', 'btfq-tables 1\n{}'],
  ])('of %s are refused', (_, text) => {
    expect(() => decodeTables(new TextEncoder().encode(text))).toThrow(expect.objectContaining({ code: 'bad-tables' }));
  });

  it('of a kernel without data symbols are not known, and not empty', () => {
    const names = new Set(['init_task', 'bpf_verifier_ops', '__start_ftrace_events', 'sleepable_lsm_hooks']);
    const symbols = Object.create(opened.symbols) as typeof opened.symbols;
    symbols.indexesOf = (name) => (names.has(name) ? [] : opened.symbols.indexesOf(name));
    symbols.address = (name) => (names.has(name) ? undefined : opened.symbols.address(name));
    symbols.has = (name) => !names.has(name) && name !== 'jiffies' && opened.symbols.has(name);
    const some = kernelTables({ memory: opened.memory, symbols }, btf);
    expect(some.events).toBeUndefined();
    expect(some.helpers).toBeUndefined();
    expect(some.idSets.sleepable_lsm_hooks).toBeUndefined();
    expect(some.notKnown).toMatchObject({ events: expect.stringContaining('CONFIG_KALLSYMS_ALL') });
    expect(attachability(some, 'tracepoint', 'test/other')).toEqual({ verdict: 'conditional', reason: 'not-known' });
  });
});

it('damaged anywhere, an image gives tables or a typed error', () => {
  let read = 0;
  const random = { seed: 2025, count: 4 };
  const damaged = [...mutations(image, random)];
  // Most damage goes where the tables are: pointers, counts, lengths.
  for (const part of mutations(image.subarray(place.from, place.to), { seed: 7, count: 8 })) {
    const copy = image.slice();
    copy.set(part.subarray(0, place.to - place.from), place.from);
    damaged.push(copy);
  }
  for (const bytes of damaged) {
    try {
      tableParts(kernelTables(openKernelImage(bytes), btf));
      read++;
    } catch (error) {
      if (!(error instanceof KernelTablesError)) throw error;
    }
  }
  expect(read).toBeGreaterThan(5);
});
