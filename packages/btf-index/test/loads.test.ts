// loadAnswers over an index says what checkLoad says of each kernel's whole BTF and tables.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  featuresNamed,
  ingestKernel,
  type Kernel,
  kernels,
  kernelTarget,
  loadAnswers,
  neighbours,
  openIndex,
} from '@btfq/btf-index';
import { checkLoad, type LoadRequirements, type ProgramAnswer, requirementsOf } from '@btfq/load-check';
import { openObject } from '@btfq/loader';
import { FunctionFlag, type KernelTables, tableParts } from '@btfq/kernel-tables';
import { fixtureBytes, fixtureKernels, kernelBtf } from '@btfq/test-kit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const TABLES: KernelTables = {
  arch: 'x86_64',
  symbols: 'kallsyms',
  functions: { names: ['do_unlinkat', 'vfs_read'], flags: [FunctionFlag.Traced, 0] },
  hasWholeBlacklist: true,
  uniqueKprobes: undefined,
  trampolines: true,
  rawTracepoints: [{ name: 'sched_switch', args: 4, writableSize: 0 }],
  events: { common: [], events: [] },
  systemCalls: undefined,
  idSets: {},
  helpers: undefined,
  programTypes: undefined,
  mapTypes: undefined,
  kfuncs: undefined,
  errorInjection: undefined,
  fmodret: undefined,
  iterators: undefined,
  structOps: undefined,
  kfuncsNotUnderstood: [],
  notKnown: {},
};
const WITH_TABLES = '6.1.0-50-cloud-amd64';
const RELEASES = [WITH_TABLES, '7.2.13+deb14-cloud-amd64'];
const OBJECTS = ['attach', 'maps', 'needs', 'reach', 'strong', 'proprietary'];

const folder = mkdtempSync(join(tmpdir(), 'btfq-loads-'));
const path = join(folder, 'index.db');
let answered: { readonly kernel: Kernel; readonly found: ProgramAnswer[]; readonly full: ProgramAnswer[] }[];

/** What is compared: how near a name is may differ, what is said may not. */
const words = ({ program, verdict, attach, reasons }: ProgramAnswer) => [
  program,
  verdict,
  attach.verdict,
  ...[...reasons, ...attach.reasons].map((each) =>
    [each.code, each.verdict, each.needed, each.line, each.evidence].join(' '),
  ),
];

beforeAll(() => {
  const writer = openIndex(path);
  for (const { id, distro, version, arch, release } of fixtureKernels()) {
    if (!RELEASES.includes(release) || arch !== 'x86_64') continue;
    const tables = release === WITH_TABLES ? { parts: tableParts(TABLES), source: 'kallsyms' as const } : undefined;
    ingestKernel(writer, {
      identity: { distro, version, arch, release },
      btf: kernelBtf(id),
      source: 'fixture',
      ...(tables && { tables }),
    });
  }
  writer.close();
  const index = openIndex(path, { readonly: true });
  const objects = OBJECTS.map(
    (name): LoadRequirements =>
      requirementsOf(openObject(fixtureBytes(`load-check/${name}.bpf.o`), { path: `${name}.bpf.o` }), { all: true }),
  );
  const wanted = kernels(index);
  const groups = loadAnswers(index, objects, wanted);
  answered = wanted.map((kernel) => {
    const { vmlinux } = kernelTarget(index, kernel.id);
    const { name, release, distro, arch } = kernel;
    const tables = release === WITH_TABLES ? TABLES : undefined;
    const anywhere = () => true;
    const on = { name, release, distro, arch, target: { vmlinux }, tables, anywhere };
    const found = groups.flatMap((own) => [
      ...(own.find(({ kernels: some }) => some.some(({ id }) => id === kernel.id))?.answers ?? []),
    ]);
    return { kernel, found, full: objects.flatMap((object) => checkLoad(object, on)) };
  });
  index.close();
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('loadAnswers', () => {
  it('says of every kernel what its whole BTF says', () => {
    expect(answered.length).toBe(RELEASES.length);
    for (const { found, full } of answered) {
      // that a name is a placeholder is identified by the whole index
      const plain = (list: ProgramAnswer[]) =>
        list.map((each) => words(each).map((word) => word?.replace('placeholder', 'attach-target')));
      expect(plain(found)).toEqual(plain(full));
    }
  });
  it('answers attaching by the tables of the kernels that have them', () => {
    const verdict = (release: string, program: string) =>
      answered.find(({ kernel }) => kernel.release === release)?.found.find((each) => each.program === program)?.attach
        .verdict;
    expect(verdict(WITH_TABLES, 'entry_there')).toBe('yes');
    expect(verdict('7.2.13+deb14-cloud-amd64', 'entry_there')).toBe('conditional');
    expect(verdict(WITH_TABLES, 'guarded_call')).toBe('yes');
  });
});

describe('features', () => {
  it('are told by tables, then types, then the release', () => {
    const index = openIndex(path, { readonly: true });
    const states = (word: string) =>
      featuresNamed(index, word)[0]?.kernels.map((each) => `${each.state} ${each.evidence}`);
    expect(states('BPF_MAP_TYPE_ARENA')).toEqual(['absent btf', 'present btf']);
    expect(states('loop')).toEqual(['present btf', 'present btf']);
    expect(states('load_acquire')).toEqual(['absent release', 'present release']);
    expect(featuresNamed(index, 'tail calls').map(({ name }) => name)).toEqual(['prog_array']);
    expect(featuresNamed(index, 'no such feature')).toEqual([]);
    index.close();
  });
});

describe('neighbours', () => {
  it('differ where the object asks for what changed between them', () => {
    const index = openIndex(path, { readonly: true });
    const object = (name: string) => openObject(fixtureBytes(`load-check/${name}.bpf.o`), { path: `${name}.bpf.o` });
    const like = { distro: 'debian', version: '12', arch: 'x86_64', release: '6.5.0-1-cloud-amd64' };
    const around = (name: string, release = like.release) =>
      neighbours(index, requirementsOf(object(name)), { ...like, release }, ({ relocation }) => `${relocation.index}`);
    const maps = around('maps');
    expect([maps.before?.release, maps.behind?.release, maps.same]).toEqual([...RELEASES, false]);
    expect(maps.changes.some(({ kind, need }) => kind === 'program' && need === 'uses_arena')).toBe(true);
    expect(maps.byName).toMatchObject({ kernel: { release: WITH_TABLES }, wrong: undefined });
    const last = around('reach', '9.0.0-cloud-amd64');
    expect([last.behind, last.same]).toEqual([undefined, undefined]);
    expect(around('reach', WITH_TABLES).itself?.release).toBe(WITH_TABLES);
    index.close();
  });
});
