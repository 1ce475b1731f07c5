// A few seeded rounds of what scripts/fuzz-containers.ts does by the hundred thousand.

import { loadTargetBytes } from '@btfq/kernel-source';
import { expect, it } from 'vitest';
import { mutationSeeds, runContainerMutations } from './mutation-run.ts';

it('every seed is read as it is', async () => {
  for (const [at, bytes] of mutationSeeds().entries()) {
    // a module alone is no kernel, and the root of a test has no vmlinux of its own
    await loadTargetBytes(bytes, { path: `seed-${at}` }).catch((error) =>
      expect(error.code).toMatch(/no-kernel|bad-btf/),
    );
  }
});

it('damaged images and archives end in a kernel or a typed error', async () => {
  const { valid, codes } = await runContainerMutations(7, 600);
  expect(valid).toBeGreaterThan(50);
  expect(codes.size).toBeGreaterThan(5);
});
