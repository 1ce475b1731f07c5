// Tables with many kernels, made at random: releases that count up in every way, values at the ends of their range.

import type { OffsetTable } from '@btfq/offsets';
import { seededRandom } from '@btfq/test-kit';

const place = { line: 1, column: 1 };
const path = (type: string, ...segments: string[]) => ({
  type,
  segments,
  text: [type, ...segments].join('.'),
  ...place,
});

/** A table of kernels with random answers of two structs and a number. */
export function tableOf(releases: readonly string[], seed: number): OffsetTable {
  const { below, pick } = seededRandom(seed);
  const entry = { optional: true, description: undefined, ...place };
  const entries = [
    ...Array.from({ length: 12 }, (_, i) => ({
      ...entry,
      name: `f${i}`,
      kind: 'offset' as const,
      alternatives: [path(i < 8 ? 'task_struct' : 'cred', `f${i}`)],
    })),
    { ...entry, name: 'big', kind: 'value' as const, alternatives: [path('values', 'BIG')] },
  ];
  const edges = [0n, 1n, -1n, 2n ** 63n - 1n, -(2n ** 63n), 2n ** 62n];
  let moved = 0;
  const rows = Array.from({ length: 40 }, () => {
    moved += pick([0, 8, 8, 16, -8]);
    return [
      ...Array.from({ length: 12 }, (_, i) =>
        below(20) === 0
          ? null
          : {
              kind: 'field' as const,
              alternative: 0,
              offsets: [Math.max(0, i * 16 + (i > 3 ? moved : 0))],
              size: 8,
              bitOffset: below(9) === 0 ? below(8) : 0,
              bitSize: null,
              type: 'u64',
            },
      ),
      { kind: 'number' as const, alternative: 0, value: pick(edges) },
    ];
  });
  let row = 0;
  const rowOf = releases.map(() => (below(3) === 0 ? (row = below(rows.length)) : row));
  const kernels = releases.map((release) => ({ distro: 'linux', version: '1', arch: 'x86_64', release }));
  return { spec: { name: 'dense', description: undefined, entries, types: [] }, kernels, rowOf, rows, ambiguous: [] };
}

/** Releases as distributions count them, and as none does. */
export function releasesOf(seed: number): string[] {
  const { below, pick } = seededRandom(seed);
  const found = new Set<string>();
  for (const tail of ['-generic', '.fc40.x86_64', '+deb13-amd64', '']) {
    const numbers = [5, 8 + below(3), 97, 996, 8];
    for (let i = 0; i < 60; i++) {
      for (const place of [4, 3, 2].filter(() => below(2) === 0)) numbers[place] = numbers[place]! + 1;
      if (below(15) === 0) numbers[3] = below(2000);
      const [a, b, c, d, e] = numbers;
      found.add(`${a}.${b}.${c}-${pick(['', '', '0'])}${d}.${e}${tail}`);
    }
  }
  for (const odd of [
    '6.1',
    '6.01.09-099',
    '7',
    '6.1.0-1.2.3.4.5.6.7.8',
    `6.1.${'9'.repeat(30)}`,
    `6.1.1${'0'.repeat(30)}`,
  ])
    found.add(odd);
  return [...found];
}
