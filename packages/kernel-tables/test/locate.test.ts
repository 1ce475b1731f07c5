// Finding tables without their symbols: the words of an image, runs of pointers of one shape, arrays that are known by the functions
// that they lead to, and what a call passes. Each beside an image that differs in one part, where nothing must be found.

import { BtfBuilder, type Btf } from '@btfq/btf-format';
import { describe, expect, it } from 'vitest';
import { KernelMemory, memoryRegion } from '../src/image/memory.ts';
import type { KernelView } from '../src/kernel-view.ts';
import { findCallTable, findMapTypes, findRawTracepoints } from '../src/locate/arrays.ts';
import { firstArgument } from '../src/locate/first-argument.ts';
import { imageWords, longestRun, runFrom } from '../src/locate/image-words.ts';
import { sortedTable } from '../src/symbols/kallsyms.ts';
import { poke } from './words.ts';

const BASE = 0xffff800080000000n;

function view(
  arch: string,
  bytes: Uint8Array,
  names: Readonly<Record<string, number>>,
  btf: Btf = NO_TYPES,
): KernelView {
  const rows = Object.entries(names);
  const text = rows.map(([name]) => name.replace(/ .*/, '')).join('');
  const starts = new Uint32Array(rows.length + 1);
  rows.forEach(([name], i) => {
    starts[i + 1] = starts[i]! + name.replace(/ .*/, '').length;
  });
  const symbols = sortedTable(
    {
      addresses: BigUint64Array.from(rows, ([, at]) => BASE + BigInt(at)),
      types: new Uint8Array(rows.length).fill(0x54),
      names: new TextEncoder().encode(text),
      starts,
    },
    'kallsyms',
  );
  const memory = new KernelMemory(arch, 8, true, [memoryRegion(BASE, bytes)]);
  return { memory, symbols, btf, idTypes: btf, version: [6, 1] };
}

const NO_TYPES = new BtfBuilder().toBtf();

function image(
  size: number,
  pointers: Readonly<Record<number, number>>,
  texts: Readonly<Record<number, string>> = {},
): Uint8Array {
  const bytes = new Uint8Array(size);
  for (const [at, target] of Object.entries(pointers)) poke(bytes, Number(at), BASE + BigInt(target));
  for (const [at, text] of Object.entries(texts)) bytes.set(new TextEncoder().encode(`${text}\0`), Number(at));
  return bytes;
}

function wordsOf(bytes: Uint8Array) {
  const words = imageWords(new KernelMemory('arm64', 8, true, [memoryRegion(BASE, bytes)]));
  if (words === undefined) throw new Error('no words');
  return words;
}

describe('the words of an image', () => {
  const bytes = image(
    256,
    { 0: 128, 8: 200, 24: 128, 32: 129 },
    { 128: 'sched', 144: '9lives', 160: 'a b', 176: 'intel-sst' },
  );
  const words = wordsOf(bytes);

  it('that point into it are listed with their targets', () => {
    expect([...words.pointers.places]).toEqual([0, 8, 24, 32]);
    expect([...words.pointers.targets]).toEqual([128, 200, 128, 129]);
    expect([words.pointer(8), words.pointer(16), words.pointer(-8), words.pointer(252)]).toEqual([200, -1, -1, -1]);
  });

  it.each([
    [128, 'sched'],
    [144, undefined], // begins with a digit
    [160, undefined], // ends in something else than NUL
    [176, 'intel-sst'],
    [240, undefined], // nothing
    [4096, undefined],
    [-1, undefined],
  ])('give the name at %d: %s', (at, name) => expect(words.name(at)).toBe(name));

  it('beyond the image are no words', () => {
    expect(words.number(256)).toBe(-1);
    expect(words.isText(4096)).toBe(false);
    const far = [memoryRegion(BASE, new Uint8Array(8)), memoryRegion(BASE + (1n << 33n), new Uint8Array(8))];
    expect(imageWords(new KernelMemory('arm64', 8, true, far))).toBeUndefined();
    expect(imageWords(new KernelMemory('armv7l', 4, true, [memoryRegion(BASE, new Uint8Array(8))]))).toBeUndefined();
  });

  it('make runs as long as their targets pass', () => {
    expect(longestRun(words.pointers, (target) => target === 128)).toEqual({ start: 0, end: 8 });
    expect(longestRun(words.pointers, () => true)).toEqual({ start: 0, end: 16 });
    expect(longestRun(words.pointers, () => false)).toBeUndefined();
    expect(runFrom(words, 24, (target) => target < 200)).toEqual({ start: 24, end: 40 });
    expect(runFrom(words, 16, () => true)).toEqual({ start: 16, end: 16 });
  });
});

describe('the table of system calls', () => {
  const COUNT = 300;
  /** `read` is call 63 on arm64; `moved` puts it elsewhere. */
  function calls(moved: number, broken = -1) {
    const names: Record<string, number> = {};
    const pointers: Record<number, number> = {};
    for (let i = 0; i < COUNT; i++) {
      const name = i === 63 + moved ? '__arm64_sys_read' : `__arm64_sys_call${i}`;
      names[i === broken ? `other${i}` : name] = 8192 + 16 * i;
      pointers[512 + 8 * i] = 8192 + 16 * i;
    }
    const bytes = image(16384, pointers);
    return findCallTable(view('arm64', bytes, names), wordsOf(bytes), false);
  }

  it('is where read has its number', () => {
    expect(calls(0)).toEqual({ start: 512, end: 512 + 8 * COUNT });
    expect(calls(1)).toBeUndefined();
    expect(calls(0, 200)).toBeUndefined(); // too short, once another function breaks it
  });

  it('is not known on machines whose numbers are not', () => {
    expect(findCallTable(view('mips64', new Uint8Array(64), {}), wordsOf(new Uint8Array(64)), false)).toBeUndefined();
  });
});

function structTypes(
  structs: Readonly<Record<string, readonly string[]>>,
  enumerators: Readonly<Record<string, number>> = {},
): Btf {
  const builder = new BtfBuilder();
  const word = builder.addInt('long', 8, 0);
  for (const [name, members] of Object.entries(structs)) {
    builder.addStruct(name, members.length * 8);
    for (const [i, member] of members.entries()) builder.addField(member, word, i * 64);
  }
  builder.addEnum('numbers', 4);
  for (const [name, value] of Object.entries(enumerators)) builder.addEnumValue(name, value);
  return builder.toBtf();
}

describe('arrays that are known by their functions', () => {
  const types = structTypes(
    {
      bpf_raw_event_map: ['tp', 'bpf_func', 'num_args'],
      tracepoint: ['name'],
      bpf_map_ops: ['map_check', 'map_alloc'],
    },
    {
      BPF_MAP_TYPE_UNSPEC: 0,
      BPF_MAP_TYPE_HASH: 1,
      BPF_MAP_TYPE_ARRAY: 2,
      BPF_MAP_TYPE_PROG_ARRAY: 3,
      BPF_MAP_TYPE_OTHER: 4,
    },
  );

  function tracepoints(count: number, args = 3) {
    const names: Record<string, number> = {};
    const pointers: Record<number, number> = { 8000: 8100 };
    const bytes = new Uint8Array(32768);
    for (let i = 0; i < count; i++) {
      names[`__bpf_trace_${i}`] = 16384 + 16 * i;
      pointers[1024 + 24 * i] = 8000;
      pointers[1024 + 24 * i + 8] = 16384 + 16 * i;
    }
    bytes.set(image(32768, pointers, { 8100: 'sched_switch' }));
    for (let i = 0; i < count; i++) poke(bytes, 1024 + 24 * i + 16, BigInt(args), 4);
    return findRawTracepoints(view('arm64', bytes, names, types), wordsOf(bytes));
  }

  it('raw tracepoints: a name, a function, a small number of arguments, in each', () => {
    expect(tracepoints(80)).toEqual({ start: 1024, end: 1024 + 80 * 24 });
    expect(tracepoints(8)).toBeUndefined(); // no kernel has so few
    expect(tracepoints(80, 99)).toBeUndefined();
  });

  function mapTypes(last: number) {
    const names = {
      htab_map_alloc: 8192,
      array_map_alloc: 8208,
      prog_array_map_alloc: 8224,
      other_alloc: 8240,
      stranger: 8256,
    };
    const pointers: Record<number, number> = {};
    // Operations of 16 bytes from 2048 on, whose second word is the function; the array at 1024.
    [8192, 8208, 8224, last].forEach((target, i) => {
      pointers[2048 + 16 * i + 8] = target;
      pointers[1024 + 8 * (i + 1)] = 2048 + 16 * i;
    });
    const bytes = image(16384, pointers);
    return findMapTypes(view('arm64', bytes, names, types), wordsOf(bytes));
  }

  it('map types: hash, array, array of programs first, and nothing of another shape behind them', () => {
    expect(mapTypes(8240)).toEqual({ start: 1024, end: 1024 + 5 * 8 });
    expect(mapTypes(8256)).toBeUndefined();
  });
});

describe('what a call passes', () => {
  const arm64 = (...words: number[]) => {
    const bytes = new Uint8Array(8192);
    for (const [i, word] of words.entries()) poke(bytes, 4 * i, BigInt(word), 4);
    return firstArgument(view('arm64', bytes, {}), BASE, BASE + BigInt(4 * words.length));
  };
  const ADRP_X0 = 0xb0000000; // the next page
  const ADD_X0 = 0x91010000; // x0 + 64
  const MOV_X0_X19 = 0xaa1303e0;
  const BL = 0x94000001;

  it('on arm64, by adrp, add and mov', () => {
    expect(arm64(ADRP_X0, ADD_X0, BL)).toBe(BASE + 4096n + 64n);
    expect(arm64(0xb0000013, 0x91010273, MOV_X0_X19, BL)).toBe(BASE + 4096n + 64n); // kept in x19
    expect(arm64(ADRP_X0, ADD_X0, BL, BL)).toBeUndefined(); // lost in a call
    expect(arm64(MOV_X0_X19, BL)).toBeUndefined();
    expect(arm64(ADRP_X0, 0xf9400000, BL)).toBeUndefined(); // read from memory
  });

  it('on x86-64, by mov of an address', () => {
    const bytes = new Uint8Array(64).fill(0x90);
    bytes.set([0x48, 0xc7, 0xc7, 0x40, 0x00, 0x00, 0x81], 16);
    bytes[23] = 0xe8;
    const of = (returns: bigint, caller = BASE) => firstArgument(view('x86_64', bytes, {}), caller, returns);
    expect(of(BASE + 28n)).toBe(0xffffffff81000040n);
    expect(of(BASE + 28n, BASE + 20n)).toBeUndefined(); // before the function's beginning
    expect(of(BASE + 16n)).toBeUndefined();
  });
});
