// How cost grows with the types of a BTF and with the relocations of an object. (Kernels of an index and of a bundle:
// index-scale.ts.)

import { readFileSync } from 'node:fs';
import { type Btf, BtfBuilder, BtfKind, findByName, parseBtf } from '@btfq/btf-format';
import { type BpfObject, parseBpfObject, resolveObject } from '@btfq/core-reloc';
import type { Case } from '../case.ts';
import type { Row } from '../result.ts';
import { exponent, type Spread, spread } from '../statistics.ts';

const SIZES = [1_000, 3_000, 10_000, 30_000, 100_000];

function time(rounds: number, work: () => unknown): Spread {
  work();
  return spread(
    Array.from({ length: rounds }, () => {
      const start = performance.now();
      work();
      return performance.now() - start;
    }),
  );
}

/** The first `count` types of a kernel's BTF and what they refer to, as a BTF of its own. */
function firstTypes(btf: Btf, count: number): Uint8Array {
  const builder = new BtfBuilder();
  const wanted = Math.min(count, btf.typeCount - 1);
  for (let id = 1; id <= wanted; id++) builder.addType(btf, id);
  // references beyond the cut lead to void: the shape of the rest stays that of a kernel; functions keep theirs
  builder.mapTypeIds((id) => (id <= wanted ? id : 0));
  return builder.build();
}

export const growth: Case = {
  name: 'growth',
  about: 'how cost grows with types and with relocations',
  async run({ kernels, objects, rounds, smoke }) {
    const btf = parseBtf(readFileSync(kernels[0]!));
    return [await types(btf, smoke ? SIZES.slice(0, 2) : SIZES, rounds), relocations(btf, objects, smoke ? 1 : rounds)];
  },
};

async function types(btf: Btf, sizes: readonly number[], rounds: number): Promise<Row> {
  const points: [number, number][] = [];
  let last: Spread | undefined;
  for (const size of sizes) {
    const bytes = firstTypes(btf, size);
    last = time(rounds, () => findByName(parseBtf(bytes), 'no such struct', BtfKind.Struct));
    points.push([Math.min(size, btf.typeCount - 1), last.median]);
  }
  return growthRow('growth-types', 'open a BTF and look a name up, by its types', points, last as Spread);
}

/** Objects sorted by their relocations: the exponent over all of them. */
function relocations(btf: Btf, paths: readonly string[], rounds: number): Row {
  const parsed = paths.map((path): BpfObject => parseBpfObject(readFileSync(path)));
  const groups = [1, 4, 16, 64].map((copies) => Array.from({ length: copies }, () => parsed).flat());
  const points: [number, number][] = [];
  let last: Spread | undefined;
  for (const group of groups) {
    last = time(rounds, () => {
      for (const object of group) resolveObject(object, btf);
    });
    points.push([group.reduce((sum, object) => sum + object.relocations.length, 0), last.median]);
  }
  return growthRow('growth-relocations', 'relocate objects, by their relocations', points, last as Spread);
}

function growthRow(name: string, what: string, points: readonly [number, number][], last: Spread): Row {
  return {
    name,
    what,
    unit: 'ms',
    ours: last,
    reference: undefined,
    referenceNote: 'a curve of our own',
    facts: {
      exponent: exponent(points),
      points: points.map(([x, y]) => `${x}: ${y.toFixed(3)} ms`).join(', '),
    },
  };
}
