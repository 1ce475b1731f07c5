#!/usr/bin/env node
// Compares the loader with libbpf: every bpf() call of recorded loads, to the byte.
//
//   node --conditions=@btfq/source scripts/compare-loader.ts --release R --version V --btf FILE [--config FILE] [--kallsyms FILE] [--cpus N]
//     RECORDINGS OBJECT...
//
// RECORDINGS is a folder of <object>.each (every program alone, with the settings of the load truth: maps without
// max_entries get 64, stack traces 127 frames), <object>.log (the same with a log of level 5) and <object>.whole.
// packages/loader/test/recording.ts says what is in them. Prints each load that differs and a count; exits 1 if any does.
import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { loadBtf } from '@btfq/btf-format';
import { type LoaderKernel, loadObject, openObject } from '@btfq/loader';
import { Divergence, parseRecording, type RecordedLoad, ReplaySystem } from '../packages/loader/test/recording.ts';
import { truthSettings } from '../packages/loader/test/truth-settings.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    release: { type: 'string' },
    version: { type: 'string', default: '' },
    btf: { type: 'string' },
    config: { type: 'string' },
    kallsyms: { type: 'string' },
    cpus: { type: 'string', default: '1' },
    verbose: { type: 'boolean', default: false },
  },
});
const [folder, ...objects] = positionals;
if (folder === undefined || values.release === undefined || values.btf === undefined || objects.length === 0) {
  console.error('compare-loader: --release, --btf, a folder of recordings and objects are needed');
  process.exit(2);
}

const vmlinux = loadBtf(readFileSync(values.btf));
const kconfig = values.config === undefined ? undefined : readFileSync(values.config, 'utf8');
const symbols =
  values.kallsyms === undefined
    ? undefined
    : readFileSync(values.kallsyms, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => {
          const [address, type, name] = line.split(/[ \t]/) as [string, string, string];
          return { address: BigInt(`0x${address}`), type, name };
        });

const total = { loads: 0, calls: 0, differ: 0, programs: 0, maps: 0, btfs: 0, errno: 0, words: 0 };
for (const path of objects) {
  const bytes = readFileSync(path);
  for (const mode of ['each', 'log', 'whole'] as const) {
    const recording = join(folder, `${basename(path)}.${mode}`);
    if (existsSync(recording)) compare(path, bytes, mode, readFileSync(recording, 'utf8'));
  }
}
console.log(JSON.stringify({ release: values.release, ...total }));
process.exitCode = total.differ > 0 ? 1 : 0;

function compare(path: string, bytes: Uint8Array, mode: 'each' | 'log' | 'whole', text: string): void {
  const loads = parseRecording(text);
  let object: ReturnType<typeof openObject> | undefined;
  try {
    object = openObject(bytes, { path });
  } catch (error) {
    if (loads !== undefined) differ(path, mode, -1, `libbpf opens it: ${error}`);
    return;
  }
  if (loads === undefined) {
    differ(path, mode, -1, 'libbpf does not open it');
    return;
  }
  const system = new ReplaySystem();
  const kernel: LoaderKernel = {
    system,
    release: values.release as string,
    version: values.version,
    machine: 'x86_64',
    possibleCpus: Number(values.cpus),
    vmlinux,
    ...(kconfig === undefined ? {} : { kconfig }),
    ...(symbols === undefined ? {} : { symbols: () => symbols }),
  };
  for (const load of loads) compareLoad(path, mode, object, kernel, system, load);
}

function compareLoad(
  path: string,
  mode: 'each' | 'log' | 'whole',
  object: ReturnType<typeof openObject>,
  kernel: LoaderKernel,
  system: ReplaySystem,
  load: RecordedLoad,
): void {
  total.loads++;
  for (const { command } of load.calls) {
    if (command === 5) total.programs++;
    if (command === 0) total.maps++;
    if (command === 18) total.btfs++;
  }
  system.begin(load);
  try {
    const result = loadObject(object, kernel, truthSettings(object, mode, load.index));
    total.calls += load.calls.length;
    if (system.rest > 0)
      differ(path, mode, load.index, `${system.rest} of libbpf's calls were not made; ${result.messages}`);
    else if (result.errno !== Math.abs(load.errno)) {
      total.errno++;
      differ(path, mode, load.index, `errno ${result.errno}, libbpf's is ${load.errno}: ${result.messages}`);
    } else if (values.verbose && words(result.messages) !== words(load.messages.split('\n'))) {
      total.words++;
      console.log(
        `${basename(path)} ${mode} ${load.index} words:\n  ${words(result.messages)}\n  ${words(load.messages.split('\n'))}`,
      );
    }
  } catch (error) {
    if (!(error instanceof Divergence)) throw error;
    differ(path, mode, load.index, error.message);
  }
}

/** libbpf's messages as one line, as far as the load truth keeps them. */
function words(messages: readonly string[]): string {
  return messages
    .map((message) => message.replace(/^libbpf: /, ''))
    .join('|')
    .slice(0, 300);
}

function differ(path: string, mode: string, index: number, what: string): void {
  total.differ++;
  console.log(`${basename(path)} ${mode} ${index}: ${what}`);
}
