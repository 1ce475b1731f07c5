// The kernels' own tables: stored by what kernels share, distinguished from 'no' where they are not known, kept by merging.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BtfBuilder } from '@btfq/btf-format';
import type { TableParts, TableRecord } from '@btfq/kernel-tables';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type BtfIndex,
  clonesByKernel,
  factKeys,
  factsByKey,
  functionClones,
  functionFacts,
  ingestKernel,
  kernelTablesOf,
  kfuncFacts,
  knownFacts,
  mergeIndex,
  moduleTableNames,
  moduleTablesOf,
  openIndex,
  removeKernel,
  traceEventFacts,
  traceEventNames,
} from '../src/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'btfq-facts-'));
let index: BtfIndex;
const ids: number[] = [];

/** 400 functions; every kernel has one more than the one before, and one of other flags. */
function parts(step: number): TableParts {
  const functions: TableRecord[] = Array.from({ length: 400 + step }, (_, i) => {
    return [`function_${String(i).padStart(4, '0')}`, i === step ? '5' : '1'];
  });
  const long = JSON.stringify({ text: 'x'.repeat(500) });
  return { functions, events: [['sched/sched_switch', long]], about: [['arch', '"x86_64"']] };
}

function btf(step: number): Uint8Array {
  const builder = new BtfBuilder();
  builder.addInt(`int_${step}`, 4, 1);
  return builder.build();
}

beforeAll(() => {
  index = openIndex(join(folder, 'a.db'));
  for (let step = 0; step < 30; step++) {
    const tables = step === 3 ? undefined : { parts: parts(step), source: 'kallsyms' as const };
    const identity = { distro: 'test', version: '1', arch: 'x86_64', release: `6.${step}.0` };
    ids.push(ingestKernel(index, { identity, btf: btf(step), tables }).kernelId);
  }
});
afterAll(() => {
  index.close();
  rmSync(folder, { recursive: true, force: true });
});

it('gives every kernel its tables back', () => {
  ids.forEach((id, step) => {
    const stored = kernelTablesOf(index, id);
    if (step === 3) expect(stored).toBeUndefined();
    else expect(stored).toEqual({ parts: parts(step), source: 'kallsyms' });
  });
});

it('says no, yes and not known', () => {
  const answers = factsByKey(index, 'functions', 'function_0405', ids);
  expect(answers.map(({ value }) => value)).toEqual(
    ids.map((_, step) => (step === 3 ? undefined : step < 6 ? null : '1')),
  );
  expect(factsByKey(index, 'kfuncs', 'bpf_obj_new XDP', ids).map(({ value }) => value)).toEqual(
    ids.map(() => undefined),
  );
  expect(factKeys(index, 'functions', 'function_000', 5)).toHaveLength(5);
});

it('keeps what others are told from when a kernel goes', () => {
  const [, second] = ids;
  const identity = { distro: 'test', version: '1', arch: 'x86_64', release: '6.1.0' };
  removeKernel(index, second as number);
  expect(kernelTablesOf(index, ids[2]!)).toEqual({ parts: parts(2), source: 'kallsyms' });
  const again = ingestKernel(index, { identity, btf: btf(1), tables: { parts: parts(1), source: 'elf' } });
  expect(kernelTablesOf(index, again.kernelId)).toEqual({ parts: parts(1), source: 'elf' });
});

it('goes along when indexes are merged', () => {
  const into = openIndex(join(folder, 'b.db'));
  mergeIndex(into, join(folder, 'a.db'));
  const stored = into.catalog().kernels.map(({ id }) => kernelTablesOf(into, id));
  expect(stored.filter((tables) => tables === undefined)).toHaveLength(1);
  expect(stored).toContainEqual({ parts: parts(29), source: 'kallsyms' });
  into.close();
});

describe('modules', () => {
  const functions = (step: number) => JSON.stringify({ 1: ['mod_a', 'mod_b.isra.0', `mod_${step % 2}`], 0: ['mod_c'] });
  const withModules = (step: number): TableParts => ({
    ...parts(step),
    kfuncs: [['bpf_own XDP', '1']],
    moduleFunctions: [
      ['one', functions(step)],
      ['two', step === 2 ? 'null' : '{"3":["mod_init"],"9":["mod_a"]}'],
    ],
    moduleFacts: [
      ['events mine/thing one', JSON.stringify({ fields: [], printFmt: '""', enableable: true })],
      ['kfuncs bpf_mod XDP two', '4'],
      ...(step === 2 ? [['not-known two', '["events","kfuncs"]'] as const] : []),
    ],
  });
  let own: BtfIndex;
  const kernels: number[] = [];
  beforeAll(() => {
    own = openIndex(join(folder, 'modules.db'));
    for (let step = 0; step < 4; step++) {
      const tables = { parts: step === 3 ? parts(3) : withModules(step), source: 'kallsyms' as const };
      const identity = { distro: 'test', version: '1', arch: 'x86_64', release: `6.${step}.0` };
      kernels.push(ingestKernel(own, { identity, btf: btf(step), tables }).kernelId);
    }
  });
  afterAll(() => own.close());

  it.each([
    ['mod_a', [['one', ['two']], ['one', ['two']], ['one', []], undefined]],
    ['mod_0', [['one', []], undefined, ['one', []], undefined]],
    ['mod_init', [['two', []], ['two', []], undefined, undefined]],
  ] as const)('have %s', (name, expected) => {
    const facts = functionFacts(own, name);
    const byKernel = kernels.map((id) => facts.find(({ kernelIds }) => kernelIds.includes(id))?.value);
    expect(byKernel.map((value) => value && [value.module, value.others?.map(({ module }) => module)])).toEqual(
      expected,
    );
  });

  it('are told by names that compilers made, too', () => {
    expect(functionClones(own, 'mod_b')).toEqual(['mod_b.isra.0']);
    expect(clonesByKernel(own, 'mod_b', kernels)).toEqual([
      { names: ['mod_b.isra.0'], kernelIds: kernels.slice(0, 3) },
    ]);
  });

  it('bring events and kfuncs; what a module does not tell is not known', () => {
    const states = (facts: readonly { readonly state: string; readonly kernelIds: readonly number[] }[]) =>
      kernels.map((id) => facts.find(({ kernelIds }) => kernelIds.includes(id))?.state);
    expect(states(traceEventFacts(own, 'mine/thing'))).toEqual(['present', 'present', 'present', 'absent']);
    expect(traceEventFacts(own, 'mine/thing')[0]?.value).toMatchObject({ module: 'one', printFmt: '""' });
    expect(states(traceEventFacts(own, 'mine/other'))).toEqual(['absent', 'absent', 'not-known', 'absent']);
    expect(kfuncFacts(own, 'bpf_mod')[0]?.value?.programTypes).toEqual([
      { programType: 'XDP', flags: 4, module: 'two' },
    ]);
    expect(states(kfuncFacts(own, 'bpf_none'))).toEqual(['absent', 'absent', 'not-known', 'not-known']);
    expect(traceEventNames(own, 'mine/')).toEqual(['mine/thing']);
  });

  it('are given whole, and go along when indexes are merged', () => {
    expect(kernelTablesOf(own, kernels[0] ?? 0)?.parts).not.toHaveProperty('moduleFunctions');
    expect(moduleTableNames(own, kernels[0] ?? 0)).toEqual(['one', 'two']);
    expect(moduleTableNames(own, kernels[3] ?? 0)).toBeUndefined();
    const merged = openIndex(join(folder, 'modules-merged.db'));
    mergeIndex(merged, join(folder, 'modules.db'));
    expect(moduleTablesOf(merged, 1, ['two', 'one', 'none'])).toEqual(
      moduleTablesOf(own, kernels[0] ?? 0, ['two', 'one']),
    );
    expect(functionFacts(merged, 'mod_a').map(({ state, value }) => [state, value?.module])).toEqual(
      functionFacts(own, 'mod_a').map(({ state, value }) => [state, value?.module]),
    );
    merged.close();
  });

  it('are in the catalogue', () => {
    const known = knownFacts(own, kernels).map((all) => all.filter((one) => one.known).map(({ kind }) => kind));
    expect(known[0]).toContain('moduleTables');
    expect(known[3]).not.toContain('moduleTables');
    expect(known[0]).not.toContain('lsmHooks');
  });
});
