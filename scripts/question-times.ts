// How long questions take that have nothing to do with modules, in an index with modules and in one of the same kernels
// without: each round opens both anew and asks the same, one after the other, in turns.
//
//   node --conditions=@btfq/source scripts/question-times.ts WITH.db WITHOUT.db [--rounds N] [--names N]
import { parseArgs } from 'node:util';
import {
  type BtfIndex,
  databaseOf,
  declarations,
  field,
  fieldHistory,
  fieldsOfType,
  kernels,
  openIndex,
  search,
} from '@btfq/btf-index';

const { values, positionals } = parseArgs({
  options: { rounds: { type: 'string', default: '15' }, names: { type: 'string', default: '60' } },
  allowPositionals: true,
});
const [withModules, without] = positionals;
if (withModules === undefined || without === undefined)
  throw new Error('which two? question-times.ts WITH.db WITHOUT.db');

/** Structs that kernels have and no module, with their first named field. */
function questions(): { readonly name: string; readonly path: string }[] {
  const index = openIndex(withModules as string, { readonly: true });
  const named = databaseOf(index)
    .prepare('SELECT DISTINCT n.text FROM declaration d JOIN name n ON n.id = d.name WHERE d.kind = 4 ORDER BY n.text')
    .pluck()
    .all() as string[];
  const step = Math.max(1, Math.floor(named.length / (Number(values.names) * 8)));
  const found: { name: string; path: string }[] = [];
  for (let i = 0; i < named.length && found.length < Number(values.names); i += step) {
    const name = named[i]!;
    const all = declarations(index, 'struct', name);
    const path = all[0]?.fields.find((one) => one.name !== '')?.name;
    if (path !== undefined && all.every(({ places }) => places.every(({ module }) => module === null))) {
      found.push({ name, path });
    }
  }
  index.close();
  return [{ name: 'task_struct', path: 'pid' }, ...found];
}

const asked = questions();
const ASKS: Readonly<Record<string, (index: BtfIndex) => unknown>> = {
  field: (index) => asked.map(({ name, path }) => field(index, 'struct', name, path)),
  struct: (index) => asked.map(({ name }) => declarations(index, 'struct', name)),
  history: (index) => asked.map(({ name, path }) => fieldHistory(index, 'struct', name, path)),
  search: (index) => ['task', 'vruntime', 'sched_entity'].map((text) => search(index, text)),
  members: (index) => fieldsOfType(index, 'struct sched_entity'),
  kernels: (index) => kernels(index),
};

const times = new Map<string, [number[], number[]]>(Object.keys(ASKS).map((name) => [name, [[], []]]));
for (let round = 0; round < Number(values.rounds); round++) {
  const turns = [withModules, without].map((path, side) => ({ path, side }));
  if (round % 2 === 1) turns.reverse();
  for (const [name, ask] of Object.entries(ASKS)) {
    for (const { path, side } of turns) {
      const index = openIndex(path, { readonly: true });
      kernels(index);
      const before = process.cpuUsage();
      ask(index);
      const { user, system } = process.cpuUsage(before);
      times.get(name)?.[side]?.push((user + system) / 1000);
      index.close();
    }
  }
}
const median = (all: number[]): number => [...all].sort((a, b) => a - b)[Math.floor(all.length / 2)]!;
console.log(`${asked.length} names, ${values.rounds} rounds, CPU ms (median)`);
for (const [name, [mine, other]] of times) {
  const [a, b] = [median(mine), median(other)];
  console.log(`${name.padEnd(10)} with ${a.toFixed(2)}  without ${b.toFixed(2)}  ${(a / b).toFixed(2)}`);
}
