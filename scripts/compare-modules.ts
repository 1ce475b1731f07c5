// Compares what an index says of modules with a naive reader of each module's own BTF, which shares no code with it
// (test-kit/src/naive-btf.ts): every field of every struct and union that a module declares, with nothing missing and nothing
// too many. With --bytes, each module is rebuilt too, and compared to the byte.
//
//   node --conditions=@btfq/source scripts/compare-modules.ts INDEX.db [--stride N] [--bytes] FILE...
//
// Files are the packages or folders that the index was made from; those of one kernel are given one after the other and joined
// with a comma. Exits with 1 where an answer differs.
import { parseArgs } from 'node:util';
import { exportModule, type FieldAnswer, fields, kernels, modules, openIndex } from '@btfq/btf-index';
import { discover, type Kernel, readJob } from '@btfq/kernel-source';
import { NaiveBtf } from '@btfq/test-kit';

const { values, positionals } = parseArgs({
  options: { stride: { type: 'string', default: '1' }, bytes: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const [path, ...sources] = positionals;
if (path === undefined) throw new Error('which index? compare-modules.ts INDEX.db FILE...');
const index = openIndex(path, { readonly: true });
const stride = Number(values.stride);
const counts = { kernels: 0, modules: 0, structs: 0, fields: 0, different: 0 };
const differences: string[] = [];

function differ(line: string): void {
  counts.different++;
  if (differences.length < 30) differences.push(line.slice(0, 600));
}

for (const source of sources) {
  for await (const found of discover(source.split(','), {})) {
    if (found.kind !== 'job') continue;
    for await (const kernel of readJob(found.job, { modules: true })) {
      if (kernel.kind === 'kernel') compare(kernel);
      else differ(`${kernel.path}: ${kernel.message}`);
    }
  }
}
console.log(JSON.stringify(counts));
for (const difference of differences) console.log(difference);
index.close();
process.exitCode = counts.different > 0 || counts.kernels === 0 ? 1 : 0;

/** Where a name is declared: in which module, and which type it is there. */
interface Declared {
  readonly module: string;
  readonly btf: NaiveBtf;
  readonly id: number;
}

function compare({ identity, btf, modules: own }: Kernel): void {
  const { release } = identity;
  const row = kernels(index).find(
    (one) => one.distro === identity.distro && one.arch === identity.arch && one.release === release,
  );
  if (row === undefined) {
    differ(`${release} is not in the index`);
    return;
  }
  counts.kernels++;
  const listed = (modules(index, [row.id]).get(row.id) ?? []).map(({ name }) => name);
  const names = own.map(({ name }) => name).sort();
  if (names.join() !== [...listed].sort().join()) differ(`${release}: other modules are listed`);
  const kernel = new NaiveBtf(btf);
  const declared = new Map<string, Declared[]>();
  for (const module of own) {
    counts.modules++;
    if (values.bytes && Buffer.compare(exportModule(index, row.id, module.name).btf, module.btf) !== 0) {
      differ(`${release} ${module.name}: other bytes`);
    }
    const naive = new NaiveBtf(module.btf, module.base === undefined ? kernel : new NaiveBtf(module.base));
    for (const { kind, name, id } of naive.declarations()) {
      if (kind !== 'struct' && kind !== 'union') continue;
      const key = `${kind} ${name}`;
      const list = declared.get(key);
      if (list) list.push({ module: module.name, btf: naive, id });
      else declared.set(key, [{ module: module.name, btf: naive, id }]);
    }
  }
  let number = 0;
  for (const [key, all] of declared) if (number++ % stride === 0) compareStruct(release, row.id, key, all);
}

function compareStruct(release: string, kernelId: number, key: string, all: readonly Declared[]): void {
  counts.structs++;
  const [kind, struct] = key.split(' ') as ['struct' | 'union', string];
  const naive = new Map<string, Set<string>>();
  for (const { module, btf, id } of all) {
    const paths = new Set(btf.flatten(id).map(({ name }) => name));
    paths.delete('');
    for (const field of paths) {
      const said = naive.get(field) ?? new Set();
      naive.set(field, said);
      for (const one of btf.follow(id, [field])) {
        counts.fields++;
        said.add(`${module} ${one.bitOffset} ${one.bitSize || null} ${btf.size(one.type)} ${btf.text(one.type)}`);
      }
    }
  }
  const asks = [...naive.keys()].map((field) => ({ kind, struct, path: field }));
  fields(index, asks).forEach((answer, i) => {
    const field = asks[i]?.path as string;
    const [told, said] = [placesIn(answer, kernelId), naive.get(field) as Set<string>];
    const missing = [...said].filter((one) => !told.has(one));
    const more = [...told].filter((one) => !said.has(one));
    if (missing.length + more.length === 0) return;
    differ(
      `${release} ${key} ${field}: missing ${missing.slice(0, 3).join(' | ')}; too many ${more.slice(0, 3).join(' | ')}`,
    );
  });
}

function placesIn(answer: FieldAnswer | undefined, kernelId: number): Set<string> {
  const found = new Set<string>();
  for (const { bitOffset, bitSize, size, type, places } of answer?.variants ?? []) {
    for (const { module, kernelIds } of places) {
      if (module === null || !kernelIds.includes(kernelId)) continue;
      found.add(`${module} ${bitOffset} ${bitSize || null} ${size} ${type}`);
    }
  }
  return found;
}
