// Bytes of modules into rows: compressed, with the version before as dictionary. module-store.ts reads them.

import { constants as zlib, zstdCompressSync } from 'node:zlib';
import type { StoredModule } from '../prepare/prepare.ts';
import type { BtfIndex } from '../store/btf-index.ts';
import { storedData } from '../store/module-store.ts';

/** A module stored in full: thousands come with the first kernel. */
const FIRST_LEVEL = 3;
const LEVEL = 15;
/** At most so many rows make a module. */
const MAX_STEPS = 16;

/** Stores bytes of a module; `like` is a row of content that is probably similar. Gives the row. */
export function storeModuleContent(index: BtfIndex, stored: StoredModule, like: number | undefined): number {
  const known = index.statement('SELECT id FROM module_content WHERE hash = ?').get(stored.hash) as
    | [number]
    | undefined;
  if (known !== undefined) return known[0];
  const steps = like === undefined ? 0 : stepsOf(index, like);
  const base = like !== undefined && steps < MAX_STEPS ? like : undefined;
  const data = base === undefined ? pack(stored.data) : packFrom(stored.data, storedData(index, base));
  const { lastInsertRowid } = index
    .statement('INSERT INTO module_content (hash, base, steps, encoded, data) VALUES (?, ?, ?, ?, ?)')
    .run(stored.hash, base ?? null, base === undefined ? 1 : steps + 1, stored.encoded ? 1 : 0, data);
  return Number(lastInsertRowid);
}

function stepsOf(index: BtfIndex, id: number): number {
  return (index.statement('SELECT steps FROM module_content WHERE id = ?').get(id) as [number])[0];
}

export function pack(data: Uint8Array): Uint8Array {
  return zstdCompressSync(data, { params: { [zlib.ZSTD_c_compressionLevel]: FIRST_LEVEL } });
}

export function packFrom(data: Uint8Array, dictionary: Uint8Array): Uint8Array {
  return zstdCompressSync(data, { dictionary, params: { [zlib.ZSTD_c_compressionLevel]: LEVEL } });
}
