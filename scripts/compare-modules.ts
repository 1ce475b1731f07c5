// Compares what an index says of modules with a naive reader of each module's own BTF, which shares no code with it
// (test-kit/src/naive-btf.ts): every field of every struct and union that a module declares, by its tag or by a typedef's
// name, with nothing missing and nothing too many. With --bytes, each module is rebuilt too, and compared to the byte.
//
//   node --conditions=@btfq/source scripts/compare-modules.ts INDEX.db [--part K/N] [--bytes] [--as KERNEL] FILE...
//
// With --part, it is the Kth of N parts of the structs, and of the modules whose bytes are compared; all parts together are
// everything. Files are the packages or folders that the index was made from; those of one kernel are given one after the
// other and joined with a comma. --as says which kernel it is where they do not: distro/version/arch/release. Exits with 1
// where an answer differs.
import { parseArgs } from 'node:util';
import { exportModule, type FieldAnswer, fields, kernels, modules, openIndex } from '@btfq/btf-index';
import { discover, type Kernel, readJob } from '@btfq/kernel-source';
import { NaiveBtf } from '@btfq/test-kit';

const { values, positionals } = parseArgs({
  options: {
    part: { type: 'string', default: '1/1' },
    bytes: { type: 'boolean', default: false },
    as: { type: 'string' },
  },
  allowPositionals: true,
});
const [path, ...sources] = positionals;
if (path === undefined) throw new Error('which index? compare-modules.ts INDEX.db FILE...');
const index = openIndex(path, { readonly: true });
const [part, parts] = values.part.split('/').map(Number) as [number, number];
const isInPart = (number: number): boolean => number % parts === part - 1;
const [distro = '', version = '', arch = '', release = ''] = values.as?.split('/') ?? [];
const identity = values.as === undefined ? {} : { distro, version, arch, release };
const counts = { kernels: 0, modules: 0, structs: 0, fields: 0, different: 0 };
const differences: string[] = [];

function differ(line: string): void {
  counts.different++;
  if (differences.length < 30) differences.push(line.slice(0, 600));
}

for (const source of sources) {
  for await (const found of discover(source.split(','), {})) {
    if (found.kind !== 'job') continue;
    for await (const kernel of readJob(found.job, { modules: true, identity })) {
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
  for (const [number, module] of own.entries()) {
    counts.modules++;
    if (
      values.bytes &&
      isInPart(number) &&
      Buffer.compare(exportModule(index, row.id, module.name).btf, module.btf) !== 0
    ) {
      differ(`${release} ${module.name}: other bytes`);
    }
    const naive = new NaiveBtf(module.btf, module.base === undefined ? kernel : new NaiveBtf(module.base));
    for (const { name, id } of naive.composites()) {
      const key = `${naive.at(id).kind === 4 ? 'struct' : 'union'} ${name}`;
      const list = declared.get(key);
      if (list) list.push({ module: module.name, btf: naive, id });
      else declared.set(key, [{ module: module.name, btf: naive, id }]);
    }
  }
  let number = 0;
  for (const [key, all] of declared) if (isInPart(number++)) compareStruct(release, row.id, key, all);
}

function compareStruct(release: string, kernelId: number, key: string, all: readonly Declared[]): void {
  counts.structs++;
  const [kind, struct] = key.split(' ') as ['struct' | 'union', string];
  const naive = new Map<string, Set<string>>();
  for (const { module, btf, id } of all) {
    const byName = new Map<string, { bitOffset: number; bitSize: number | null; type: number }[]>();
    for (const { name, bitOffset, bitSize, id: type } of btf.flatten(id)) {
      if (name === '') continue;
      const known = byName.get(name);
      if (known) known.push({ bitOffset, bitSize, type });
      else byName.set(name, [{ bitOffset, bitSize, type }]);
    }
    for (const [field, flat] of byName) {
      const said = naive.get(field) ?? new Set();
      naive.set(field, said);
      for (const one of flat.length === 1 ? flat : btf.follow(id, [field])) {
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
