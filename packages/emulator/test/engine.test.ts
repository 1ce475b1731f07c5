// The committed engine was compiled from the sources that are here.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { hashOfSources } from '../scripts/engine.ts';

test('src/engine.generated.ts is up to date', () => {
  const committed = readFileSync(new URL('../src/engine.generated.ts', import.meta.url), 'utf8');
  expect(committed).toContain(hashOfSources());
});
