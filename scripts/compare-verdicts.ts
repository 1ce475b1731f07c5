#!/usr/bin/env node
// Compares what a kernel's image says of programs, unbooted, with what the booted kernel said: verdict, error, the last of
// the log, the verifier's numbers and the stack.
//
//   node --conditions=@btfq/source scripts/compare-verdicts.ts [--config FILE] [--truth FILE] [--saved] IMAGE OBJECT...
//
// IMAGE is a vmlinux, a boot image or a package. TRUTH has a JSON line for each program: obj, prog, ok, err, log (its last 400 characters), stats,
// stack. Every program is loaded alone with a log of level 5. Without a truth the answers are printed as such lines.
// With --saved the kernel is saved and opened again before it is asked.
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { callingKernel, type Kernel, openKernel, openSavedKernel } from '@btfq/kernel-runtime';
import { loadTarget } from '@btfq/kernel-source';
import { type LoaderObject, type LoaderProgram, openObject, type Verification, verifyObject } from '@btfq/loader';

interface Answer {
  readonly obj: string;
  readonly prog: string;
  readonly ok: boolean;
  readonly err?: number;
  readonly log?: string;
  readonly stats?: string;
  readonly stack?: string;
  readonly stopped?: string;
  readonly alone?: number;
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    config: { type: 'string' },
    truth: { type: 'string' },
    only: { type: 'string' },
    saved: { type: 'boolean' },
  },
});
const [image, ...objects] = positionals;
if (image === undefined || objects.length === 0) {
  console.error('compare-verdicts: an image and objects are needed');
  process.exit(2);
}

const { image: unpacked } = await loadTarget(image, { modules: false, image: true });
if (unpacked === undefined) throw new Error(`${image} has no kernel image`);
const began = performance.now();
const runtime = values.saved ? openAgain(openKernel(unpacked)) : openKernel(unpacked);
const start = runtime.snapshot();
const kernel = callingKernel(
  runtime,
  values.config === undefined ? {} : { kconfig: readFileSync(values.config, 'utf8') },
);
console.error(`${kernel.release} ${kernel.version}: ready after ${Math.round(performance.now() - began)} ms`);

const truth = new Map<string, Answer>();
if (values.truth !== undefined) {
  for (const line of readFileSync(values.truth, 'utf8').split('\n')) {
    if (line === '') continue;
    const answer = JSON.parse(line) as Answer;
    truth.set(`${answer.obj} ${answer.prog}`, answer);
  }
}

/** `alone`: what passes, and libbpf could not load without the object's other programs, as the booted one says as well. */
const total = { programs: 0, alone: 0, verdict: 0, words: 0, stats: 0, stack: 0, stopped: 0, missing: 0 };
const times: number[] = [];
for (const path of objects) {
  const object = open(path);
  if (object === undefined) continue;
  let from = performance.now();
  const choose = ({ name }: LoaderProgram) => values.only === undefined || values.only === name;
  for (const verification of verifyObject(object, kernel, { choose, reset: () => runtime.restore(start) })) {
    const answer = { obj: basename(path), prog: verification.program.name, ...answerOf(verification) };
    times.push(performance.now() - from);
    from = performance.now();
    if (values.truth === undefined) console.log(JSON.stringify(answer));
    else compare(answer, truth.get(`${answer.obj} ${answer.prog}`));
  }
}
times.sort((a, b) => a - b);
const median = Math.round((times[times.length >> 1] ?? 0) * 10) / 10;
console.log(JSON.stringify({ ...total, median, seconds: Math.round((performance.now() - began) / 100) / 10 }));

function openAgain(kernel: Kernel): Kernel {
  const { head, chunks, symbols } = kernel.save();
  return openSavedKernel({
    head,
    chunk: (index) => chunks[index] as Uint8Array,
    symbols: () => symbols,
    btf: () => kernel.btf.bytes,
  });
}

/** libbpf does not open what is to be linked first, and the truth has no programs of it. */
function open(path: string): LoaderObject | undefined {
  try {
    return openObject(readFileSync(path), { path });
  } catch (error) {
    console.log(`${basename(path)}: ${error instanceof Error ? error.message : error}`);
    return undefined;
  }
}

function answerOf({
  verdict,
  errno,
  aloneErrno,
  log,
  stats,
  messages,
  reason,
}: Verification): Omit<Answer, 'obj' | 'prog'> {
  if (verdict === 'not-known') return { ok: false, stopped: reason };
  const line = log.match(/^processed .*$/gm)?.at(-1);
  return {
    ok: verdict === 'loads',
    ...(aloneErrno === 0 ? {} : { alone: -aloneErrno }),
    ...(errno === 0
      ? {}
      : { err: -errno, libbpf: messages.join('\n').slice(0, 400), log: withoutTabs(log).slice(-400) }),
    ...(line === undefined ? {} : { stats: line }),
    ...(stats?.stack === undefined ? {} : { stack: stats.stack }),
  };
}

/** As truths are written, which keep of control characters the ends of lines alone. */
const withoutTabs = (log: string): string => log.replaceAll('\t', '');

function compare(answer: Answer, expected: Answer | undefined): void {
  total.programs++;
  const say = (what: string) => console.log(`${answer.obj} ${answer.prog}: ${what}`);
  if (expected === undefined) {
    total.missing++;
    return;
  }
  if (answer.stopped !== undefined) {
    total.stopped++;
    say(`stopped: ${answer.stopped}`);
    return;
  }
  if (answer.alone !== undefined && answer.alone === expected.err) {
    total.alone++;
    return;
  }
  if (answer.ok !== expected.ok || answer.err !== expected.err) {
    total.verdict++;
    say(
      `${answer.ok} ${answer.err ?? ''}, booted ${expected.ok} ${expected.err ?? ''}: ${(answer.log ?? '').slice(-200)}`,
    );
    return;
  }
  if (answer.stats !== expected.stats) {
    total.stats++;
    say(`${answer.stats}, booted ${expected.stats}`);
  }
  if (answer.stack !== expected.stack) {
    total.stack++;
    say(`stack ${answer.stack}, booted ${expected.stack}`);
  }
  // Not compared: time, and addresses of maps' values, one of which may stand at the beginning, cut off.
  const time = (log: string | undefined) =>
    log
      ?.replace(/verification time \d+ usec/, 'verification time')
      .replaceAll(/\b(0x)?f[0-9a-f]{15}\b/g, 'ADDRESS')
      .slice(-250);
  if (answer.stats === expected.stats && time(answer.log) !== time(expected.log)) {
    total.words++;
    say(`log ${JSON.stringify(time(answer.log))}\n  booted ${JSON.stringify(time(expected.log))}`);
  }
}
