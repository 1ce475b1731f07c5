// Opening objects: what libbpf would know of them, and that damage never does more than throw a typed error.

import { findSectionDefinition, MapType, openObject, ProgramType, SECTION_DEFINITIONS } from '@btfq/loader';
import { fixtureObject, mutations } from '@btfq/test-kit';
import { describe, expect, it } from 'vitest';
import { ringBufferSize } from '../src/object/map-definition.ts';
import { internalMapName } from '../src/object/maps.ts';

const open = (name: string) => openObject(fixtureObject(name), { path: `${name}.bpf.o` });

describe('openObject', () => {
  it.each(['relocs', 'relocs.eb', 'linked', 'linked.eb'])('knows programs, maps and externs of %s', (name) => {
    const object = open(name);
    const programs = object.programs.map(
      ({ name: program, sectionName, type, attachTarget, insnOffset, relocations }) => [
        program,
        sectionName,
        type,
        attachTarget,
        insnOffset,
        relocations.map(({ kind }) => kind).join(' '),
      ],
    );
    // instruction counts differ between byte orders, all else does not
    const short = name.split('.')[0];
    expect(programs.map((row) => row.toSpliced(4, 1))).toMatchSnapshot(`programs of ${short}`);
    expect(object.maps.map(({ data: _, ...map }) => map)).toMatchSnapshot(`maps of ${name}`);
    expect(object.externs.map(({ symbolIndex: _, ...extern }) => extern)).toMatchSnapshot(`externs of ${short}`);
    expect(object.license).toBe('Dual BSD/GPL');
    expect(object.version).toBeUndefined();
  });

  it('gives entry points a type by their section and subprograms none', () => {
    const { programs } = open('opensnoop');
    expect(programs.map(({ name, type, subprogram, global }) => ({ name, type, subprogram, global }))).toEqual([
      { name: 'describe', type: 0, subprogram: true, global: false },
      { name: 'open_starts', type: ProgramType.Tracing, subprogram: false, global: true },
      { name: 'open_ends', type: ProgramType.Tracing, subprogram: false, global: true },
    ]);
  });

  it.each([
    ['nobtf', 'no-btf', 2],
    ['execsnoop-gcc12', 'bad-extern', 22],
  ])('refuses %s with %s', (name, code, errno) => {
    expect(() => open(name)).toThrow(expect.objectContaining({ name: 'LoaderError', code, errno }));
  });

  it('refuses what is not an object', () => {
    expect(() => openObject(new Uint8Array(64))).toThrow(expect.objectContaining({ code: 'bad-elf' }));
  });

  it('survives changed bytes with a typed error or an object', () => {
    for (const name of ['relocs', 'opensnoop']) {
      for (const bytes of mutations(fixtureObject(name), { seed: 7, count: 300 })) {
        try {
          openObject(bytes);
        } catch (error) {
          expect(error).toHaveProperty('name', 'LoaderError');
        }
      }
    }
  });
});

describe('findSectionDefinition', () => {
  it.each([
    ['kprobe', 'kprobe', ProgramType.Kprobe],
    ['kprobe/do_unlinkat', 'kprobe', ProgramType.Kprobe],
    ['kprobe.multi/tcp_*', 'kprobe.multi', ProgramType.Kprobe],
    ['tc/ingress', 'tc/ingress', ProgramType.SchedCls],
    ['tc', 'tc', ProgramType.SchedCls],
    ['xdp.frags/devmap', 'xdp.frags/devmap', ProgramType.Xdp],
    ['lsm.s/file_open', 'lsm.s', ProgramType.Lsm],
    ['freplace', 'freplace', ProgramType.Ext],
    ['kprobes', undefined, undefined],
    ['xdp/other', undefined, undefined],
    ['cgroup/skb/x', undefined, undefined],
    ['.text', undefined, undefined],
  ])('%s is %s', (section, prefix, type) => {
    const found = findSectionDefinition(section);
    expect([found?.prefix, found?.programType]).toEqual([prefix, type]);
  });

  it('has the 116 rows of libbpf 1.8, none of which hides another', () => {
    expect(SECTION_DEFINITIONS).toHaveLength(116);
    for (const definition of SECTION_DEFINITIONS) expect(findSectionDefinition(definition.prefix)).toBe(definition);
  });
});

describe('names and sizes of maps', () => {
  it.each([
    ['my_object_name', '.rodata', 'my_objec.rodata'],
    ['my_object_name', '.bss', 'my_objec.bss'],
    ['my_object_name', '.kconfig', 'my_obje.kconfig'],
    ['my_object_name', '.rodata.abracadabra', '.rodata.abracad'],
    ['a-b', '.data', 'a_b.data'],
    ['', '.data', '.data'],
  ])('%s and %s make %s', (object, section, name) => expect(internalMapName(object, section)).toBe(name));

  it.each([
    [0, 0],
    [1, 4096],
    [4096, 4096],
    [8192, 8192],
    [12288, 16384],
    [1 << 18, 1 << 18],
    [0xffffffff, 0xffffffff],
  ])('a ring buffer of %i bytes gets %i', (asked, got) => expect(ringBufferSize(asked, 4096)).toBe(got));

  it('knows the types by number', () => expect([MapType.Ringbuf, MapType.Arena]).toEqual([27, 33]));
});
