// What an index holds, in numbers.

import type { IndexStats } from '../answer-types.ts';
import { decodeMembershipChanges, intersect, rangesOf } from '../store/content-tree.ts';
import { CONFIG_SYMBOL } from '../store/config-rows.ts';
import type { BtfIndex } from '../store/btf-index.ts';

/** Counts and sizes of an index; reads all of its tables' keys. */
export function stats(index: BtfIndex): IndexStats {
  const count = (sql: string) => (index.statement(sql).get() as [number])[0];
  return {
    kernels: count('SELECT count(*) FROM kernel'),
    distinct: count('SELECT count(*) FROM content'),
    modules: count('SELECT coalesce(sum(c.modules), 0) FROM kernel k JOIN content c ON c.id = k.content'),
    declarations: count(
      `SELECT count(*) - (SELECT count(*) FROM declaration WHERE kind = ${CONFIG_SYMBOL}) FROM declaration`,
    ),
    names: count(
      `SELECT count(*) FROM (SELECT DISTINCT name FROM declaration EXCEPT
         SELECT name FROM declaration WHERE kind = ${CONFIG_SYMBOL})`,
    ),
    bytes: index.driver.size(),
    btfBytes:
      count('SELECT coalesce(sum(c.bytes), 0) FROM kernel k JOIN content c ON c.id = k.content') + moduleBytes(index),
    generation: index.generation(),
  };
}

/** Size of all modules' BTF: of each version, as often as kernels have it. */
function moduleBytes(index: BtfIndex): number {
  const catalog = index.catalog();
  const rows = index
    .statement(
      `SELECT s.membership_changes, sum(m.bytes) FROM module m JOIN declaration_set s ON s.id = m.declaration_set GROUP BY s.id`,
    )
    .all() as [Uint8Array, number][];
  return rows.reduce((sum, [changes, bytes]) => {
    const ranges = intersect(rangesOf(catalog.tree, decodeMembershipChanges(changes)), catalog.withModules);
    return sum + bytes * catalog.countIn(ranges);
  }, 0);
}
