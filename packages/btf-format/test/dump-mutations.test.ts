// Damaged BTF: what parses can be shown, or the error is a typed one; and it ends.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type Btf,
  BtfError,
  dumpC,
  dumpJson,
  dumpRaw,
  dumpTypeC,
  formatStructLayout,
  formatType,
  parseBtf,
  structLayout,
} from '@btfq/btf-format';
import { mutate, seededRandom } from '@btfq/test-kit';
import { expect, test } from 'vitest';

const RUNS = 150;
const maxBytes = 1 << 16;

test.each(['bitfields', 'conflicts', 'declarations', 'enums', 'order', 'padding', 'tags'])('%s', (name) => {
  const random = seededRandom(20261123);
  const whole = readFileSync(join(import.meta.dirname, 'golden', `${name}.btf`));
  let shown = 0;
  for (let run = 0; run < RUNS; run++) {
    const bytes = mutate(new Uint8Array(whole), random, 24); // headers have a test of their own
    const btf = orTypedError(() => parseBtf(bytes));
    if (btf === undefined) continue;
    shown++;
    for (const show of SHOWS) orTypedError(() => show(btf));
    for (let id = 0; id < btf.typeCount; id++) {
      orTypedError(() => formatType(btf, id, { name: 'x', tags: true }));
      orTypedError(() => formatStructLayout(structLayout(btf, id)));
      if (id % 8 === run % 8) orTypedError(() => dumpTypeC(btf, id, { maxBytes }));
    }
  }
  expect(shown).toBeGreaterThan(RUNS / 10);
});

const SHOWS: readonly ((btf: Btf) => void)[] = [
  (btf) => dumpRaw(btf, () => {}, { maxBytes }),
  (btf) => dumpJson(btf, () => {}, { maxBytes, pretty: true }),
  (btf) => dumpC(btf, () => {}, { maxBytes }),
  (btf) => dumpC(btf, () => {}, { maxBytes, sorted: false }),
];

function orTypedError<T>(run: () => T): T | undefined {
  try {
    return run();
  } catch (error) {
    if (error instanceof BtfError) return undefined;
    throw error;
  }
}
