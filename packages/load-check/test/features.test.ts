// The first releases of the feature table against the fixture kernels: what their enums have came with them or before, and what
// came before is in their enums.

import { BtfKind, decodeType, findByName, parseBtf } from '@btfq/btf-format';
import { FEATURE_ENUMS, featureCatalogue, featureOfEnumerator } from '@btfq/load-check';
import { fixtureKernels, kernelBtf } from '@btfq/test-kit';
import { expect, it } from 'vitest';

const number = (release: string) => {
  const [major = 0, minor = 0] = release.split('.').map(Number);
  return major * 1000 + minor;
};

function enumerators(id: string): Map<string, readonly string[]> {
  const btf = parseBtf(kernelBtf(id));
  return new Map(
    Object.keys(FEATURE_ENUMS).map((name) => {
      const type = decodeType(btf, findByName(btf, name, BtfKind.Enum) ?? 0);
      return [name, type.kind === BtfKind.Enum ? type.values.map((value) => value.name) : []];
    }),
  );
}

it.each(fixtureKernels().map(({ id, release }) => [id, number(release)] as const))('agrees with %s', (id, release) => {
  const found = enumerators(id);
  const wrong: string[] = [];
  let held = 0;
  for (const [enumName, names] of found) {
    for (const name of names) {
      const since = featureOfEnumerator(enumName, name)?.since;
      if (since === undefined) continue;
      held++;
      if (number(since) > release) wrong.push(`${name} is there, and said to come with ${since}`);
    }
  }
  for (const { enumName = '', enumerator, since } of featureCatalogue()) {
    const names = found.get(enumName) ?? [];
    if (enumerator === undefined || since === undefined || names.length === 0 || number(since) > release) continue;
    // some are known by another name since
    if (!names.some((name) => name === enumerator || name === `${enumerator}_DEPRECATED`))
      wrong.push(`${enumerator} is missing`);
  }
  expect(wrong).toEqual([]);
  expect(held).toBeGreaterThan(180);
});
