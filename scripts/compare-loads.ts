#!/usr/bin/env node
// Holds `checkLoad` against what booted kernels said: hits (fails, and said so), misses (fails, not said), false alarms
// (loads, called failing). Truth is JSON lines of obj, prog, sec, ok, attach, libbpf, log, one file for each kernel.
//
//   node scripts/compare-loads.ts KERNEL TRUTH.jsonl OBJECTS_FOLDER [--config FILE] [--part seen|unseen|all] [--misses N] [--attach]
//
//   KERNEL          any file that btfq reads: a BTF, vmlinux, vmlinuz
//   --part          a third of the objects is kept unseen, by the hash of its name; default all
//   --misses N      print up to N misses of each cause
//   --attach        the same for attaching
//   --types         by types alone, though KERNEL is an image
//   --modules       as if the kernel might have had any module loaded
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { parseBtf, isBtf } from '../packages/btf-format/src/index.ts';
import {
  checkLoad,
  type LoadKernel,
  type LoadReason,
  type LoadRequirements,
  type ProgramAnswer,
  requirementsOf,
} from '../packages/load-check/src/index.ts';
import { loadTargetBytes } from '../packages/kernel-source/src/index.ts';
import { kernelTables, openKernelImage } from '../packages/kernel-tables/src/index.ts';
import { openObject } from '../packages/loader/src/index.ts';
import { type CauseClass, causeOf } from './verifier-causes.ts';

interface Truth {
  readonly obj: string;
  readonly prog?: string;
  readonly sec: string;
  readonly ok?: boolean;
  readonly open?: number;
  readonly attach?: number;
  readonly libbpf?: string;
  readonly log?: string;
}

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    config: { type: 'string' },
    part: { type: 'string', default: 'all' },
    misses: { type: 'string', default: '0' },
    attach: { type: 'boolean', default: false },
    release: { type: 'string' },
    types: { type: 'boolean', default: false },
    modules: { type: 'boolean', default: false },
    arch: { type: 'string', default: 'x86_64' },
  },
});
const [kernelPath = '', truthPath = '', folder = ''] = positionals;

const unseen = (name: string) => (createHash('sha256').update(name).digest()[0] ?? 0) % 3 === 0;
const lines = readFileSync(truthPath, 'utf8')
  .split('\n')
  .filter((line) => line !== '')
  .flatMap((line): Truth[] => {
    try {
      return [JSON.parse(line) as Truth];
    } catch {
      return []; // the console cut it off
    }
  })
  .filter(({ obj }) => flags.part === 'all' || unseen(obj) === (flags.part === 'unseen'));

const bytes = readFileSync(kernelPath);
const loaded = isBtf(bytes)
  ? undefined
  : await loadTargetBytes(bytes, { path: kernelPath, modules: false, image: true });
const vmlinux = parseBtf(loaded?.btf ?? bytes);
const tables =
  loaded?.image === undefined || flags.types ? undefined : kernelTables(openKernelImage(loaded.image), vmlinux);
const config =
  flags.config === undefined
    ? undefined
    : new Map(
        readFileSync(flags.config, 'utf8')
          .split('\n')
          .filter((line) => line.startsWith('CONFIG_'))
          .map((line): [string, string] => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
      );
const release = flags.release ?? basename(truthPath, '.jsonl');
const kernel: LoadKernel = {
  name: release,
  // the machine that made the truth had no modules loaded
  target: flags.modules ? { vmlinux } : { vmlinux, modules: [] },
  tables,
  release,
  arch: flags.arch,
  distro: 'debian',
  config,
};

const requirements = new Map<string, LoadRequirements | Error>();
const started = performance.now();
for (const { obj } of lines) {
  if (requirements.has(obj)) continue;
  try {
    const object = openObject(readFileSync(join(folder, obj)), { path: obj });
    // the tool that made the truth gives every map its entries
    const maxEntries = new Map(object.maps.filter((map) => map.maxEntries === 0).map((map) => [map.name, 64]));
    requirements.set(obj, requirementsOf(object, { all: true, maxEntries }));
  } catch (error) {
    requirements.set(obj, error as Error);
  }
}
const answers = new Map<string, ProgramAnswer>();
for (const [obj, needs] of requirements) {
  if (needs instanceof Error) continue;
  for (const answer of checkLoad(needs, kernel)) answers.set(`${obj} ${answer.program}`, answer);
}
const took = performance.now() - started;

const counts = { hit: 0, miss: 0, alarm: 0, quiet: 0, maybe: 0, maybeLoads: 0, notAsked: 0, objectErrors: 0 };
/** Programs that fail, by what decides it: all, those that are called failing or conditional, and those by the right cause. */
const byClass: Record<CauseClass, { all: number; called: number; maybe: number; right: number; first: number }> = {
  decided: { all: 0, called: 0, maybe: 0, right: 0, first: 0 },
  verifier: { all: 0, called: 0, maybe: 0, right: 0, first: 0 },
  alone: { all: 0, called: 0, maybe: 0, right: 0, first: 0 },
  unknown: { all: 0, called: 0, maybe: 0, right: 0, first: 0 },
};
const missed = new Map<string, string[]>();
const codes = new Map<string, number>();
function note(key: string, { obj, prog, sec }: Truth, why: LoadReason | undefined): void {
  const words = `${obj} ${prog} ${sec}${why === undefined ? '' : ` conditional: ${why.message}`}`;
  missed.set(key, [...(missed.get(key) ?? []), words]);
}
for (const truth of lines) {
  const needs = requirements.get(truth.obj);
  if (truth.prog === undefined) {
    counts.objectErrors++;
    if (!(needs instanceof Error)) console.log(`OPENS HERE ${truth.obj} ${truth.open}`);
    continue;
  }
  const answer = answers.get(`${truth.obj} ${truth.prog}`);
  if (answer === undefined) {
    console.log(`NO ANSWER ${truth.obj} ${truth.prog}: ${needs instanceof Error ? needs.message : ''}`);
    continue;
  }
  const asked = flags.attach ? truth.ok === true && truth.attach !== undefined : true;
  if (!asked) continue;
  const good = flags.attach ? truth.attach === 0 : truth.ok === true;
  const verdict = flags.attach ? answer.attach.verdict : answer.verdict;
  const reasons = flags.attach ? answer.attach.reasons : answer.reasons;
  const first = reasons.find((each) => each.verdict === 'fails') ?? reasons[0];
  if (!good && !flags.attach) {
    const cause = causeOf(truth);
    const group = byClass[cause.class];
    group.all++;
    if (verdict === 'fails') group.called++;
    else if (verdict === 'conditional') group.maybe++;
    const right = reasons.some(({ code }) => cause.codes.includes(code));
    if (verdict !== 'no-objection' && right) group.right++;
    if (verdict !== 'no-objection' && first !== undefined && cause.codes.includes(first.code)) group.first++;
    else if (verdict === 'fails' && cause.class === 'decided') {
      note(
        `${right ? 'ANOTHER FIRST' : 'ANOTHER CAUSE'}: ${cause.words} | ${[...new Set(reasons.map(({ code }) => code))].join(' ')}`,
        truth,
        undefined,
      );
    }
  }
  if (verdict === 'fails' && good) {
    counts.alarm++;
    console.log(
      `FALSE ALARM ${truth.obj} ${truth.prog} ${truth.sec}: ${first?.code}: ${first?.message} (${first?.file}:${first?.line})`,
    );
  } else if (verdict === 'fails') {
    counts.hit++;
    codes.set(first?.code ?? '', (codes.get(first?.code ?? '') ?? 0) + 1);
  } else if (flags.attach && verdict === 'not-asked') counts.notAsked++;
  else if (good) {
    counts[verdict === 'conditional' ? 'maybeLoads' : 'quiet']++;
    if (flags.attach && verdict === 'conditional') note('attaches, conditional', truth, first);
  } else {
    counts[verdict === 'conditional' ? 'maybe' : 'miss']++;
    const cause = causeOf(truth);
    const key = flags.attach ? `${truth.attach} ${truth.sec.split('/')[0]}` : `${cause.class}: ${cause.words}`;
    note(key, truth, verdict === 'conditional' ? first : undefined);
  }
}
console.log(
  `${release}: ${counts.hit} hits, ${counts.miss} misses, ${counts.maybe} conditional that fail, ${counts.alarm} false alarms, ` +
    `${counts.quiet} no-objection that load, ${counts.maybeLoads} conditional that load, ${counts.notAsked} not asked; ${requirements.size} objects, ${took.toFixed(0)} ms`,
);
console.log(
  [...codes]
    .sort((a, b) => b[1] - a[1])
    .map(([code, n]) => `${code} ${n}`)
    .join(', '),
);
if (!flags.attach) {
  const { decided, verifier, alone, unknown } = byClass;
  console.log(
    `what types and tables decide: ${decided.called} of ${decided.all} called failing, ${decided.maybe} conditional, ${decided.right} by the right cause, ${decided.first} of them first; ` +
      `the verifier's logic: ${verifier.called} of ${verifier.all} called; loaded alone: ${alone.all}; not classified: ${unknown.all}`,
  );
}
const limit = Number(flags.misses);
if (limit > 0) {
  for (const [key, list] of [...missed].sort((a, b) => b[1].length - a[1].length)) {
    console.log(`  ${list.length}  ${key}`);
    for (const each of list.slice(0, limit)) console.log(`        ${each}`);
  }
}
