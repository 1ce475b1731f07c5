// What the loader does where a kernel answers otherwise than those that were recorded: hints, logs that do not fit,
// pinned maps, refusals. The kernel is made up: it takes everything that a test does not refuse.

import { loadBtf } from '@btfq/btf-format';
import { type BpfCall, BpfCommand, type BpfSystem, type LoaderKernel, loadObject, openObject } from '@btfq/loader';
import { fixtureBytes, kernelBtf } from '@btfq/test-kit';
import { describe, expect, it } from 'vitest';
import { type Answer, isLoadOf, MadeUpSystem, memoryAt, nameOf } from './made-up-system.ts';

const open = (name: string) => openObject(fixtureBytes(`loads/${name}.bpf.o`), { path: `${name}.bpf.o` });

const [EPERM, E2BIG, EAGAIN, EEXIST, EINVAL, ENOSPC] = [1, 7, 11, 17, 22, 28];
const SLEEPER = 'do_nanosleep';

const vmlinux = loadBtf(kernelBtf('debian/12/x86_64/6.1.0-50-cloud-amd64'));
const kernelOf = (system: BpfSystem): LoaderKernel => ({
  system,
  release: '6.1.0',
  vmlinux,
  kconfig: '',
  symbols: () => [],
});

const only = (name: string) => ({
  programs: (program: { readonly name: string }) => ({ autoload: program.name === name }),
});

describe('loadObject', () => {
  it('leaves nothing open once the result is closed', () => {
    for (const name of ['maps', 'subprograms', 'rings']) {
      const system = new MadeUpSystem();
      const result = loadObject(open(name), kernelOf(system));
      expect(result).toMatchObject({ errno: 0, messages: [] });
      expect(result.programs.every(({ fd, errno }) => errno === 0 && system.open.has(fd))).toBe(true);
      result.close();
      result.close();
      expect([...system.open]).toEqual([]);
    }
  });

  it('leaves nothing open where a map, a program or all of loading is refused', () => {
    const refusals: Answer[] = [
      ({ command }) => (command === BpfCommand.ProgLoad ? -EPERM : undefined),
      (call, attributes) => (isLoadOf('uses', call, attributes) ? -EINVAL : undefined),
      ({ command }, attributes) =>
        command === BpfCommand.MapCreate && attributes.getUint32(0, true) === 22 ? -EINVAL : undefined,
      ({ command }) => (command === BpfCommand.MapFreeze ? -EPERM : undefined),
    ];
    for (const refusal of refusals) {
      const system = new MadeUpSystem(refusal);
      expect(loadObject(open('maps'), kernelOf(system)).errno).toBeGreaterThan(0);
      expect([...system.open]).toEqual([]);
    }
  });

  it('asks what a kernel can do once', () => {
    const system = new MadeUpSystem();
    const kernel = kernelOf(system);
    loadObject(open('subprograms'), kernel).close();
    const first = system.calls.length;
    loadObject(open('subprograms'), kernel).close();
    expect(system.calls.length - first).toBeLessThan(first);
    expect(system.calls.slice(first).filter(({ command }) => command === BpfCommand.BtfLoad)).toHaveLength(1);
  });

  it('tries again while the kernel is interrupted, five times at most', () => {
    const system = new MadeUpSystem((call, attributes) => (isLoadOf('first', call, attributes) ? -EAGAIN : undefined));
    const result = loadObject(open('subprograms'), kernelOf(system), only('first'));
    expect(result.errno).toBe(EAGAIN);
    // without a log, then with one
    expect(system.of(BpfCommand.ProgLoad).filter((a) => nameOf(a) === 'first')).toHaveLength(10);
  });

  it('asks for a log where the kernel refuses, and for a larger one where it does not fit', () => {
    const sizes: number[] = [];
    const system = new MadeUpSystem((call, attributes) => {
      if (!isLoadOf('first', call, attributes)) return undefined;
      sizes.push(attributes.getUint32(28, true));
      if (sizes.length === 1) return -EINVAL;
      if (sizes.length === 2) return -ENOSPC;
      memoryAt(call, attributes.getBigUint64(32, true)).set(new TextEncoder().encode('R0 !read_ok\n'));
      return -EINVAL;
    });
    const result = loadObject(open('subprograms'), kernelOf(system), only('first'));
    expect(sizes).toEqual([0, 0xffffff, 0x1fffffe]);
    expect(result.programs).toMatchObject([
      { program: { name: 'first' }, errno: EINVAL, fd: -1, log: 'R0 !read_ok\n' },
    ]);
    expect(result.messages).toEqual([
      "prog 'first': BPF program load failed: -EINVAL",
      "prog 'first': failed to load: -EINVAL",
      "failed to load object 'subprograms.bpf.o'",
    ]);
  });

  it('keeps to the log that it is told to use', () => {
    const system = new MadeUpSystem((call, attributes) => (isLoadOf('first', call, attributes) ? -ENOSPC : undefined));
    const log = { level: 5, size: 4096 };
    const result = loadObject(open('subprograms'), kernelOf(system), { ...only('first'), log });
    expect(result.errno).toBe(ENOSPC);
    const tries = system.of(BpfCommand.ProgLoad).filter((a) => nameOf(a) === 'first');
    expect(tries.map((a) => [a.getUint32(24, true), a.getUint32(28, true)])).toEqual([[5, 4096]]);
  });

  it('cuts records of .BTF.ext where the kernel knows shorter ones', () => {
    let seen: number[] = [];
    const system = new MadeUpSystem((call, attributes) => {
      if (!isLoadOf('first', call, attributes)) return undefined;
      const records = memoryAt(call, attributes.getBigUint64(96, true));
      seen = [...seen, new DataView(records.buffer, records.byteOffset).getUint32(12, true)];
      if (seen.length > 1) return undefined;
      attributes.setUint32(92, 12, true);
      return -E2BIG;
    });
    expect(loadObject(open('subprograms'), kernelOf(system), only('first')).errno).toBe(0);
    expect(seen[0]).toBeGreaterThan(0);
    expect(seen.slice(1)).toEqual([0]);
  });

  it('says what is missing where the verifier meets a poisoned instruction', () => {
    const cases = [
      [
        'poisoned',
        195896080,
        /^(\d+): <invalid CO-RE relocation>\nfailed to resolve CO-RE relocation <byte_off> \[\d+\] struct task_struct___none\.btfq_no_such_field \(0:0 @ offset 0\)\nprocessed$/,
      ],
    ] as const;
    for (const [name, number, words] of cases) {
      const system = new MadeUpSystem((call, attributes) => {
        if (!isLoadOf(name, call, attributes)) return undefined;
        const code = memoryAt(call, attributes.getBigUint64(8, true));
        const view = new DataView(code.buffer, code.byteOffset, code.byteLength);
        let insn = 0;
        while (view.getUint8(insn * 8) !== 0x85 || view.getInt32(insn * 8 + 4, true) !== number) insn++;
        const log = `${insn}: (85) call unknown#${number}\ninvalid func unknown#${number}\nprocessed`;
        const buffer = attributes.getBigUint64(32, true);
        if (buffer !== 0n) memoryAt(call, buffer).set(new TextEncoder().encode(log));
        return -EINVAL;
      });
      const { programs } = loadObject(open('subprograms'), kernelOf(system), only(name));
      expect(programs[0]?.log).toMatch(words);
    }
  });

  it('names maps that are not created and kfuncs that are missing in the log', () => {
    const poison = (name: string, base: number, word: string) => (call: BpfCall, attributes: DataView) => {
      if (!isLoadOf(name, call, attributes)) return undefined;
      const code = memoryAt(call, attributes.getBigUint64(8, true));
      const view = new DataView(code.buffer, code.byteOffset, code.byteLength);
      for (let at = 0; at < code.length; at += 8) {
        const number = view.getInt32(at + 4, true);
        if (view.getUint8(at) !== 0x85 || Math.floor(number / 1000) !== base) continue;
        const buffer = attributes.getBigUint64(32, true);
        const log = `${at / 8}: (85) call unknown#${number}\ninvalid func unknown#${number}\n${word}\n`;
        if (buffer !== 0n) memoryAt(call, buffer).set(new TextEncoder().encode(log));
        return -EINVAL;
      }
      return undefined;
    };
    const withoutMap = new MadeUpSystem(poison('first', 2001000, 'end'));
    const options = { ...only('first'), maps: () => ({ autocreate: false }) };
    expect(loadObject(open('subprograms'), kernelOf(withoutMap), options).programs[0]?.log).toMatch(
      /^\d+: <invalid BPF map reference>\nBPF map 'counts' is referenced but wasn't created\nend\n$/,
    );
    const withoutKfunc = new MadeUpSystem(poison('missing', 2002000, 'end'));
    expect(loadObject(open('kfuncs'), kernelOf(withoutKfunc), only('missing')).programs[0]?.log).toMatch(
      /^\d+: <invalid kfunc call>\nkfunc 'btfq_no_such_kfunc' is referenced but wasn't resolved\nend\n$/,
    );
  });

  it('creates maps without types where the kernel refuses types', () => {
    const system = new MadeUpSystem(({ command }, attributes) =>
      command === BpfCommand.MapCreate && attributes.getUint32(52, true) !== 0 ? -EINVAL : undefined,
    );
    const result = loadObject(open('subprograms'), kernelOf(system), only('first'));
    expect(result.errno).toBe(0);
    expect(result.messages).toEqual(['Error in bpf_create_map_xattr(counts): -EINVAL. Retrying without BTF.']);
    const tries = system.of(BpfCommand.MapCreate).filter((a) => a.getUint32(12, true) === 16);
    expect(tries.map((a) => a.getUint32(48, true) !== 0)).toEqual([true, false]);
  });

  it('takes a pinned map that fits, refuses one that does not, pins a new one', () => {
    const pinned =
      (maxEntries: number): Answer =>
      (call, attributes) => {
        if (call.command === BpfCommand.ObjGet) return undefined;
        if (call.command !== BpfCommand.ObjGetInfoByFd || attributes.getUint32(4, true) !== 104) return undefined;
        const info = memoryAt(call, attributes.getBigUint64(8, true));
        const view = new DataView(info.buffer, info.byteOffset, info.byteLength);
        for (const [at, value] of [
          [0, 2],
          [8, 4],
          [12, 8],
          [16, maxEntries],
        ] as const)
          view.setUint32(at, value, true);
        return 0;
      };
    const withPin = (maxEntries: number) => {
      const answer = pinned(maxEntries);
      let next = 500;
      return new MadeUpSystem((call, attributes) => {
        if (call.command === BpfCommand.ObjGet) return next++;
        return answer(call, attributes);
      });
    };
    const fits = withPin(1);
    fits.close = () => undefined;
    const result = loadObject(open('rings'), kernelOf(fits));
    expect(result).toMatchObject({ errno: 0 });
    expect(result.maps.find(({ map }) => map.name === 'kept')?.fd).toBe(500);
    expect(fits.of(BpfCommand.ObjPin)).toHaveLength(0);

    const other = withPin(2);
    other.close = () => undefined;
    const refused = loadObject(open('rings'), kernelOf(other));
    expect(refused.errno).toBe(EINVAL);
    expect(refused.messages[0]).toBe("couldn't reuse pinned map at '/sys/fs/bpf/kept': parameter mismatch");

    const none = new MadeUpSystem();
    loadObject(open('rings'), kernelOf(none)).close();
    expect(none.of(BpfCommand.ObjPin)).toHaveLength(1);

    let pins = 0;
    const race = new MadeUpSystem(({ command }) => (command === BpfCommand.ObjPin && pins++ < 2 ? -EEXIST : undefined));
    expect(loadObject(open('rings'), kernelOf(race)).errno).toBe(EEXIST);
    expect([...race.open]).toEqual([]);
  });

  it('takes settings: types, sizes, content, targets', () => {
    const system = new MadeUpSystem();
    const object = open('sections');
    const result = loadObject(object, kernelOf(system), {
      programs: (program) => ({
        autoload: ['on_fentry_bare', 'on_unknown', 'on_lsm'].includes(program.name),
        ...(program.name === 'on_fentry_bare' ? { attachTarget: SLEEPER } : {}),
        ...(program.name === 'on_unknown' ? { type: 2, flags: 8 } : {}),
      }),
    });
    expect(result.errno).toBe(0);
    const loads = system.of(BpfCommand.ProgLoad).filter((a) => nameOf(a).startsWith('on_'));
    expect(
      loads.map((a) => [nameOf(a), a.getUint32(0, true), a.getUint32(44, true), a.getUint32(108, true) > 0]),
    ).toEqual([
      ['on_fentry_bare', 26, 0, true],
      ['on_lsm', 29, 0, true],
      ['on_unknown', 2, 8, false],
    ]);

    const maps = new MadeUpSystem();
    const values: string[] = [];
    const watching = kernelOf({
      bpf(call) {
        if (call.command === BpfCommand.MapUpdateElem) {
          const view = new DataView(call.attributes.bytes.buffer);
          values.push(Buffer.from(memoryAt(call, view.getBigUint64(16, true))).toString('hex'));
        }
        return maps.bpf(call);
      },
      close: (fd) => maps.close(fd),
    });
    loadObject(open('maps'), watching, {
      maps: (map) => ({
        ...(map.sectionName === '.rodata' ? { data: Uint8Array.of(1, 2, 3, 4) } : {}),
        ...(map.name === 'typed' ? { maxEntries: 77 } : {}),
      }),
    });
    expect(values).toContain('01020304');
    expect(maps.of(BpfCommand.MapCreate).some((a) => a.getUint32(12, true) === 77)).toBe(true);
  });

  it('refuses objects of the other byte order', () => {
    const object = openObject(fixtureBytes('objects/opensnoop.eb.bpf.o'));
    expect(() => loadObject(object, kernelOf(new MadeUpSystem()))).toThrow(expect.objectContaining({ errno: 4003 }));
  });

  it('ends where a kernel counts its BTF objects in circles', () => {
    const system = new MadeUpSystem((call, attributes) => {
      if (call.command !== BpfCommand.BtfGetNextId) return undefined;
      attributes.setUint32(4, 1, true);
      return 0;
    });
    const result = loadObject(open('modules'), kernelOf(system), only('by_name'));
    expect(result.messages).toContain("prog 'by_name': failed to find kernel BTF type ID of 'bbr_init': -ESRCH");
  });
});
