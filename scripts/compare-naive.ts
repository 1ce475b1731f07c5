// Compares every answer of an index with that of a naive reader of the same BTFs, which shares no code with it
// (test-kit/src/naive-btf.ts): fields, paths through two levels, layouts, enumerators, functions, typedefs, members by type, and
// the differences between each kernel and the next.
//
//   node --conditions=@btfq/source scripts/compare-naive.ts INDEX.db [--stride N] [--pairs N]
//
// Without --stride every name is asked, which takes many minutes for each kernel. Exits with 1 where an answer differs.
import { parseArgs } from 'node:util';
import { exportBtf, kernels, openIndex } from '@btfq/btf-index';
import { NaiveBtf } from '@btfq/test-kit';
import { compareNaively } from '../packages/btf-index/test/naive-comparison.ts';

const { values, positionals } = parseArgs({
  options: { stride: { type: 'string', default: '1' }, pairs: { type: 'string' } },
  allowPositionals: true,
});
const [path] = positionals;
if (path === undefined) throw new Error('which index? compare-naive.ts INDEX.db [--stride N] [--pairs N]');

const index = openIndex(path, { readonly: true });
const naive = new Map(kernels(index).map(({ id, name }) => [name, new NaiveBtf(exportBtf(index, id))]));
const { counts, differences } = compareNaively(index, naive, {
  stride: Number(values.stride),
  ...(values.pairs === undefined ? {} : { pairs: Number(values.pairs) }),
});
console.log(JSON.stringify({ kernels: naive.size, ...counts, different: differences.length }));
for (const difference of differences) console.log(difference);
index.close();
process.exitCode = differences.length > 0 ? 1 : 0;
