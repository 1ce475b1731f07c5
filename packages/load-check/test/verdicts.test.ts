// What checkLoad says of the programs of fixtures/load-check on fixture kernels: verdicts and causes, written out.

import { parseBtf } from '@btfq/btf-format';
import {
  checkLoad,
  type LoadKernel,
  type ProgramAnswer,
  type RequirementOptions,
  requirementsOf,
  versionClass,
} from '@btfq/load-check';
import { openObject } from '@btfq/loader';
import { BtfBytes, fixtureBytes, kernelBtf } from '@btfq/test-kit';
import { describe, expect, it } from 'vitest';

const kernels = new Map<string, LoadKernel>();

/** A fixture kernel; its modules count as not loaded. */
function kernel(release: string): LoadKernel {
  let found = kernels.get(release);
  if (found === undefined) {
    found = { name: release, release, arch: 'x86_64', target: { vmlinux: parseBtf(kernelBtf(release)), modules: [] } };
    kernels.set(release, found);
  }
  return found;
}

function answers(name: string, on: LoadKernel, options: RequirementOptions = {}): Map<string, ProgramAnswer> {
  const path = `${name}.bpf.o`;
  const object = openObject(fixtureBytes(`load-check/${path}`), { path });
  return new Map(checkLoad(requirementsOf(object, options), on).map((answer) => [answer.program, answer]));
}

const words = (answer: ProgramAnswer | undefined) =>
  `${answer?.verdict} ${answer?.reasons.map(({ code }) => code).join(' ')}`.trim();

const OLD = '5.10.0-32-cloud-amd64';
const LTS = '6.1.0-50-cloud-amd64';
const NEW = '7.2.13+deb14-cloud-amd64';

describe('versionClass', () => {
  it('keeps apart only what the code compares the version with', () => {
    const path = 'reach.bpf.o';
    const requirements = requirementsOf(openObject(fixtureBytes(`load-check/${path}`), { path }));
    const of = (release: string) => versionClass(requirements, { release });
    expect(of('4.0.1')).not.toBe(of('3.19.8'));
    expect(of('6.12.94')).toBe(of('6.12.93'));
    expect(of('6.12.94')).not.toBe(of('6.11.94'));
    expect(of('6.1.0-50')).toBe('one of 393472,393727');
    expect(of('7.3-rc7')).not.toBe(of('7.3-rc6'));
  });
});

describe('aya', () => {
  it('refuses what its sources do not know', () => {
    const of = (name: string) => {
      const path = `${name}.bpf.o`;
      const requirements = requirementsOf(openObject(fixtureBytes(`load-check/${path}`), { path }));
      const [answer] = checkLoad(requirements, kernel(LTS), { loader: 'aya' });
      return answer?.reasons
        .filter(({ loaders }) => loaders.length === 1)
        .map(({ verdict, message }) => `${verdict}: ${message}`);
    };
    expect(of('reach')).toEqual(['conditional: aya fills in no externs of .kconfig, such as LINUX_KERNEL_VERSION']);
    expect(of('needs')).toContain("fails: aya knows no section 'tcx/ingress' and refuses the object");
  });
});

describe('checkLoad', () => {
  it('does not mind a poisoned instruction that is not reached', () => {
    const found = answers('reach', kernel(LTS));
    for (const name of ['call', 'argument', 'mask', 'version', 'callback']) {
      expect(words(found.get(`guarded_${name}`)), name).toBe('no-objection');
    }
    for (const name of ['reached', 'reached_sometimes', 'reached_in_loop']) {
      expect(words(found.get(name)), name).toBe('fails poison');
    }
  });
  it('takes values of read-only data as they are set', () => {
    const on = kernel(LTS);
    const open = answers('reach', on).get('guarded_rodata');
    expect(words(open)).toBe('conditional poison');
    expect(open?.reasons[0]?.message).toMatch(
      /^if enabled or level is set( otherwise)?: the kernel's struct task_struct has no /,
    );
    const both = (level: bigint) =>
      answers('reach', on, {
        set: new Map([
          ['enabled', 0n],
          ['level', level],
        ]),
      });
    expect(words(both(0n).get('guarded_rodata'))).toBe('no-objection');
    expect(words(both(5n).get('guarded_rodata'))).toBe('no-objection');
    expect(words(answers('reach', on, { set: new Map([['enabled', 1n]]) }).get('guarded_rodata'))).toBe('fails poison');
    expect(() => answers('reach', on, { set: new Map([['no_such', 1n]]) })).toThrow("no variable 'no_such'");
  });
  it('gives the line of a reason', () => {
    const [reason] = answers('reach', kernel(LTS)).get('reached')?.reasons ?? [];
    expect(reason).toMatchObject({ file: './reach.bpf.c', needed: 'struct task_struct.no_such', evidence: 'btf' });
    expect(reason?.line).toBeGreaterThan(0);
  });
  it('knows what programs attach to', () => {
    const all = new Map([OLD, LTS, NEW].map((release) => [release, answers('attach', kernel(release))]));
    const on = (release: string) => all.get(release) ?? new Map<string, ProgramAnswer>();
    expect(words(on(LTS).get('entry_there'))).toBe('no-objection');
    expect(words(on(LTS).get('entry_gone'))).toBe('fails attach-target');
    expect(words(on(OLD).get('entry_gone'))).toBe('no-objection');
    expect(words(on(LTS).get('entry_open'))).toBe('fails attach-not-set');
    expect(words(on(LTS).get('replaces'))).toBe('fails attach-not-set');
    expect(words(on(LTS).get('section_unknown'))).toBe('fails section-name');
    expect(words(on(LTS).get('argument_later'))).toBe('no-objection');
    expect(words(on(OLD).get('argument_later'))).toBe('fails argument');
    expect(words(on(NEW).get('argument_none'))).toBe('fails argument');
    expect(words(on(LTS).get('result_there'))).toBe('no-objection');
    expect(words(on(LTS).get('result_too_early'))).toBe('fails argument');
    expect(words(on(LTS).get('iterates_cgroups'))).toBe('no-objection');
    expect(words(on(OLD).get('iterates_cgroups'))).toBe('fails attach-target');
    const renamed = answers('attach', kernel(LTS), { attach: new Map([['entry_gone', 'do_unlinkat']]) });
    expect(words(renamed.get('entry_gone'))).toBe('no-objection');
  });
  it('knows helpers, instructions and kernel functions', () => {
    const old = answers('needs', kernel(OLD));
    const recent = answers('needs', kernel(NEW));
    const expected: Readonly<Record<string, [string, string]>> = {
      helper_5_13: ['fails helper-unknown', 'no-objection'],
      helper_6_1: ['fails helper-unknown', 'no-objection'],
      helper_of_xdp: ['fails helper-type', 'fails helper-type'],
      helper_of_tracing: ['fails helper-type', 'no-objection'],
      atomics: ['fails instruction', 'no-objection'],
      kfunc_guarded: ['no-objection', 'no-objection'],
      kfunc_reached: ['fails kfunc', 'fails kfunc'],
      program_type_5_14: ['fails program-type', 'no-objection'],
      program_type_6_4: ['fails program-type attach-type', 'no-objection'],
      flag_5_18: ['fails flags', 'no-objection'],
      calls_global_number: ['no-objection', 'no-objection'],
      calls_global_pointer: ['fails global-function', 'no-objection'],
    };
    for (const [name, [before, now]] of Object.entries(expected)) {
      expect(words(old.get(name)), name).toBe(before);
      expect(words(recent.get(name)), name).toBe(now);
    }
  });
  it('fails every program of an object for what all of it needs', () => {
    expect([...answers('strong', kernel(NEW)).values()].map(words)).toEqual(['fails ksym', 'fails ksym']);
    expect(words(answers('maps', kernel(LTS)).get('uses_arena'))).toBe('fails map-type');
    expect(words(answers('maps', kernel(NEW)).get('uses_arena'))).toBe('no-objection');
    const licensed = answers('proprietary', kernel(NEW));
    expect(words(licensed.get('gpl_helper'))).toBe('fails license');
    expect(words(licensed.get('free_helper'))).toBe('no-objection');
  });
  it('says that an object is of another byte order, and little of a kernel with hardly any types', () => {
    const bytes = new BtfBytes({ littleEndian: false });
    bytes.int('int', 4, 1);
    const bare: LoadKernel = { name: 'bare', target: parseBtf(bytes.build()) };
    expect(words(answers('reach', bare).get('guarded_mask'))).toBe('fails byte-order');
    const own = new BtfBytes();
    own.int('int', 4, 1);
    expect(words(answers('needs', { name: 'bare', target: parseBtf(own.build()) }).get('atomics'))).toBe(
      'no-objection',
    );
  });
  it('leaves out programs that are switched off', () => {
    expect(answers('strong', kernel(NEW), { skip: new Set(['calls']) }).size).toBe(1);
    expect(() => answers('strong', kernel(NEW), { skip: new Set(['other']) })).toThrow("no program 'other'");
  });
});
