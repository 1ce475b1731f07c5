// Damages images and modules at random, and reads all tables of them: typed errors or 'not known', in bounded time and memory.
//   node --conditions=@btfq/source scripts/fuzz-tables.ts [--seed N] [--runs N] [--on IMAGE] [--module FILE.ko ...]
// Without --on, the small kernel of the tests is damaged, with a few more bytes of it in each run. An IMAGE is unpacked once;
// every run damages it anew. Exit code 1 where anything but a typed error comes out, or a run takes over 20 seconds.

import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { parseBtf } from '@btfq/btf-format';
import { parseElf } from '@btfq/elf';
import { loadTarget } from '@btfq/kernel-source';
import {
  kernelFile,
  kernelFileNames,
  kernelTables,
  moduleParts,
  moduleTables,
  openKernelImage,
  tableParts,
} from '@btfq/kernel-tables';
import { buildKernel } from '../packages/kernel-tables/test/built-kernel.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    runs: { type: 'string', default: '1000' },
    on: { type: 'string' },
    module: { type: 'string', multiple: true, default: [] },
  },
});
const TYPED = /^(?:KernelTables|Elf|Btf)Error$/;
const LIMIT_MS = 20_000;

let state = Number(values.seed) >>> 0;
/** mulberry32: 32 bits. */
function random(): number {
  state = (state + 0x6d2b79f5) >>> 0;
  let mixed = Math.imul(state ^ (state >>> 15), state | 1);
  mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
  return (mixed ^ (mixed >>> 14)) >>> 0;
}
const below = (bound: number) => random() % bound;

const EXTREMES = [0, 1, 0x7f, 0x80, 0xff];

/** Changes bytes, words, or a stretch of `bytes` between two places; what was there, to be put back. */
function damage(bytes: Uint8Array, from: number, to: number): (() => void)[] {
  const undo: (() => void)[] = [];
  for (let count = 1 + below(6); count > 0; count--) {
    const at = from + below(to - from);
    const length = [1, 1, 2, 4, 8, 64][below(6)]!;
    const before = bytes.slice(at, at + length);
    undo.push(() => bytes.set(before, at));
    const kind = below(4);
    for (let i = at; i < Math.min(at + length, bytes.length); i++) {
      if (kind === 0) bytes[i] = EXTREMES[below(EXTREMES.length)]!;
      else if (kind === 1) bytes[i] = bytes[i]! ^ (1 << below(8));
      else if (kind === 2) bytes[i] = random() & 0xff;
      else bytes[i] = bytes[from + below(to - from)]!;
    }
  }
  return undo.reverse();
}

let read = 0;
let refused = 0;
let slowest = 0;
const codes = new Map<string, number>();

function attempt(what: string, run: () => void): void {
  const start = performance.now();
  try {
    run();
    read++;
  } catch (error) {
    const { name, code, stack } = error as Error & { code?: string };
    if (!TYPED.test(name)) {
      console.log(`${what}: ${stack}`);
      process.exitCode = 1;
    }
    refused++;
    codes.set(`${name} ${code}`, (codes.get(`${name} ${code}`) ?? 0) + 1);
  }
  const took = performance.now() - start;
  slowest = Math.max(slowest, took);
  if (took > LIMIT_MS) {
    console.log(`${what}: ${Math.round(took)} ms`);
    process.exitCode = 1;
  }
}

const built = buildKernel();
const loaded = values.on === undefined ? undefined : await loadTarget(values.on, { image: true, modules: false });
const image = loaded?.image?.slice() ?? built.image.slice();
const btf = loaded === undefined ? built.btf : parseBtf(loaded.btf);
const files = values.module.map((path) => ({ path, bytes: new Uint8Array(readFileSync(path)) }));
const runs = Number(values.runs);
for (let run = 0; run < runs; run++) {
  if (run > 0 && run % 500 === 0) console.error(`${run} runs, slowest ${Math.round(slowest)} ms`);
  const file = files.length > 0 ? files[run % files.length] : undefined;
  if (file !== undefined) {
    const undo = damage(file.bytes, 0, file.bytes.length);
    attempt(`run ${run} on ${file.path}`, () => {
      const elf = parseElf(file.bytes);
      const own = elf.section('.BTF');
      const types = own && parseBtf(elf.sectionBytes(own), { base: btf });
      moduleParts([moduleTables('damaged', elf, { btf, ownTypes: types, version: [6, 12] })]);
    });
    for (const back of undo) back();
    continue;
  }
  const isInTables = values.on === undefined && below(4) > 0;
  const undo = isInTables ? damage(image, built.tables.from, built.tables.to) : damage(image, 0, image.length);
  attempt(`run ${run}`, () => {
    const opened = openKernelImage(image);
    tableParts(kernelTables(opened, btf));
    const name = kernelFileNames[below(kernelFileNames.length)]!;
    kernelFile(opened, btf, name);
    kernelFile(opened, btf, 'events/test/my_event/format');
  });
  for (const back of undo) back();
}
const memory = Math.round(process.resourceUsage().maxRSS / 1024);
const refusals = [...codes].map(([code, count]) => `${code} ${count}`).join(', ');
console.log(
  `seed ${values.seed}: ${runs} runs, ${read} read, ${refused} refused (${refusals}), slowest ${Math.round(slowest)} ms, ${memory} MB`,
);
