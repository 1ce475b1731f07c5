// What kernels offer besides types, asked by GraphQL: present, absent and not known are three answers.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BtfBuilder } from '@btfq/btf-format';
import { type BtfIndex, ingestKernel, openIndex } from '@btfq/btf-index';
import { graphql } from 'graphql';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createSchema } from '../src/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'btfq-facts-'));
let index: BtfIndex;

const FIELD = { declaration: 'int prio', offset: 8, size: 4, signed: true };
const PROTO = { function: 'bpf_ktime_get_ns', gplOnly: false, returns: 'RET_INTEGER', args: [] };
const SET = { helpers: { ktime_get_ns: 'bpf_ktime_get_ns' }, conditional: [], unknown: [] };

beforeAll(() => {
  index = openIndex(join(folder, 'a.db'));
  for (const [step, release] of ['6.1.0', '6.2.0', '6.3.0'].entries()) {
    const builder = new BtfBuilder();
    const int = builder.addInt(`int_${step}`, 4, 1);
    builder.addFunc('run_it', 1, builder.addFuncProto(int));
    builder.addEnum('bpf_func_id', 4);
    builder.addEnumValue('BPF_FUNC_unspec', 0);
    builder.addEnumValue('BPF_FUNC_ktime_get_ns', 5);
    const parts = {
      functions: [['run_it', step === 0 ? '1' : '0']],
      events: [['sched/run', JSON.stringify({ fields: [FIELD], printFmt: '"%d"', enableable: true })]],
      systemCalls: [['openat', JSON.stringify({ numbers: [257], args: [{ type: 'int', name: 'dfd' }] })]],
      helpers: [['XDP plain', JSON.stringify(SET)]],
      protos: [['bpf_ktime_get_ns', JSON.stringify(PROTO)]],
      kfuncs: step === 1 ? ([['bpf_do XDP', '5']] as const) : [],
      about: [
        ['arch', '"x86_64"'],
        ['commonFields', '[]'],
        ['hasWholeBlacklist', 'true'],
        ['kfuncsNotUnderstood', '[]'],
      ],
    } as const;
    const tables = step === 2 ? undefined : { parts, source: 'kallsyms' as const };
    const identity = { distro: 'test', version: '1', arch: 'x86_64', release };
    ingestKernel(index, { identity, btf: builder.build(), tables });
  }
});
afterAll(() => {
  index.close();
  rmSync(folder, { recursive: true, force: true });
});

async function ask(source: string): Promise<unknown> {
  const { data, errors } = await graphql({ schema: createSchema(index), source, contextValue: {} });
  expect(errors).toBeUndefined();
  return JSON.parse(JSON.stringify(data));
}

test('whether programs attach', async () => {
  expect(
    await ask('{ func(name: "run_it") { attach { state fentry { verdict reason } kernels { release } } } }'),
  ).toEqual({
    func: {
      attach: [
        { state: 'PRESENT', fentry: { verdict: 'yes', reason: 'attaches' }, kernels: [{ release: '6.1.0' }] },
        { state: 'PRESENT', fentry: { verdict: 'fails', reason: 'not-traced' }, kernels: [{ release: '6.2.0' }] },
        { state: 'NOT_KNOWN', fentry: null, kernels: [{ release: '6.3.0' }] },
      ],
    },
  });
});

test('events, system calls, helpers, kfuncs', async () => {
  const answer = await ask(`{
    tracepoint(name: "sched:run") { state format fields { declaration offset } kernels { release } }
    syscall(name: "sys_openat", where: { release: "6.1*" }) { numbers args { type name } }
    helper(name: "bpf_ktime_get_ns", programType: "xdp") { state programs { programType allowed proto { returns } } }
    kfunc(name: "bpf_do") { state programTypes { programType flags } kernels { release } }
  }`);
  expect(answer).toEqual({
    tracepoint: [
      {
        state: 'PRESENT',
        format: 'name: run\nformat:\n\n\tfield:int prio;\toffset:8;\tsize:4;\tsigned:1;\n\nprint fmt: "%d"\n',
        fields: [{ declaration: 'int prio', offset: 8 }],
        kernels: [{ release: '6.1.0' }, { release: '6.2.0' }],
      },
      { state: 'NOT_KNOWN', format: null, fields: null, kernels: [{ release: '6.3.0' }] },
    ],
    syscall: [{ numbers: [257], args: [{ type: 'int', name: 'dfd' }] }],
    helper: [
      { state: 'PRESENT', programs: [{ programType: 'XDP', allowed: 'yes', proto: { returns: 'RET_INTEGER' } }] },
      { state: 'NOT_KNOWN', programs: null },
    ],
    kfunc: [
      { state: 'ABSENT', programTypes: null, kernels: [{ release: '6.1.0' }] },
      { state: 'PRESENT', programTypes: [{ programType: 'XDP', flags: 5 }], kernels: [{ release: '6.2.0' }] },
      { state: 'NOT_KNOWN', programTypes: null, kernels: [{ release: '6.3.0' }] },
    ],
  });
});

test.each([
  ['run', ['TRACEPOINT sched/run']],
  ['sched:r', ['TRACEPOINT sched/run']],
  ['sys_openat', ['SYSCALL openat']],
  ['KTIME', ['HELPER bpf_ktime_get_ns']],
  ['bpf_', ['KFUNC bpf_do', 'HELPER bpf_ktime_get_ns']],
  ['get_ns', ['HELPER bpf_ktime_get_ns']],
  ['unspec', []],
  [' ', []],
])('names that have %s in them', async (text, names) => {
  const { searchFacts } = (await ask(`{ searchFacts(text: "${text}") { kind name } }`)) as {
    searchFacts: { kind: string; name: string }[];
  };
  expect(searchFacts.map(({ kind, name }) => `${kind} ${name}`)).toEqual(names);
});
