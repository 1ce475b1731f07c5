// Configurations: stored by what kernels share and given back symbol by symbol; not known is distinguished from not named.

import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  type BtfIndex,
  FACT_KINDS,
  configSymbol,
  configSymbolNames,
  diffConfig,
  ingestKernel,
  kernelConfig,
  kernelIds,
  kernels,
  knownFacts,
  mergeIndex,
  openIndex,
  parseWhere,
  removeKernels,
  verifyIndex,
} from '../src/index.ts';
import { codeOf, freshPath } from './kit.ts';
import { smallKernel } from './small-kernel.ts';

const COUNT = 12;
/** The fifth kernel's is not known. The others: 200 symbols, of which a few differ. */
function configOf(n: number): Map<string, string> | undefined {
  if (n === 5) return undefined;
  const symbols = Array.from({ length: 200 }, (_, i) => [`CONFIG_S${i}`, i % 3 === 0 ? 'n' : 'y'] as const);
  const config = new Map<string, string>(symbols);
  config.set('CONFIG_HZ', n < 6 ? '250' : '1000');
  config.set('CONFIG_NAME', `"kernel ${n}, 'ä'"`);
  if (n % 2 === 1) config.set('CONFIG_ODD', 'm');
  else if (n === 2) config.set('CONFIG_ODD', 'n');
  return config;
}

let path: string;
let index: BtfIndex;
const ids: number[] = [];
const which = (found: readonly number[]) => found.map((id) => ids.indexOf(id));

function ingest(into: BtfIndex, n: number, config = configOf(n), replace = false) {
  const source = `config-${n}`;
  return ingestKernel(into, { ...smallKernel(n), ...(config && { config }), configSource: source, replace });
}

beforeAll(() => {
  path = freshPath();
  index = openIndex(path);
  for (let n = 0; n < COUNT; n++) ids.push(ingest(index, n).kernelId);
});
afterAll(() => index.close());

const sorted = (config: ReadonlyMap<string, string> | undefined) => config && [...config].sort();

it('gives every kernel its configuration back', () => {
  for (const [n, id] of ids.entries()) expect(sorted(kernelConfig(index, id))).toEqual(sorted(configOf(n)));
  expect(kernels(index).map(({ config }) => config === null)).toEqual(ids.map((_, n) => n === 5));
  expect([...verifyIndex(index).problems]).toEqual([]);
});

it('is checked by verify', () => {
  const into = openIndex(freshPath());
  for (const n of [0, 1]) ingest(into, n);
  expect(verifyIndex(into).problems).toEqual([]);
  into
    .statement(`UPDATE declaration SET body = CAST('64' AS BLOB) WHERE kind = 80 AND body = CAST('250' AS BLOB)`)
    .run();
  into.statement('UPDATE content SET config = config + 1 WHERE id = 1').run();
  expect(verifyIndex(into).problems).toEqual([
    expect.stringMatching(/^the configuration of content 1 has 202 symbols, and should have 203$/),
    expect.stringMatching(/^symbol \d+ of a configuration is not what was stored$/),
  ]);
  into.close();
});

it('says yes, no and not known', () => {
  const known = ids.map((_, n) => n).filter((n) => n !== 5);
  const odd = configSymbol(index, 'ODD');
  expect(odd.symbol).toBe('CONFIG_ODD');
  expect(odd.values.map(({ value, kernelIds: own }) => [value, which(own)])).toEqual([
    ['m', known.filter((n) => n % 2 === 1)],
    ['n', [2]],
  ]);
  expect(which(odd.absentFrom)).toEqual(known.filter((n) => n % 2 === 0 && n !== 2));
  expect(which(odd.unknownIn)).toEqual([5]);
  const nowhere = configSymbol(index, 'CONFIG_NOWHERE');
  expect([nowhere.values, which(nowhere.absentFrom), which(nowhere.unknownIn)]).toEqual([[], known, [5]]);
});

it('filters by it, and never by what is not known', () => {
  const where = (text: string) => which(kernelIds(index, parseWhere(text)));
  expect(where('config.HZ=1000')).toEqual([6, 7, 8, 9, 10, 11]);
  expect(where('config.CONFIG_HZ!=1000')).toEqual([0, 1, 2, 3, 4]);
  expect(where('config.ODD=m|n,release=6.1.1*')).toEqual([1, 10, 11]);
  expect(where('config.ODD!=m')).toEqual([0, 2, 4, 6, 8, 10]);
  expect(codeOf(() => parseWhere('config.HZ>=250'))).toBe('bad-filter');
});

it('says which kinds of facts are known, and from where', () => {
  const facts = knownFacts(index, [ids[4]!, ids[5]!]).map((all) => new Map(all.map((one) => [one.kind, one])));
  expect(facts[0]?.get('config')).toEqual({ kind: 'config', known: true, count: 202, source: 'config-4' });
  expect(facts[1]?.get('config')).toEqual({ kind: 'config', known: false, count: null, source: null });
  for (const one of facts) {
    expect(one.get('types')?.known).toBe(true);
    for (const kind of FACT_KINDS) if (kind !== 'types' && kind !== 'config') expect(one.get(kind)?.known).toBe(false);
  }
});

it('compares two', () => {
  expect(diffConfig(index, ids[2]!, ids[7]!)).toEqual([
    { symbol: 'CONFIG_HZ', from: '250', to: '1000' },
    { symbol: 'CONFIG_NAME', from: `"kernel 2, 'ä'"`, to: `"kernel 7, 'ä'"` },
    { symbol: 'CONFIG_ODD', from: 'n', to: 'm' },
  ]);
  expect(diffConfig(index, ids[0]!, ids[4]!)?.map(({ symbol }) => symbol)).toEqual(['CONFIG_NAME']);
  expect(diffConfig(index, ids[4]!, ids[5]!)).toBeUndefined();
});

it('names the symbols for completion', () => {
  expect(configSymbolNames(index, 'CONFIG_S19').slice(0, 3)).toEqual(['CONFIG_S19', 'CONFIG_S190', 'CONFIG_S191']);
  expect(configSymbolNames(index, 'OD')).toEqual(['ODD']);
});

it('stores a symbol once for all that have it alike', () => {
  const rows = index.statement('SELECT count(*) FROM declaration WHERE kind = 80').get() as [number];
  // 200 of all, HZ twice, ODD twice, and each kernel's own name
  expect(rows[0]).toBe(200 + 2 + 2 + 11);
});

it('survives merging, ingesting again, removing and replacing', () => {
  const into = openIndex(freshPath());
  expect(mergeIndex(into, path)).toMatchObject({ added: COUNT, unchanged: 0 });
  expect(mergeIndex(into, path)).toMatchObject({ added: 0, unchanged: COUNT });
  const at = (n: number) => kernels(into).find(({ release }) => release === `6.1.${n}`)!.id;
  for (let n = 0; n < COUNT; n++) expect(sorted(kernelConfig(into, at(n)))).toEqual(sorted(configOf(n)));
  expect(ingest(into, 3).outcome).toBe('unchanged');
  // without a configuration given: what is known stays
  expect(ingestKernel(into, smallKernel(3)).outcome).toBe('unchanged');
  // one that comes later
  expect(ingest(into, 5, new Map([['CONFIG_HZ', '100']])).outcome).toBe('replaced');
  expect(sorted(kernelConfig(into, at(5)))).toEqual([['CONFIG_HZ', '100']]);
  // another one under the same name
  const other = new Map([['CONFIG_HZ', '300']]);
  expect(codeOf(() => ingest(into, 3, other))).toBe('kernel-exists');
  expect(sorted(kernelConfig(into, at(3)))).toEqual(sorted(configOf(3)));
  expect(ingest(into, 3, other, true).outcome).toBe('replaced');
  expect(sorted(kernelConfig(into, at(3)))).toEqual([['CONFIG_HZ', '300']]);
  removeKernels(into, [at(0), at(1), at(4)]);
  for (const n of [2, 6, 7, 8, 9, 10, 11]) expect(sorted(kernelConfig(into, at(n)))).toEqual(sorted(configOf(n)));
  expect([...verifyIndex(into).problems]).toEqual([]);
  into.close();
});
