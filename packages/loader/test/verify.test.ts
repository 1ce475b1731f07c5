// Verdicts of single programs: numbers and last words of logs, source lines, kernels that come to no answer.

import { loadBtf } from '@btfq/btf-format';
import { BpfCommand, type LoaderKernel, openObject, verifierStats, verifyObject } from '@btfq/loader';
import { fixtureBytes, kernelBtf } from '@btfq/test-kit';
import { describe, expect, it } from 'vitest';
import { isLoadOf, MadeUpSystem, memoryAt } from './made-up-system.ts';

const NUMBERS = `verification time 38 usec
stack depth 56+8
processed 65 insns (limit 1000000) max_states_per_insn 1 total_states 5 peak_states 4 mark_read 3
`;

describe('verifierStats', () => {
  it('reads the numbers, and none where there are none', () => {
    expect(verifierStats(`0: (95) exit\n${NUMBERS}`)).toEqual({
      insns: 65,
      insnsLimit: 1000000,
      maxStatesPerInsn: 1,
      totalStates: 5,
      peakStates: 4,
      markRead: 3,
      stack: '56+8',
    });
    expect(verifierStats('0: (95) exit\n')).toBeUndefined();
    expect(verifierStats(NUMBERS.replace(/stack.*\n/, ''))?.stack).toBeUndefined();
  });
});

describe('verifyObject', () => {
  const vmlinux = loadBtf(kernelBtf('debian/12/x86_64/6.1.0-50-cloud-amd64'));
  const object = openObject(fixtureBytes('loads/subprograms.bpf.o'), { path: 'subprograms.bpf.o' });

  it('loads each program alone, and says why one fails, with the line of a subprogram', () => {
    let resets = 0;
    const system = new MadeUpSystem((call, attributes) => {
      if (call.command !== 5) return undefined;
      const buffer = attributes.getBigUint64(32, true);
      const say = (text: string) => memoryAt(call, buffer).set(new TextEncoder().encode(text));
      if (isLoadOf('second', call, attributes)) {
        // an instruction of the first subprogram that is appended: behind the program's own
        const own = object.programs.find(({ name }) => name === 'second')?.insnCount ?? 0;
        say(`${own}: (63) *(u32 *)(r10 -4) = r1\nR1 !read_ok\n${NUMBERS}`);
        return -13;
      }
      if (isLoadOf('callbacks', call, attributes))
        throw Object.assign(new Error('stopped at a BUG'), { code: 'stopped' });
      if (buffer !== 0n) say(NUMBERS);
      return undefined;
    });
    const kernel: LoaderKernel = { system, release: '6.1.0', vmlinux };
    const verdicts = [...verifyObject(object, kernel, { reset: () => resets++ })];
    expect(verdicts.map(({ program, verdict }) => [program.name, verdict])).toEqual([
      ['first', 'loads'],
      ['second', 'fails'],
      ['contexts_of_kprobe', 'loads'],
      ['poisoned', 'loads'],
      ['callbacks', 'not-known'],
      ['contexts', 'loads'],
    ]);
    expect(resets).toBe(6);
    expect(verdicts[0]).toMatchObject({ errno: 0, reason: '', stats: { insns: 65, stack: '56+8' } });
    expect(verdicts[1]).toMatchObject({ errno: 13, reason: 'R1 !read_ok', stats: { insns: 65 } });
    expect(verdicts[1]?.source).toMatchObject({
      file: expect.stringMatching(/subprograms\.bpf\.c$/),
      text: 'return leaf(key + 2);',
    });
    expect(verdicts[4]).toMatchObject({ reason: 'stopped at a BUG' });
  });

  it('lets other errors through', () => {
    const system = new MadeUpSystem(() => {
      throw new Error('a defect');
    });
    expect(() => [...verifyObject(object, { system, release: '6.1.0', vmlinux })]).toThrow('a defect');
  });

  it('sizes maps whose object leaves that to its user, and pins none', () => {
    const maps = openObject(fixtureBytes('loads/rings.bpf.o'), { path: 'rings.bpf.o' });
    const system = new MadeUpSystem();
    expect([...verifyObject(maps, { system, release: '6.1.0', vmlinux })].map(({ verdict }) => verdict)).toEqual([
      'loads',
    ]);
    expect(system.of(6)).toHaveLength(0);
    expect(system.of(7)).toHaveLength(0);
  });

  it('tells struct_ops programs apart, though libbpf loads them together', () => {
    const kernel7 = loadBtf(kernelBtf('debian/14/x86_64/7.2.13+deb14-cloud-amd64'));
    const object = openObject(fixtureBytes('loads/struct-ops.bpf.o'), { path: 'struct-ops.bpf.o' });
    const system = new MadeUpSystem((call, attributes) => {
      if (!isLoadOf('btfq_undo', call, attributes)) return undefined;
      memoryAt(call, attributes.getBigUint64(32, true))?.set(new TextEncoder().encode('0: (95) exit\nR0 !read_ok\n'));
      return -13;
    });
    const options = { choose: ({ name }: { readonly name: string }) => name !== 'btfq_init' };
    const verdicts = [...verifyObject(object, { system, release: '7.2.13', vmlinux: kernel7 }, options)];
    expect(verdicts.map(({ program, verdict, reason }) => [program.name, verdict, reason])).toEqual([
      ['btfq_ssthresh', 'loads', ''],
      ['btfq_cong_avoid', 'loads', ''],
      ['btfq_undo', 'fails', 'R0 !read_ok'],
    ]);
  });

  it('makes large tables small, and leaves what is in other maps as it is', () => {
    const object = openObject(fixtureBytes('loads/maps.bpf.o'), { path: 'maps.bpf.o' });
    const entriesOf = (sizes: Record<string, number>) => {
      const system = new MadeUpSystem();
      const maps = ({ name }: { readonly name: string }) => (name in sizes ? { maxEntries: sizes[name]! } : {});
      for (const _ of verifyObject(
        object,
        { system, release: '6.1.0', vmlinux },
        { maps, choose: ({ name }) => name === 'uses' },
      ));
      const creates = system.of(0).filter((a) => a.getUint32(0, true) === 1);
      return [...new Set(creates.map((a) => a.getUint32(12, true)))].sort((a, b) => a - b);
    };
    expect(entriesOf({})).toEqual([4, 10]);
    expect(entriesOf({ typed: 100_000, first: 5000, second: 5000 })).toEqual([4, 1024, 5000]);
    expect(entriesOf({ typed: 100_000_000 })).toEqual([4, 100_000_000]);
  });

  it('does not hold it against a program that others of a program array are not loaded', () => {
    const chain = openObject(fixtureBytes('loads/maps.bpf.o'), { path: 'maps.bpf.o' });
    const system = new MadeUpSystem((call, attributes) =>
      call.command === 2 && memoryAt(call, attributes.getBigUint64(16, true))[3] === 0xff ? -9 : undefined,
    );
    expect([...verifyObject(chain, { system, release: '6.1.0', vmlinux })].map(({ verdict }) => verdict)).toEqual([
      'loads',
      'loads',
    ]);
  });

  it('lets a program pass whose program array needs others, and says what libbpf returns', () => {
    const EBADF = 9;
    const system = new MadeUpSystem((call, attributes) => {
      if (call.command !== BpfCommand.MapUpdateElem) return undefined;
      // The kernel refuses a slot whose descriptor is none.
      const value = memoryAt(call, attributes.getBigUint64(16, true));
      return value.length === 4 && new DataView(value.buffer, value.byteOffset).getInt32(0, true) < 0 ? -EBADF : 0;
    });
    const kernel: LoaderKernel = { system, release: '6.1.0', vmlinux };
    const arrays = openObject(fixtureBytes('loads/maps.bpf.o'), { path: 'maps.bpf.o' });
    const verdicts = [...verifyObject(arrays, kernel)];
    const needsOthers = verdicts.filter(({ aloneErrno }) => aloneErrno !== 0);
    expect(needsOthers.length).toBeGreaterThan(0);
    for (const { verdict, errno, aloneErrno, messages } of needsOthers) {
      expect([verdict, errno, aloneErrno]).toEqual(['loads', 0, EBADF]);
      expect(messages.join('\n')).toMatch(/^map '.*': failed to initialize slot \[\d+\] to prog '.*' fd=-2: -EBADF$/m);
    }
  });
});
