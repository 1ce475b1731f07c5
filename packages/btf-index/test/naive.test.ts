// The index has no answer about random kernels that a naive reading of their BTFs does not have, and lacks none. The
// fixture kernels are compared in answers.test.ts. BTFQ_RANDOM_FIRST and BTFQ_RANDOM_ROUNDS say which seeds.

import { ingestKernel, openIndex } from '@btfq/btf-index';
import { NaiveBtf, randomKernel, seededRandom, varyKernel, writeKernel } from '@btfq/test-kit';
import { expect, it } from 'vitest';
import { freshPath } from './kit.ts';
import { compareNaively } from './naive-comparison.ts';

const ROUNDS = Number(process.env.BTFQ_RANDOM_ROUNDS ?? 40);
const FIRST = Number(process.env.BTFQ_RANDOM_FIRST ?? 1);
/** Of which an answer was wrong once. */
const ONCE_WRONG = [189, 203, 1256];

it(`says of ${ROUNDS} random indexes what a naive reader says`, { timeout: 3_600_000 }, () => {
  const path = freshPath();
  for (const seed of [...Array.from({ length: ROUNDS }, (_, i) => FIRST + i), ...ONCE_WRONG]) {
    const random = seededRandom(seed);
    const index = openIndex(`${path}.${seed}`);
    const naive = new Map<string, NaiveBtf>();
    let kernel = randomKernel(random, 20 + random.below(60));
    for (let n = 1; n <= 6; n++) {
      const btf = writeKernel(kernel, random.below(2) === 0);
      const identity = { distro: 'random', version: '1', arch: 'x86_64', release: `6.1.${n}` };
      ingestKernel(index, { identity, btf });
      naive.set(`random/1/x86_64/6.1.${n}`, new NaiveBtf(btf));
      kernel = varyKernel(random, kernel);
    }
    const { differences } = compareNaively(index, naive);
    index.close();
    expect(differences, `seed ${seed}`).toEqual([]);
  }
});
