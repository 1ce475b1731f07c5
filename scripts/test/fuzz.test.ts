// What fuzzing found once stays right: the committed corpus of every reader, and every input that was a fault.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, expect, test } from 'vitest';
import { readCorpus } from '../fuzz/corpus.ts';
import { faultOf } from '../fuzz/guided.ts';
import { READERS, type Reader } from '../fuzz/readers.ts';

const FAULTS = join(import.meta.dirname, '../fuzz/faults');
/** Inputs of a corpus that are read here: the newest, which ran what was hardest to reach. */
const MOST = 40;
const readers = new Map<string, Reader>();
afterAll(() => {
  for (const reader of readers.values()) reader.close?.();
});

function readerOf(name: string): Reader {
  let reader = readers.get(name);
  if (reader === undefined) readers.set(name, (reader = (READERS[name] as () => Reader)()));
  return reader;
}

test.each(Object.keys(READERS))('%s: whole inputs and the corpus are read or refused', async (name) => {
  const reader = readerOf(name);
  for (const [i, bytes] of [...reader.seeds.slice(0, MOST), ...readCorpus(name).slice(0, MOST)].entries()) {
    expect(await faultOf(reader, bytes), `input ${i}`).toBeUndefined();
  }
});

test('inputs that were faults are none any more', async () => {
  for (const file of existsSync(FAULTS) ? readdirSync(FAULTS) : []) {
    const reader = readerOf(file.slice(0, file.lastIndexOf('-')));
    expect(await faultOf(reader, new Uint8Array(gunzipSync(readFileSync(join(FAULTS, file))))), file).toBeUndefined();
  }
});
