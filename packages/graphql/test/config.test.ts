// Configurations, asked by GraphQL: a value, not named and not known are three answers.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BtfBuilder } from '@btfq/btf-format';
import { type BtfIndex, ingestKernel, openIndex } from '@btfq/btf-index';
import { graphql } from 'graphql';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createSchema } from '../src/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'btfq-config-'));
let index: BtfIndex;
const CONFIGS = [
  [
    ['CONFIG_BPF_LSM', 'y'],
    ['CONFIG_HZ', '250'],
  ],
  [['CONFIG_HZ', '1000']],
  undefined,
] as const;

beforeAll(() => {
  index = openIndex(join(folder, 'a.db'));
  CONFIGS.forEach((symbols, step) => {
    const builder = new BtfBuilder();
    builder.addInt(`int_${step}`, 4, 1);
    const identity = { distro: 'test', version: '1', arch: 'x86_64', release: `6.${step}.0` };
    const config = symbols && new Map<string, string>(symbols);
    ingestKernel(index, { identity, btf: builder.build(), ...(config && { config, configSource: `boot/${step}` }) });
  });
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

test('a symbol over all kernels', async () => {
  const fields = 'name values { value kernels { release } } absentFrom { release } unknownIn { release }';
  expect(await ask(`{ config(name: "BPF_LSM") { ${fields} } }`)).toEqual({
    config: {
      name: 'CONFIG_BPF_LSM',
      values: [{ value: 'y', kernels: [{ release: '6.0.0' }] }],
      absentFrom: [{ release: '6.1.0' }],
      unknownIn: [{ release: '6.2.0' }],
    },
  });
});

test('a symbol of each kernel', async () => {
  expect(await ask('{ kernels { nodes { configKnown config(name: "CONFIG_BPF_LSM") } } }')).toEqual({
    kernels: {
      nodes: [
        { configKnown: true, config: 'y' },
        { configKnown: true, config: null },
        { configKnown: false, config: null },
      ],
    },
  });
});

test('what differs between two, and a filter by it', async () => {
  const diff = (to: string) => ask(`{ diff(from: "6.0.0", to: "${to}") { config { name from to } } }`);
  expect(await diff('6.1.0')).toEqual({
    diff: {
      config: [
        { name: 'CONFIG_BPF_LSM', from: 'y', to: null },
        { name: 'CONFIG_HZ', from: '250', to: '1000' },
      ],
    },
  });
  expect(await diff('6.2.0')).toEqual({ diff: { config: null } });
  expect(await ask('{ kernels(where: { text: "config.HZ=1000" }) { nodes { release } } }')).toEqual({
    kernels: { nodes: [{ release: '6.1.0' }] },
  });
});

test('the configuration of each kernel, whole, by text and by page', async () => {
  const source = `{ kernels { nodes {
    all: configSettings { name value }
    some: configSettings(text: "lsm") { name }
    next: configSettings(first: 1, after: "CONFIG_BPF_LSM") { name }
  } } }`;
  const hz = { name: 'CONFIG_HZ' };
  expect(await ask(source)).toEqual({
    kernels: {
      nodes: [
        {
          all: [
            { name: 'CONFIG_BPF_LSM', value: 'y' },
            { ...hz, value: '250' },
          ],
          some: [{ name: 'CONFIG_BPF_LSM' }],
          next: [hz],
        },
        { all: [{ ...hz, value: '1000' }], some: [], next: [hz] },
        { all: null, some: null, next: null },
      ],
    },
  });
});

test('a symbol is found by a part of its name', async () => {
  expect(await ask('{ searchFacts(text: "bpf_l") { kind name } }')).toEqual({
    searchFacts: [{ kind: 'CONFIG', name: 'CONFIG_BPF_LSM' }],
  });
});
