#!/usr/bin/env node
// Hostile input for the emulator and for what runs on it: nothing but typed errors and stops, memory within its bounds, no hang.
//
//   node --conditions=@btfq/source scripts/fuzz-verifier.ts [--runs N] [--seed N]                  code with changed bytes
//   node --conditions=@btfq/source scripts/fuzz-verifier.ts --whole N IMAGE OBJECT...               kernels and programs with changed bytes
//
// The first runs random code of both architectures, valid instructions with changed bytes among it. The second saves the kernel of
// IMAGE, changes bytes of what was saved, of the object, or of both, and asks its verifier.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { Emulator } from '@btfq/emulator';
import { callingKernel, openKernel, openSavedKernel } from '@btfq/kernel-runtime';
import { openObject, verifyObject } from '@btfq/loader';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    runs: { type: 'string', default: '1000000' },
    whole: { type: 'string' },
    seed: { type: 'string', default: '1' },
  },
});

/** xorshift32 */
let state = Number(values.seed) * 2654435761 || 1;
function random(below: number): number {
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  return (state >>> 0) % below;
}

const counts = new Map<string, number>();
const count = (what: string) => counts.set(what, (counts.get(what) ?? 0) + 1);
let slowest = 0;
let most = 0;
let timedRuns = 0;

/** Times one run, and looks at memory. */
function timed(run: () => string): void {
  const began = performance.now();
  count(run());
  slowest = Math.max(slowest, performance.now() - began);
  if (timedRuns++ % 64 === 0) most = Math.max(most, process.memoryUsage().rss);
}

function report(runs: number): void {
  const answers = Object.fromEntries([...counts].sort((a, b) => b[1] - a[1]));
  console.log(JSON.stringify({ runs, slowestMs: Math.round(slowest), mostMB: Math.round(most / 2 ** 20), answers }));
}

const CODE = 0xffffffff81000000n;
const DATA = 0x20000n;
const MEMORY_LIMIT = 2 ** 20;
const RUNS_OF_ONE = 2000;
/** What one run may take, in milliseconds: far more than its budget needs, on a busy machine too. */
const TOO_SLOW = 20_000;

function fuzzEmulator(runs: number): void {
  const golden = new URL('../packages/emulator/test/golden/', import.meta.url);
  for (const architecture of ['x86_64', 'arm64'] as const) {
    const corpus = gunzipSync(readFileSync(new URL(`${architecture}.bin.gz`, golden)));
    let emulator: Emulator | undefined;
    let start: ReturnType<Emulator['snapshot']> | undefined;
    for (let run = 0; run < runs / 2; run++) {
      if (run % 100_000 === 99_999) report(timedRuns);
      if (emulator === undefined || run % RUNS_OF_ONE === 0) {
        emulator = new Emulator({ architecture, memoryLimit: MEMORY_LIMIT });
        emulator.map(CODE, 0x1000);
        emulator.map(DATA, 0x10000);
        emulator.sp = DATA + 0x8000n;
        start = emulator.snapshot();
      }
      const size = 16 + random(200);
      const from = random(corpus.length - size);
      const code = Uint8Array.from(corpus.subarray(from, from + size));
      for (let changes = random(6); changes > 0; changes--) code[random(size)] = random(256);
      const running = emulator;
      timed(() => {
        running.write(CODE, code);
        for (let register = 0; register < 16; register++) {
          if (register !== 4)
            running.set(register, random(2) === 0 ? DATA + BigInt(random(0x10000)) : BigInt(random(2 ** 31)));
        }
        const stop = running.run(CODE + BigInt(random(16) & ~3), { budget: 2000 });
        if (running.memoryUsed > MEMORY_LIMIT) throw new Error(`${running.memoryUsed} bytes of memory`);
        running.restore(start!);
        return stop.reason;
      });
    }
  }
  report(runs);
}

const TYPED: ReadonlySet<string> = new Set([
  'KernelRuntimeError',
  'EmulatorError',
  'LoaderError',
  'ElfError',
  'BtfError',
  'RelocationError',
]);

/** Objects are small; of a saved kernel whole chunks are hit. */
function changed(bytes: Uint8Array, times: number): Uint8Array {
  const copy = bytes.slice();
  for (let i = 0; i < times; i++) copy[random(copy.length)] = random(256);
  return copy;
}

function fuzzWhole(runs: number, image: string, objects: readonly string[]): void {
  const prepared = openKernel(readFileSync(image));
  const saved = prepared.save();
  const btf = prepared.btf.bytes;
  const files = objects.map((path) => ({ path, bytes: new Uint8Array(readFileSync(path)) }));
  for (let run = 0; run < runs; run++) {
    const file = files[random(files.length)]!;
    const hitsKernel = random(3) > 0;
    const hitsObject = !hitsKernel || random(2) > 0;
    timed(() => {
      try {
        const kernel = openSavedKernel(
          {
            head: hitsKernel && random(8) === 0 ? changed(saved.head, 1) : saved.head,
            chunk: (index) => (hitsKernel ? changed(saved.chunks[index]!, random(12)) : saved.chunks[index]!),
            symbols: () => (random(4) === 0 ? changed(saved.symbols, 3) : saved.symbols),
            btf: () => btf,
          },
          { memoryLimit: 2 ** 26, budget: 2e7 },
        );
        const start = kernel.snapshot();
        const object = openObject(hitsObject ? changed(file.bytes, 1 + random(8)) : file.bytes, { path: 'x.bpf.o' });
        const options = { reset: () => kernel.restore(start), logSize: 1 << 16 };
        for (const { verdict } of verifyObject(object, callingKernel(kernel), options)) return verdict;
        return 'no program';
      } catch (error) {
        if (!(error instanceof Error) || !TYPED.has(error.name)) throw error;
        return error.name;
      }
    });
    if (slowest > TOO_SLOW) throw new Error(`run ${run} took ${Math.round(slowest)} ms`);
    if (run % 1000 === 999) report(run + 1);
  }
  report(runs);
}

const [image, ...objects] = positionals;
if (values.whole === undefined) fuzzEmulator(Number(values.runs));
else if (image === undefined || objects.length === 0) {
  console.error('fuzz-verifier: an image and objects are needed');
  process.exitCode = 2;
} else fuzzWhole(Number(values.whole), image, objects);
