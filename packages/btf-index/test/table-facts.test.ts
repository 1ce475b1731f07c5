// The kernels' own tables: stored by what kernels share, distinguished from 'no' where they are not known, kept by merging.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BtfBuilder } from '@btfq/btf-format';
import type { TableParts, TableRecord } from '@btfq/kernel-tables';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  type BtfIndex,
  factKeys,
  factsByKey,
  ingestKernel,
  kernelTablesOf,
  mergeIndex,
  openIndex,
  removeKernel,
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
  expect(kernelTablesOf(index, ids[2] as number)).toEqual({ parts: parts(2), source: 'kallsyms' });
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
