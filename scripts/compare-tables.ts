// Compares what an image says with what the booted kernel said:
//   node --conditions=@btfq/source scripts/compare-tables.ts --facts DIR IMAGE...
// DIR has a folder for each image, of the image's name, with the kernel's own files in it: kallsyms, available_events,
// available_filter_functions, kprobes_blacklist, events/SYSTEM/EVENT/format, and features.json (`bpftool -j feature probe
// kernel full`). An image without a folder is read and timed. Exit code 1 where anything differs.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { parseBtf } from '@btfq/btf-format';
import {
  encodeTables,
  eventFormat,
  kernelFile,
  type KernelImage,
  kernelTables,
  openKernelImage,
} from '@btfq/kernel-tables';
import { loadTarget } from '@btfq/kernel-source';

const { values, positionals } = parseArgs({ options: { facts: { type: 'string' } }, allowPositionals: true });
let differences = 0;

/** Lines of both sides as multisets: how many are equal, which are on one side only. */
function compareLines(label: string, truth: readonly string[], ours: readonly string[]): void {
  const left = new Map<string, number>();
  for (const line of truth) left.set(line, (left.get(line) ?? 0) + 1);
  const extra = ours.filter((line) => {
    const count = left.get(line) ?? 0;
    left.set(line, count - 1);
    return count <= 0;
  });
  const missing = [...left].filter(([, count]) => count > 0).map(([line]) => line);
  const isOrdered = truth.length === ours.length && truth.every((line, i) => line === ours[i]);
  differences += missing.length + extra.length;
  const order = isOrdered ? ', in the same order' : '';
  console.log(`  ${label}: ${truth.length} lines, ${missing.length} missing, ${extra.length} too many${order}`);
  for (const line of missing.slice(0, 3)) console.log(`    - ${line}`);
  for (const line of extra.slice(0, 3)) console.log(`    + ${line}`);
}

function compareFile(image: KernelImage, btf: ReturnType<typeof parseBtf>, what: string, path: string): void {
  if (!existsSync(path)) return;
  const file = kernelFile(image, btf, what);
  if (!('text' in file)) {
    console.log(`  ${what}: not known`);
    return;
  }
  const lines = (text: string) => text.split('\n').map((line) => line.trimEnd());
  // Symbols and functions of modules, and of programs that were loaded, have their module's name behind them.
  const own = lines(readFileSync(path, 'utf8')).filter((line) => line !== '' && !/(?:\t| )\[\w+\]$/.test(line));
  compareLines(what, own, lines(file.text).slice(0, -1));
}

function compareFormats(tables: ReturnType<typeof kernelTables>, folder: string): void {
  if (tables.events === undefined) {
    console.log('  events: not known');
    return;
  }
  const byName = new Map(tables.events.events.map((event) => [`${event.system}/${event.name}`, event]));
  let equal = 0;
  const others: string[] = [];
  for (const system of readdirSync(folder)) {
    for (const name of readdirSync(join(folder, system))) {
      const path = join(folder, system, name, 'format');
      if (!existsSync(path)) continue;
      const truth = readFileSync(path, 'utf8').replace(/^ID: .*\n/m, '');
      const event = byName.get(`${system}/${name}`);
      byName.delete(`${system}/${name}`);
      if (event && eventFormat(tables.events, event) === truth) equal++;
      else others.push(`${system}/${name}`);
    }
  }
  differences += others.length + byName.size;
  console.log(`  formats: ${equal} equal, ${others.length} different or missing, ${byName.size} too many`);
  for (const name of others.slice(0, 5)) console.log(`    - ${name}`);
}

function compareFeatures(image: KernelImage, btf: ReturnType<typeof parseBtf>, path: string): void {
  const file = kernelFile(image, btf, 'features');
  if (!('text' in file)) {
    console.log('  features: not known');
    return;
  }
  type Section = Record<string, boolean | string[]>;
  const truth = JSON.parse(readFileSync(path, 'utf8')) as Record<string, Section>;
  const ours = JSON.parse(file.text) as Record<string, Section>;
  for (const section of ['program_types', 'map_types', 'helpers']) {
    const keys = Object.keys(truth[section] ?? {});
    let answers = 0;
    let wrong = 0;
    for (const key of keys) {
      const [left, right] = [truth[section]?.[key], ours[section]?.[key]];
      if (!Array.isArray(left) || !Array.isArray(right)) {
        answers++;
        wrong += left === right ? 0 : 1;
        continue;
      }
      answers += new Set([...left, ...right]).size;
      wrong +=
        left.filter((name) => !right.includes(name)).length + right.filter((name) => !left.includes(name)).length;
    }
    differences += wrong;
    console.log(`  ${section}: ${keys.length} entries, ${answers} answers, ${wrong} different`);
  }
}

for (const path of positionals) {
  const { btf: bytes, image: unpacked } = await loadTarget(path, { image: true, modules: false });
  if (unpacked === undefined) throw new Error(`${path}: no image in it`);
  const btf = parseBtf(bytes);
  const start = performance.now();
  const image = openKernelImage(unpacked);
  const opened = performance.now();
  const tables = kernelTables(image, btf);
  const read = performance.now();
  const times = `opened in ${Math.round(opened - start)} ms, read in ${Math.round(read - opened)} ms`;
  console.log(`${basename(path)}: ${image.memory.arch}, ${image.symbols.count} symbols, ${times}`);
  console.log(
    `  encoded: ${encodeTables(tables).length} bytes; not known: ${Object.keys(tables.notKnown).join(', ') || '-'}`,
  );
  const facts = join(values.facts ?? '.', basename(path));
  if (values.facts === undefined || !existsSync(facts)) continue;
  compareFile(image, btf, 'kallsyms', join(facts, 'kallsyms'));
  compareFile(image, btf, 'available_filter_functions', join(facts, 'available_filter_functions'));
  compareFile(image, btf, 'available_events', join(facts, 'available_events'));
  compareFile(image, btf, 'kprobes/blacklist', join(facts, 'kprobes_blacklist'));
  compareFormats(tables, join(facts, 'events'));
  if (existsSync(join(facts, 'features.json'))) compareFeatures(image, btf, join(facts, 'features.json'));
}
process.exitCode = differences > 0 ? 1 : 0;
