#!/usr/bin/env node
// Hostile input for the emulator and for what runs on it: nothing but typed errors and stops, memory within its bounds, no hang.
//
//   node --conditions=@btfq/source scripts/fuzz-verifier.ts [--runs N] [--seed N]                  code with changed bytes
//   node --conditions=@btfq/source scripts/fuzz-verifier.ts --whole N IMAGE OBJECT...               kernels and programs with changed bytes
//
// The first runs random code of both architectures, valid instructions with changed bytes among it. The second saves the kernel of
// IMAGE (a vmlinux, a boot image or a package), opens it, changes bytes of its memory, of the object, of what was saved, or of several
// of these, and asks its verifier.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { Emulator } from '@btfq/emulator';
import { parseElf, SectionFlag } from '@btfq/elf';
import {
  type CallingKernel,
  callingKernel,
  type Kernel,
  type KernelSnapshot,
  openKernel,
  openSavedKernel,
  type SavedKernel,
  type SavedKernelSource,
} from '@btfq/kernel-runtime';
import { loadTarget } from '@btfq/kernel-source';
import { type LoaderProgram, openObject, verifyObject } from '@btfq/loader';

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

function changed(bytes: Uint8Array, times: number): Uint8Array {
  const copy = bytes.slice();
  for (let i = 0; i < times; i++) copy[random(copy.length)] = random(256);
  return copy;
}

interface ObjectFile {
  readonly bytes: Uint8Array;
  /** Where its instructions lie, and how many bytes they are. */
  readonly code: readonly (readonly [start: number, size: number])[];
}

function readObject(path: string): ObjectFile {
  const bytes = new Uint8Array(readFileSync(path));
  const sections = parseElf(bytes).sections.filter(
    ({ flags, size }) => (flags & SectionFlag.ExecInstr) !== 0 && size > 0,
  );
  return { bytes, code: sections.map(({ offset, size }) => [offset, size]) };
}

/** Bytes of an object changed: every second time of its instructions alone, so that the verifier gets to see them. */
function changedObject({ bytes, code }: ObjectFile): Uint8Array {
  const times = 1 + random(8);
  if (code.length === 0 || random(2) === 0) return changed(bytes, times);
  const copy = bytes.slice();
  for (let i = 0; i < times; i++) {
    const [start, size] = code[random(code.length)]!;
    copy[start + random(size)] = random(256);
  }
  return copy;
}

/** What one call may take of a kernel that is asked again and again: the median program takes a tenth of it. */
const BUDGET = 4e6;
/** And where a kernel is opened anew. */
const WHOLE_BUDGET = 2e7;
const WHOLE_MEMORY_LIMIT = 2 ** 26;
/** Changed code has to be decoded anew, with all that is around it. */
const ONE_IN = { changesCode: 12, opensAnew: 64, probesAnew: 8 } as const;

/** A kernel that is open, and pages of it that programs touch. */
interface Target {
  readonly kernel: Kernel;
  readonly start: KernelSnapshot;
  readonly calling: CallingKernel;
  readonly code: readonly bigint[];
  readonly data: readonly bigint[];
}

function openTarget(source: SavedKernelSource, warmUp: readonly ObjectFile[]): Target {
  const kernel = openSavedKernel(source, { memoryLimit: WHOLE_MEMORY_LIMIT, budget: BUDGET });
  const start = kernel.snapshot();
  const calling = callingKernel(kernel);
  for (const { bytes } of warmUp) {
    for (const _ of verifyObject(openObject(bytes, { path: 'x.bpf.o' }), calling, {
      reset: () => kernel.restore(start),
    }));
  }
  const from = kernel.symbols.address('_stext') ?? 0n;
  const to = kernel.symbols.address('_etext') ?? 0n;
  const pages = [...kernel.emulator.touchedPages()].map(({ address }) => address);
  const isCode = (page: bigint) => page >= from && page < to;
  return { kernel, start, calling, code: pages.filter(isCode), data: pages.filter((page) => !isCode(page)) };
}

/** Changes bytes of an open kernel; `restore` takes it back. */
function damage({ kernel, code, data }: Target): void {
  const pages = code.length > 0 && random(ONE_IN.changesCode) === 0 ? code : data;
  for (let changes = 1 + random(12); changes > 0; changes--) {
    const address = pages[random(pages.length)]! + BigInt(random(4096));
    kernel.emulator.write(address, Uint8Array.of(random(256)));
  }
}

/** One program of the object, any of them. */
function verdictOfOne(object: Uint8Array, calling: CallingKernel, reset: () => void): string {
  const opened = openObject(object, { path: 'x.bpf.o' });
  const entries = opened.programs.filter(({ subprogram }) => !subprogram);
  if (entries.length === 0) return 'no program';
  const chosen = entries[random(entries.length)];
  const options = { reset, logSize: 1 << 16, choose: (program: LoaderProgram) => program === chosen };
  for (const { verdict } of verifyObject(opened, calling, options)) return verdict;
  return 'no program';
}

/**
 * Most runs ask one kernel that stays open, so that its code is decoded once: of the object, of the kernel's memory or of both bytes are
 * changed. Some open the kernel anew, with changes in what was saved.
 */
async function fuzzWhole(runs: number, image: string, objects: readonly string[]): Promise<void> {
  const { image: unpacked } = await loadTarget(image, { modules: false, image: true });
  if (unpacked === undefined) throw new Error(`${image} has no kernel image`);
  const prepared = openKernel(unpacked);
  const saved = prepared.save();
  const btf = prepared.btf.bytes.slice();
  const files = objects.map(readObject);
  const asSaved = {
    head: saved.head,
    chunk: (n: number) => saved.chunks[n]!,
    symbols: () => saved.symbols,
    btf: () => btf,
  };
  const target = openTarget(asSaved, files.slice(0, 3));
  const { kernel, start } = target;
  const reset = () => kernel.restore(start);
  for (let run = 0; run < runs; run++) {
    const file = files[random(files.length)]!;
    const hitsKernel = random(3) > 0;
    const object = !hitsKernel || random(2) > 0 ? changedObject(file) : file.bytes;
    timed(() => {
      try {
        if (hitsKernel && random(ONE_IN.opensAnew) === 0) return verdictOfDamagedSave(object, saved, btf);
        if (hitsKernel) damage(target);
        const anew = random(ONE_IN.probesAnew) === 0;
        return verdictOfOne(object, anew ? callingKernel(kernel) : target.calling, reset);
      } catch (error) {
        if (!(error instanceof Error) || !TYPED.has(error.name)) throw error;
        return error.name;
      } finally {
        reset();
      }
    });
    if (slowest > TOO_SLOW) throw new Error(`run ${run} took ${Math.round(slowest)} ms`);
    if (run % 500 === 499) report(run + 1);
  }
  report(runs);
}

function verdictOfDamagedSave(object: Uint8Array, saved: SavedKernel, btf: Uint8Array): string {
  const source = {
    head: random(4) === 0 ? changed(saved.head, 1) : saved.head,
    chunk: (index: number) => changed(saved.chunks[index]!, random(12)),
    symbols: () => (random(4) === 0 ? changed(saved.symbols, 3) : saved.symbols),
    btf: () => btf,
  };
  const kernel = openSavedKernel(source, { memoryLimit: WHOLE_MEMORY_LIMIT, budget: WHOLE_BUDGET });
  const start = kernel.snapshot();
  return `anew, ${verdictOfOne(object, callingKernel(kernel), () => kernel.restore(start))}`;
}

const [image, ...objects] = positionals;
if (values.whole === undefined) fuzzEmulator(Number(values.runs));
else if (image === undefined || objects.length === 0) {
  console.error('fuzz-verifier: an image and objects are needed');
  process.exitCode = 2;
} else await fuzzWhole(Number(values.whole), image, objects);
