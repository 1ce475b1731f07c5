// pnpm bench [NAME...]: measures what design says is to be reached, in turns with the reference tools where they are.
//
//   --kernels DIR     raw .btf files (default: the fixtures)     --objects DIR   .bpf.o files (default: the fixtures)
//   --reference DIR   bpftool, open-find and dedup (bench/reference/build.sh), pahole; else they are looked for in PATH
//   --rounds N        how often each thing is measured (7)       --simulated N   kernels of the simulated archive (10000)
//   --seed N          of the simulated archive                   --smoke         only that everything works
//   --out FILE        writes FILE.json and FILE.md               --compare FILE  an earlier FILE.json
//   --vmlinux FILE    a kernel with debug information; again     --package FILE  a debug package; again for another one
//                     for another one (dwz in its name: rewritten by dwz)            --image FILE    a kernel image; again
//                     for another one                              --index FILE  what the views are asked of
//   --executables DIR  what scripts/executable.ts made (release/)                   --list  the names

import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { fixtureKernels, fixtureObjects, fixturePath, kernelBtf } from '@btfq/test-kit';
import type { BenchContext, Case } from './case.ts';
import { commands } from './cases/commands.ts';
import { dedup } from './cases/dedup.ts';
import { dwarf } from './cases/dwarf.ts';
import { emulator } from './cases/emulator.ts';
import { growth } from './cases/growth.ts';
import { ingestCase } from './cases/ingest.ts';
import { indexBundle, indexScale } from './cases/index-scale.ts';
import { loads } from './cases/loads.ts';
import { manyKernels } from './cases/many-kernels.ts';
import { offsets } from './cases/offsets.ts';
import { openFind } from './cases/open-find.ts';
import { serverLoad } from './cases/server-load.ts';
import { start } from './cases/start.ts';
import { verifier } from './cases/verifier.ts';
import { views } from './cases/views.ts';
import { describeMachine } from './machine.ts';
import { isProgram } from './process.ts';
import { compare, markdown, type Results } from './report.ts';
import type { Row } from './result.ts';

const CASES: readonly Case[] = [
  openFind,
  dedup,
  commands,
  start,
  manyKernels,
  growth,
  ingestCase,
  indexScale,
  indexBundle,
  serverLoad,
  emulator,
  dwarf,
  offsets,
  loads,
  verifier,
  views,
];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    kernels: { type: 'string' },
    objects: { type: 'string' },
    reference: { type: 'string' },
    vmlinux: { type: 'string', multiple: true, default: [] },
    package: { type: 'string', multiple: true, default: [] },
    image: { type: 'string', multiple: true, default: [] },
    rounds: { type: 'string', default: '7' },
    simulated: { type: 'string', default: '10000' },
    seed: { type: 'string', default: '1' },
    index: { type: 'string' },
    executables: { type: 'string', default: resolve(import.meta.dirname, '../../release') },
    smoke: { type: 'boolean', default: false },
    out: { type: 'string' },
    compare: { type: 'string' },
    list: { type: 'boolean', default: false },
  },
});

function files(folder: string, ending: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(ending))
    .sort()
    .map((name) => resolve(folder, name));
}

/** The fixtures' kernels as raw files, since that is what the reference tools read. */
function unpackFixtures(folder: string): string[] {
  return fixtureKernels().map(({ id }) => {
    const path = join(folder, `${id.replaceAll('/', '-')}.btf`);
    writeFileSync(path, kernelBtf(id));
    return path;
  });
}

/** x86_64 first and the largest of them first: single-kernel cases take that one. */
function inOrder(paths: readonly string[]): string[] {
  const rank = (path: string) => (path.includes('x86_64') || path.includes('amd64') ? 0 : 1);
  return [...paths].sort((a, b) => rank(a) - rank(b) || statSync(b).size - statSync(a).size);
}

/** Objects of the fixtures that loaders take: those with CO-RE relocations, little-endian. */
function fixtureObjectPaths(): string[] {
  return fixtureObjects()
    .filter((name) => ['execsnoop', 'opensnoop', 'tcpconnect', 'relocs', 'fields', 'arrays'].includes(name))
    .map((name) => fixturePath(`objects/${name}.bpf.o`));
}

function findReference(name: string): string | undefined {
  const folders = [...(values.reference ? [values.reference] : []), ...(process.env['PATH'] ?? '').split(delimiter)];
  return folders.map((folder) => join(folder, name)).find(isProgram);
}

async function main(): Promise<number> {
  if (values.list) {
    for (const { name, about } of CASES) console.log(`${name}: ${about}`);
    return 0;
  }
  const unknown = positionals.filter((name) => !CASES.some((one) => one.name === name));
  if (unknown.length > 0) {
    console.error(`no such case: ${unknown.join(', ')}; there are ${CASES.map(({ name }) => name).join(', ')}`);
    return 2;
  }
  const scratch = mkdtempSync(join(tmpdir(), 'btfq-bench-'));
  try {
    const kernels = values.kernels ? files(values.kernels, '.btf') : unpackFixtures(scratch);
    const objects = values.objects ? files(values.objects, '.bpf.o') : fixtureObjectPaths();
    const context: BenchContext = {
      // that everything works is shown by small kernels as well as by large ones
      kernels: values.smoke ? inOrder(kernels).reverse().slice(0, 2) : inOrder(kernels),
      objects: values.smoke ? objects.slice(0, 3) : objects,
      reference: findReference,
      rounds: values.smoke ? 1 : Number(values.rounds),
      smoke: values.smoke,
      simulated: values.smoke ? 5 : Number(values.simulated),
      seed: Number(values.seed),
      scratch,
      vmlinux: values.vmlinux,
      debugPackages: values.package,
      images: values.image,
      index: values.index,
      executables: resolve(values.executables),
      note: (line) => console.error(line),
    };
    const rows: Row[] = [];
    for (const one of CASES) {
      if (positionals.length > 0 && !positionals.includes(one.name)) continue;
      context.note(`${one.name}: ${one.about}`);
      rows.push(...(await one.run(context)));
    }
    const tools = {
      bpftool: findReference('bpftool'),
      pahole: findReference('pahole'),
      'open-find': findReference('open-find'),
    };
    const results: Results = { machine: describeMachine(tools), smoke: values.smoke, rows };
    console.log(markdown(results));
    if (values.compare) console.log(compare(results, JSON.parse(readFileSync(values.compare, 'utf8')) as Results));
    if (values.out) {
      writeFileSync(`${values.out}.json`, `${JSON.stringify(results, null, 2)}\n`);
      writeFileSync(`${values.out}.md`, markdown(results));
    }
    return 0;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

process.exitCode = await main();
