// The corpus of a reader in the repo: a gzipped file of inputs, each behind its length. Only small inputs are kept, and not many.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';

const FOLDER = join(import.meta.dirname, 'corpus');
/** Inputs longer than this stay outside, and all of a reader's together have at most so many bytes. */
const MOST_BYTES = 4096;
const MOST_OF_ALL = 96 * 1024;

/** The committed inputs of a reader; none where there is no file. */
export function readCorpus(name: string): Uint8Array[] {
  const path = join(FOLDER, `${name}.gz`);
  if (!existsSync(path)) return [];
  const bytes = gunzipSync(readFileSync(path));
  const inputs: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = bytes.readUInt32LE(at);
    inputs.push(new Uint8Array(bytes.subarray(at + 4, at + 4 + length)));
    at += 4 + length;
  }
  return inputs;
}

/** Writes the inputs that are worth keeping; gives how many. Later ones stand for more than those they were made from. */
export function writeCorpus(name: string, inputs: readonly Uint8Array[]): number {
  mkdirSync(FOLDER, { recursive: true });
  const parts: Buffer[] = [];
  let total = 0;
  let count = 0;
  for (const input of inputs.toReversed()) {
    if (input.length > MOST_BYTES || total + input.length > MOST_OF_ALL) continue;
    const length = Buffer.alloc(4);
    length.writeUInt32LE(input.length);
    parts.push(length, Buffer.from(input));
    total += input.length;
    count++;
  }
  writeFileSync(join(FOLDER, `${name}.gz`), gzipSync(Buffer.concat(parts), { level: 9 }));
  return count;
}
