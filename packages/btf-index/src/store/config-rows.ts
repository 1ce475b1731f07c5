// Configurations of kernels as rows: each symbol with a value is a row of `declaration`, in the set of the kernels that
// have it so. Kernels of a series differ in a few symbols, and so in a few rows.

import { textOfBytes } from '../bytes.ts';
import { contains } from './content-tree.ts';
import type { BtfIndex } from './btf-index.ts';
import { rowsOf } from './row-cache.ts';

/** `declaration.kind` of a symbol of a configuration; its body is the value as UTF-8: see `parseKernelConfig`. */
export const CONFIG_SYMBOL = 0x50;

/** The symbols of a content's configuration by its sets: by row of the name, the row. Whether it is known, its content says. */
export function configRowsOf(index: BtfIndex, content: number): Map<number, number> {
  const rows = rowsOf(index);
  const position = index.catalog().tree.position[content]!;
  const all = index
    .statement(`SELECT id, name, declaration_set FROM declaration WHERE kind = ${CONFIG_SYMBOL}`)
    .all() as [number, number, number][];
  rows.loadSets(all.map(([, , set]) => set));
  const found = new Map<number, number>();
  for (const [id, name, set] of all) if (contains(rows.ranges(set), position)) found.set(name, id);
  return found;
}

/** A content's configuration: values by symbol, in order of symbols. */
export function configOf(index: BtfIndex, content: number): Map<string, string> {
  const rows = configRowsOf(index, content);
  const own = new Set(rows.values());
  const found = index
    .statement(
      `SELECT d.id, n.text, d.body FROM json_each(?) j CROSS JOIN declaration d ON d.name = j.value AND d.kind = ${CONFIG_SYMBOL}
         JOIN name n ON n.id = d.name ORDER BY n.text`,
    )
    .all(JSON.stringify([...rows.keys()])) as [number, string, Uint8Array][];
  return new Map(found.filter(([id]) => own.has(id)).map(([, name, body]) => [name, textOfBytes(body)]));
}
