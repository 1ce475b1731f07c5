// Against bpftool 7.8: type and string sections, for every pair that fixtures/oracle/minimal.json has.

import { createHash } from 'node:crypto';
import { parseBtf } from '@btfq/btf-format';
import { type BpfObject, parseBpfObject } from '@btfq/core-reloc';
import { minimize } from '@btfq/minimizer';
import { fixtureKernels, fixtureObject, fixtureTarget, kernelBtf, oracleJson } from '@btfq/test-kit';
import { describe, expect, test } from 'vitest';
import { btfSectionsOf } from './kit.ts';

interface Sections {
  readonly typeBytes: number;
  readonly stringBytes: number;
  readonly types: string;
  readonly strings: string;
}

const oracle = oracleJson<Record<string, Sections | null>>('minimal.json');
const kernels = new Set(fixtureKernels().map(({ id }) => id));
const objects = new Map<string, BpfObject>();

function objectOf(name: string): BpfObject {
  let object = objects.get(name);
  if (object === undefined) {
    objects.set(name, (object = parseBpfObject(fixtureObject(name), { name, malformedRecords: 'keep' })));
  }
  return object;
}

const targets = Map.groupBy(Object.keys(oracle), (key) => key.slice(0, key.indexOf(' ')));

describe.each([...targets])('bpftool gen min_core_btf %s', (target, keys) => {
  const btf = parseBtf(kernels.has(target) ? kernelBtf(target) : fixtureTarget(target));
  const named = keys.map((key) => ({ key, names: key.slice(target.length + 1).split(' ') }));

  test('the same sections, in the target’s byte order, behind 24 bytes of header', () => {
    const wanted = named.filter(({ key }) => oracle[key] !== null);
    for (const { key, names } of wanted) {
      const { bytes, mismatches } = minimize(btf, names.map(objectOf));
      const { header, types, strings } = btfSectionsOf(bytes);
      const found = { typeBytes: types.length, stringBytes: strings.length, types: sha(types), strings: sha(strings) };
      const { typeBytes, stringBytes, types: typeHash, strings: stringHash } = oracle[key] as Sections;
      expect(found, key).toEqual({ typeBytes, stringBytes, types: typeHash, strings: stringHash });
      expect(header, key).toMatchObject({ hdrLen: 24, littleEndian: btf.littleEndian });
      expect(mismatches, key).toEqual([]);
    }
  });

  test('where bpftool gives up, a BTF that fails in the same places', () => {
    const refused = named.filter(({ key, names }) => oracle[key] === null && !names.some((n) => n.startsWith('nobtf')));
    for (const { key, names } of refused) {
      const { mismatches, unsatisfied } = minimize(btf, names.map(objectOf));
      expect(mismatches, key).toEqual([]);
      expect(
        unsatisfied.some((one) => one.outcome === 'failed'),
        key,
      ).toBe(true);
    }
  });
});

test('nothing to minimize for is misuse', () => {
  const btf = parseBtf(fixtureTarget('fields-same'));
  expect(() => minimize(btf, [])).toThrow(expect.objectContaining({ code: 'no-objects' }));
});

test('objects without relocations need no types', () => {
  const { bytes, types, unsatisfied } = minimize(parseBtf(fixtureTarget('fields-same')), [objectOf('plain')]);
  expect({ types, length: bytes.length, unsatisfied }).toEqual({ types: 0, length: 25, unsatisfied: [] });
});

test('what a kernel cannot satisfy is said with program and source line', () => {
  const { unsatisfied } = minimize(parseBtf(kernelBtf('6.1.0-50-cloud-amd64')), [objectOf('relocs')]);
  expect(unsatisfied.length).toBeGreaterThan(0);
  for (const one of unsatisfied) {
    expect(one.object).toBe('relocs');
    expect(one.program).toMatch(/^\w+$/);
    expect(one.source?.file).toMatch(/relocs\.bpf\.c$/);
    expect(one.source?.line).toBeGreaterThan(0);
    expect(one.outcome).not.toBe('applied');
  }
});

function sha(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
