// A kernel that was saved answers as it did before; what is damaged is said.
import { kernelOfImage, type Kernel, openSavedKernel, type SavedKernel } from '@btfq/kernel-runtime';
import { expect, test } from 'vitest';
import { call, madeUpKernel } from './made-up-kernel.ts';

const RET = 0xc3;
const ATTRIBUTES = 0x100000;
const SMALL = { memoryLimit: 2 ** 24, budget: 1e6 };

const ask = (kernel: Kernel) =>
  kernel.bpf({ command: 5, attributes: { address: ATTRIBUTES, bytes: new Uint8Array(8) }, memory: [] });

function openAgain({ head, chunks, symbols }: SavedKernel, btf: Uint8Array): Kernel {
  return openSavedKernel({ head, chunk: (n) => chunks[n]!, symbols: () => symbols, btf: () => btf }, SMALL);
}

/** What was registered at boot, an allocation from the heap, a string of the image, and the kernel's BTF. */
function kernel(): Kernel {
  const sysBpf = [
    ...[0xbf, 64, 0, 0, 0], // mov $64, %edi
    ...call(0, 5, 3),
    ...[0xc7, 0x00, 5, 0, 0, 0], // movl $5, (%rax)
    ...[0x8b, 0x04, 0x25, 0x20, 0x02, 0, 0x82], // mov nr_cpu_ids + 0x20, %eax
    ...[0x03, 0x04, 0x25, 0x00, 0x10, 0, 0x82, RET], // add __start_BTF, %eax
  ];
  // mov $0x55, %edi; call bpf_iter_reg_target; ret
  const init = [0xbf, 0x55, 0, 0, 0, ...call(1, 5, 2), RET];
  // mov %edi, nr_cpu_ids + 0x20; xor %eax, %eax; ret
  const register = [0x89, 0x3c, 0x25, 0x20, 0x02, 0, 0x82, 0x31, 0xc0, RET];
  return kernelOfImage(
    madeUpKernel({ __x64_sys_bpf: sysBpf, some_init: init, bpf_iter_reg_target: register, __kmalloc: [0x0f, 0x0b] }),
    SMALL,
  );
}

test('a saved kernel answers what the prepared one does, from its start and again', () => {
  const prepared = kernel();
  const saved = prepared.save();
  const again = openAgain(saved, prepared.btf.bytes);
  // 0x55, and the first word of BTF: magic 0xeb9f, version 1, flags 0
  expect(ask(prepared)).toBe(0x55 + 0x1eb9f);
  const start = again.snapshot();
  for (let round = 0; round < 2; round++) {
    expect(ask(again)).toBe(0x55 + 0x1eb9f);
    again.restore(start);
  }
  expect(again.banner).toBe(prepared.banner);
  expect(again.registrations).toEqual(prepared.registrations);
  expect([...Array(again.symbols.count).keys()].map((i) => again.symbols.symbol(i))).toEqual(
    [...Array(prepared.symbols.count).keys()].map((i) => prepared.symbols.symbol(i)),
  );
});

test('a save can be opened again without saving it a second time', () => {
  const prepared = kernel();
  expect(() => openAgain(prepared.save(), prepared.btf.bytes).save()).toThrow(/Only a kernel from an image/);
});

test('a damaged save is told as one, or opens to a kernel that stops', () => {
  const prepared = kernel();
  const saved = prepared.save();
  const open = (head: Uint8Array) => openAgain({ ...saved, head }, prepared.btf.bytes);
  const codeOf = (action: () => unknown) => {
    try {
      action();
    } catch (error) {
      return (error as { code?: string }).code;
    }
    return undefined;
  };
  expect(codeOf(() => open(new Uint8Array(3)))).toBe('bad-save');
  expect(codeOf(() => open(new TextEncoder().encode('{"format":1}')))).toBe('bad-save');
  expect(codeOf(() => open(new TextEncoder().encode('{"format":2}')))).toBe('bad-save');
  expect(codeOf(() => openAgain({ ...saved, symbols: new Uint8Array(20) }, prepared.btf.bytes).symbols)).toBe(
    'bad-save',
  );
  const text = new TextDecoder().decode(saved.head);
  const pages = text.replace(/"pages":\[\["(\w+)",\d+/, '"pages":[["$1",1e9');
  expect(codeOf(() => open(new TextEncoder().encode(pages)))).toBe('bad-save');
  const short = { ...saved, chunks: saved.chunks.map((chunk) => chunk.subarray(1)) };
  expect(codeOf(() => ask(openAgain(short, prepared.btf.bytes)))).toBe('bad-save');
  // Seeded changes of one byte: a typed error, or an answer, or a stop.
  let seed = 7;
  for (let round = 0; round < 100; round++) {
    seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
    const head = saved.head.slice();
    head[seed % head.length] = seed >>> 24;
    const code = codeOf(() => {
      const again = open(head);
      again.snapshot();
      ask(again);
    });
    expect([undefined, 'bad-save', 'stopped', 'bad-region', 'unmapped', 'memory-limit']).toContain(code);
  }
});
