// What an index holds, in numbers.

import { existsSync, statSync } from 'node:fs';
import type { IndexStats } from '../answer-types.ts';
import type { BtfIndex } from '../store/open.ts';

/** Counts and sizes of an index; reads all of its tables' keys. */
export function stats(index: BtfIndex): IndexStats {
  const count = (sql: string) => (index.statement(sql).get() as [number])[0];
  return {
    kernels: count('SELECT count(*) FROM kernel'),
    distinct: count('SELECT count(*) FROM content'),
    modules: count('SELECT count(*) FROM module'),
    declarations: count('SELECT count(*) FROM declaration'),
    names: count('SELECT count(*) FROM (SELECT DISTINCT name FROM declaration)'),
    bytes: [index.path, `${index.path}-wal`].reduce((n, path) => n + (existsSync(path) ? statSync(path).size : 0), 0),
    btfBytes:
      count('SELECT coalesce(sum(c.bytes), 0) FROM kernel k JOIN content c ON c.id = k.content') +
      count('SELECT coalesce(sum(bytes), 0) FROM module') +
      count('SELECT coalesce(sum(c.bytes), 0) FROM module m JOIN module_content c ON c.id = m.distilled_base'),
    generation: index.generation(),
  };
}
