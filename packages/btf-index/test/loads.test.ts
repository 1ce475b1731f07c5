// loadAnswers over an index says what checkLoad says of each kernel's whole BTF and tables.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ingestKernel, type Kernel, kernels, kernelTarget, loadAnswers, openIndex } from '@btfq/btf-index';
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
  trampolines: true,
  rawTracepoints: [{ name: 'sched_switch', args: 4, writableSize: 0 }],
  events: { common: [], events: [] },
  systemCalls: undefined,
  idSets: {},
  helpers: undefined,
  programTypes: undefined,
  mapTypes: undefined,
  kfuncs: undefined,
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
      // that a name is a placeholder is told by the whole index
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
