// The pass over names finds what the table of names finds.

import { essentialName, idsByEssentialName, parseBtf } from '@btfq/btf-format';
import { fixtureKernels, kernelBtf, seededRandom } from '@btfq/test-kit';
import { expect, it } from 'vitest';
import { scanForNames } from '../src/name-scan.ts';
import { makeTarget } from './kit.ts';

it('finds short names, flavours and nothing else', () => {
  const target = makeTarget((btf) => {
    for (const name of [
      'mm',
      'mm___x',
      'mm_x',
      'mm____x',
      'mmap',
      'sock',
      'sock___a___b',
      'sock___a',
      'sock__a',
      'x',
      'é___1',
    ]) {
      btf.fwd(name);
    }
  });
  expect(Object.fromEntries(scanForNames(target, ['mm', 'sock', 'sock___a', 'é', 'none', 'm']))).toEqual({
    mm: [1, 2],
    sock: [6, 8],
    sock___a: [7],
    é: [11],
    none: [],
    m: [],
  });
});

it.each(fixtureKernels().slice(-2))('agrees with the table on $id', ({ id }) => {
  const btf = parseBtf(kernelBtf(id));
  const random = seededRandom(5);
  const names = new Set(['task_struct', 'no_such_type', 'u8', 'list_head']);
  while (names.size < 200) {
    const name = essentialName(btf.name(1 + random.below(btf.typeCount - 1)));
    if (name !== '') names.add(name);
  }
  const found = scanForNames(btf, names);
  for (const name of names) expect(found.get(name), name).toEqual(idsByEssentialName(btf, name));
});
