// Whether programs attach: by hand-made tables beside a fixture kernel's types, by types alone, and with modules not known.

import { parseBtf } from '@btfq/btf-format';
import { factOf, FunctionFlag, type KernelTables } from '@btfq/kernel-tables';
import { checkLoad, type LoadKernel, requirementsOf } from '@btfq/load-check';
import { openObject } from '@btfq/loader';
import { fixtureBytes, kernelBtf } from '@btfq/test-kit';
import { describe, expect, it } from 'vitest';

const RELEASE = '6.1.0-50-cloud-amd64';
const vmlinux = parseBtf(kernelBtf(RELEASE));
const object = openObject(fixtureBytes('load-check/attach.bpf.o'), { path: 'attach.bpf.o' });
const needs = openObject(fixtureBytes('load-check/needs.bpf.o'), { path: 'needs.bpf.o' });

const relocs = openObject(fixtureBytes('objects/relocs.bpf.o'), { path: 'relocs.bpf.o' });

const FUNCTIONS: Readonly<Record<string, number>> = {
  __blk_account_io_start: FunctionFlag.Traced,
  do_unlinkat: FunctionFlag.Traced,
  security_file_open: FunctionFlag.Traced,
  'vfs_read.isra.0': FunctionFlag.Traced,
};

/** Tables that know nothing but these functions. */
function tables(functions: Readonly<Record<string, number>>, more: Partial<KernelTables> = {}): KernelTables {
  const names = Object.keys(functions).sort();
  return {
    arch: 'x86_64',
    symbols: 'kallsyms',
    functions: { names, flags: names.map((name) => functions[name] ?? 0) },
    hasWholeBlacklist: true,
    uniqueKprobes: undefined,
    trampolines: true,
    rawTracepoints: [{ name: 'sched_switch', args: 1, writableSize: 0 }],
    events: undefined,
    systemCalls: undefined,
    idSets: {},
    helpers: undefined,
    programTypes: undefined,
    mapTypes: undefined,
    kfuncs: undefined,
    errorInjection: undefined,
    fmodret: undefined,
    iterators: undefined,
    structOps: undefined,
    kfuncsNotUnderstood: [],
    notKnown: {},
    ...more,
  };
}

function kernel(more: Partial<LoadKernel> = {}): LoadKernel {
  return { name: RELEASE, release: RELEASE, arch: 'x86_64', target: { vmlinux, modules: [] }, ...more };
}

/** Verdict and the evidence of its reasons. */
function attach(on: LoadKernel, program: string, target?: string, from = object): string {
  const options = { all: true, ...(target !== undefined && { attach: new Map([[program, target]]) }) };
  const answer = checkLoad(requirementsOf(from, options), on).find((each) => each.program === program)?.attach;
  return [answer?.verdict, ...(answer?.reasons ?? []).map(({ evidence }) => evidence)].join(' ');
}

describe('attaching', () => {
  it('is told by the tables', () => {
    const on = kernel({ tables: tables(FUNCTIONS) });
    expect(attach(on, 'entry_there')).toBe('yes');
    expect(attach(on, 'replaces')).toBe('not-asked');
    for (const [flags, verdict] of [
      [0, 'fails image'],
      [FunctionFlag.InitOnly | FunctionFlag.Traced, 'fails image'],
      [FunctionFlag.Several | FunctionFlag.SomeNotTraced | FunctionFlag.Traced, 'conditional image'],
    ] as const) {
      expect(attach(kernel({ tables: tables({ do_unlinkat: flags }) }), 'entry_there')).toBe(verdict);
    }
    expect(attach(kernel({ tables: tables(FUNCTIONS, { trampolines: false }) }), 'entry_there')).toBe('fails image');
  });
  it('of a kprobe is told by its symbol', () => {
    const on = kernel({ tables: tables({ ...FUNCTIONS, denied: FunctionFlag.Traced | FunctionFlag.KprobeDenied }) });
    const kprobe = (target: string, where = on) => attach(where, 'helper_cookie', target, needs);
    expect(kprobe('do_unlinkat')).toBe('yes');
    expect(kprobe('do_unlinkat+0x0')).toBe('yes');
    expect(kprobe('do_unlinkat+0x5')).toBe('conditional image');
    expect(kprobe('vfs_read')).toBe('fails image');
    expect(kprobe('denied')).toBe('fails image');
    expect(kprobe('dummy_read')).toBe('fails image');
    // of modules nothing is known: what begins as only the kernel's own functions do fails all the same
    const open = kernel({ target: { vmlinux }, tables: tables(FUNCTIONS) });
    expect(kprobe('vfs_no_such', open)).toBe('fails image');
    expect(kprobe('nf_ct_no_such', open)).toBe('conditional image');
    expect(kprobe('dummy_read', open)).toBe('fails image');
  });
  it('is a condition where there are no tables', () => {
    expect(attach(kernel(), 'entry_there')).toBe('conditional btf');
    expect(attach(kernel(), 'helper_cookie', 'do_unlinkat', needs)).toBe('conditional btf');
    expect(attach(kernel({ arch: 'arm64' }), 'entry_there')).toBe('conditional btf');
    expect(attach(kernel(), 'entry_gone')).toBe('fails btf');
    expect(attach(kernel({ target: { vmlinux } }), 'entry_there', 'nf_ct_delete')).toBe('conditional btf');
  });
  it('of raw tracepoints depends on the arguments that are read', () => {
    const on = (args: number) =>
      kernel({ tables: tables(FUNCTIONS, { rawTracepoints: [{ name: 'sched_switch', args, writableSize: 0 }] }) });
    const reads = openObject(fixtureBytes('load-check/needs.bpf.o'), { path: 'needs.bpf.o' });
    expect(attach(on(4), 'helper_5_13', undefined, reads)).toBe('yes');
    expect(attach(on(4), 'helper_5_13', 'no_such', reads)).toBe('fails image');
  });
});

describe('the tables of modules', () => {
  const ofModules: LoadKernel['ofModules'] = {
    functions: (name) => {
      const flags = { in_module: FunctionFlag.Traced, untraced: 0 }[name];
      return flags === undefined ? [] : [{ module: 'some', fact: factOf(flags) }];
    },
    event: (name) => (name === 'some/event' ? { module: 'some' } : name === 'other/event' ? 'not-known' : 'none'),
  };
  const on = kernel({ tables: tables(FUNCTIONS), ofModules });
  const open = kernel({
    target: { vmlinux },
    tables: tables(FUNCTIONS, { events: { common: [], events: [] } }),
    ofModules,
  });

  it('say which must be loaded for a kprobe, or why none attaches', () => {
    const kprobe = (target: string) => attach(on, 'helper_cookie', target, needs);
    expect(kprobe('in_module')).toBe('conditional image');
    expect(kprobe('untraced')).toBe('fails image');
    expect(kprobe('nowhere')).toBe('fails image');
    const options = { all: true, attach: new Map([['helper_cookie', 'in_module']]) };
    const answer = checkLoad(requirementsOf(needs, options), on).find(({ program }) => program === 'helper_cookie');
    expect(answer?.attach.reasons[0]?.message).toBe('the module some must be loaded first');
  });

  it('refuse names of several functions where the kernel does', () => {
    const several = { several: FunctionFlag.Traced | FunctionFlag.Several };
    const kprobe = (uniqueKprobes: boolean | undefined) =>
      attach(kernel({ tables: tables(several, { uniqueKprobes }) }), 'helper_cookie', 'several', needs);
    expect([true, false, undefined].map(kprobe)).toEqual(['fails image', 'conditional image', 'conditional image']);
  });

  it('answer for events', () => {
    const event = (target: string) => attach(open, 'types', target, relocs);
    expect(event('some/event')).toBe('conditional image');
    expect(event('none/event')).toBe('fails image');
    expect(event('other/event')).toBe('conditional image');
  });
});

describe('what a module may have', () => {
  it('is a condition where its modules are not known', () => {
    const verdict = (on: LoadKernel, target: string) =>
      checkLoad(requirementsOf(object, { attach: new Map([['entry_there', target]]) }), on).find(
        ({ program }) => program === 'entry_there',
      )?.verdict;
    const open = kernel({ target: { vmlinux } });
    expect(verdict(open, 'nf_ct_delete')).toBe('conditional');
    expect(verdict(kernel(), 'nf_ct_delete')).toBe('fails');
    expect(verdict(open, 'blk_account_io_start')).toBe('fails');
    expect(verdict(open, 'dummy_fentry')).toBe('fails');
    // an index that knows modules of other kernels
    const known = { anywhere: () => true, moduleWith: (name: string) => (name === 'in_module' ? 'some' : undefined) };
    expect(verdict({ ...open, ...known }, 'in_module')).toBe('conditional');
    expect(verdict({ ...open, ...known }, 'nf_ct_delete')).toBe('fails');
  });
});
