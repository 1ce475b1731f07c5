// bpf() of made-up kernels: memory of the caller, answers instead of code, stops, snapshots; and of real ones where there are some.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type BpfCall, callingKernel, examineKernel, kernelOfImage, openKernel } from '@btfq/kernel-runtime';
import { describe, expect, test } from 'vitest';
import { call, madeUpKernel } from './made-up-kernel.ts';

const ATTRIBUTES = 0x100000;
const RET = 0xc3;

function callWith(bytes: Uint8Array, memory: BpfCall['memory'] = []): BpfCall {
  return { command: 5, attributes: { address: ATTRIBUTES, bytes }, memory };
}

const codeOf = (action: () => unknown): unknown => {
  try {
    action();
  } catch (error) {
    return (error as { code: unknown }).code;
  }
  return undefined;
};

// mov 104(%rdi), %rsi; mov (%rsi), %eax; inc %eax; mov %eax, 4(%rsi); mov 112(%rdi), %eax; ret
const INCREMENT = [0x48, 0x8b, 0x77, 0x68, 0x8b, 0x06, 0xff, 0xc0, 0x89, 0x46, 0x04, 0x8b, 0x47, 0x70, RET];

test('the command, its attributes and their length arrive; what the kernel writes comes back', () => {
  const kernel = kernelOfImage(madeUpKernel({ __x64_sys_bpf: INCREMENT }));
  const bytes = Uint8Array.of(41, 0, 0, 0, 0, 0, 0, 0);
  expect(kernel.bpf(callWith(bytes))).toBe(5);
  expect(bytes).toEqual(Uint8Array.of(41, 0, 0, 0, 42, 0, 0, 0));
});

test('memory that shares pages is one; memory that overlaps or lies where none can be is refused', () => {
  // mov 104(%rdi), %rsi; mov (%rsi), %rsi; mov (%rsi), %eax; movb $7, 1(%rsi); ret
  const code = [0x48, 0x8b, 0x77, 0x68, 0x48, 0x8b, 0x36, 0x8b, 0x06, 0xc6, 0x46, 0x01, 0x07, RET];
  const kernel = kernelOfImage(madeUpKernel({ __x64_sys_bpf: code }));
  const attributes = new Uint8Array(8);
  new DataView(attributes.buffer).setBigUint64(0, BigInt(ATTRIBUTES + 16), true);
  const bytes = Uint8Array.of(9, 0, 0, 0);
  expect(kernel.bpf(callWith(attributes, [{ address: ATTRIBUTES + 16, bytes }]))).toBe(9);
  expect(bytes).toEqual(Uint8Array.of(9, 7, 0, 0));
  for (const address of [ATTRIBUTES + 4, 0, 2 ** 47, 2 ** 50, 0.5]) {
    expect(codeOf(() => kernel.bpf(callWith(attributes, [{ address, bytes }])))).toBe('bad-call');
  }
});

test('an allocation is answered: zeroed, apart from the one before, and used again', () => {
  const sysBpf = [
    ...[0xbf, 64, 0, 0, 0], // mov $64, %edi
    ...call(0, 5, 1),
    ...[0xc7, 0x00, 5, 0, 0, 0], // movl $5, (%rax)
    ...[0x48, 0x89, 0xc7], // mov %rax, %rdi
    ...call(0, 19, 2),
    ...[0xbf, 60, 0, 0, 0],
    ...call(0, 29, 1),
    ...[0x8b, 0x00, RET], // mov (%rax), %eax
  ];
  const kernel = kernelOfImage(madeUpKernel({ __x64_sys_bpf: sysBpf, __kmalloc: [0x0f, 0x0b], kfree: [0x0f, 0x0b] }));
  expect(kernel.bpf(callWith(new Uint8Array(8)))).toBe(0);
});

test('what meets WARN, unknown memory or the end of its budget has no answer, but a backtrace by names', () => {
  const stopOf = (inner: number[], budget?: number) => {
    const options = budget === undefined ? {} : { budget };
    const kernel = kernelOfImage(madeUpKernel({ __x64_sys_bpf: [...call(0, 0, 1), RET], inner }), options);
    try {
      kernel.bpf(callWith(new Uint8Array(8)));
    } catch (error) {
      const { code, message, backtrace } = error as { code: string; message: string; backtrace: string[] };
      return { code, message, backtrace };
    }
    return undefined;
  };
  const backtrace = ['inner+0x0', '__x64_sys_bpf+0x5'];
  expect(stopOf([0x0f, 0x0b])).toEqual({ code: 'stopped', message: 'WARN or BUG in inner+0x0', backtrace });
  // mov 0x10, %eax
  expect(stopOf([0x8b, 0x04, 0x25, 0x10, 0, 0, 0])?.message).toBe('read of unknown memory at 0x10 in inner+0x0');
  expect(stopOf([0x0f, 0x28, 0xc8])?.message).toMatch(/^unknown instruction 0f 28 c8 .* in inner\+0x0$/);
  expect(stopOf([0xeb, 0xfe], 1000)?.message).toBe('the budget of instructions was spent in inner+0x0');
});

test('with PREEMPT_RT a lock whose unlocking is inline is run, since it counts; without it is answered', () => {
  const answerOf = (others: Readonly<Record<string, readonly number[]>>) => {
    // mov $7, %eax; call _raw_spin_lock; ret, and the lock gives 9
    const sysBpf = [0xb8, 7, 0, 0, 0, ...call(0, 5, 1), RET];
    const lock = [0xb8, 9, 0, 0, 0, RET];
    return kernelOfImage(madeUpKernel({ __x64_sys_bpf: sysBpf, _raw_spin_lock: lock, ...others })).bpf(
      callWith(new Uint8Array(8)),
    );
  };
  expect(answerOf({})).toBe(0);
  expect(answerOf({ rt_spin_lock: [RET] })).toBe(9);
  expect(answerOf({ rt_spin_lock: [RET], _raw_spin_unlock: [RET] })).toBe(0);
});

test('a stack pointer that lies anywhere, and answers without end, stop like anything else', () => {
  const stopOf = (functions: Readonly<Record<string, readonly number[]>>) => {
    const kernel = kernelOfImage(madeUpKernel(functions), { budget: 1e5, memoryLimit: 2 ** 24 });
    try {
      kernel.bpf(callWith(new Uint8Array(8)));
    } catch (error) {
      return `${(error as { code: string }).code}: ${(error as Error).message}`;
    }
    return undefined;
  };
  // mov $16, %esp; ud2
  expect(stopOf({ __x64_sys_bpf: [0xbc, 16, 0, 0, 0, 0x0f, 0x0b] })).toBe('stopped: WARN or BUG in __x64_sys_bpf+0x5');
  // xor %edi, %edi; mov $8, %esi; call anon_inode_getfd; jmp back
  const opening = [0x31, 0xff, 0xbe, 8, 0, 0, 0, ...call(0, 7, 1), 0xeb, 0xf2];
  expect(stopOf({ __x64_sys_bpf: opening, anon_inode_getfd: [RET] })).toMatch(
    /^stopped: the budget of instructions was spent in /,
  );
  // mov 104(%rdi), %rsi; mov %rsi, %rdi; mov $1 << 40, %rdx; call _copy_from_user; ret: zeros go where nothing is
  const copying = [
    ...[0x48, 0x8b, 0x77, 0x68, 0x48, 0x89, 0xf7],
    ...[0x48, 0xba, 0, 0, 0, 0, 0, 1, 0, 0],
    ...call(0, 17, 1),
    RET,
  ];
  expect(stopOf({ __x64_sys_bpf: copying, _copy_from_user: [RET] })).toMatch(
    /^stopped: No memory at 0x101000 \(unmapped\)/,
  );
});

test('a snapshot brings back memory and descriptors', () => {
  // mov $0, %edi; mov $1, %esi; mov $2, %edx; call anon_inode_getfd; ret
  const sysBpf = [0xbf, 0, 0, 0, 0, 0xbe, 1, 0, 0, 0, 0xba, 2, 0, 0, 0, ...call(0, 15, 1), RET];
  const kernel = kernelOfImage(madeUpKernel({ __x64_sys_bpf: sysBpf, anon_inode_getfd: [RET] }));
  const start = kernel.snapshot();
  for (let round = 0; round < 3; round++) {
    expect(kernel.bpf(callWith(new Uint8Array(8)))).toBe(3);
    expect(kernel.bpf(callWith(new Uint8Array(8)))).toBe(4);
    kernel.close(3);
    expect(kernel.bpf(callWith(new Uint8Array(8)))).toBe(3);
    kernel.restore(start);
  }
});

test('what registers at boot is run, or at least its call is made', () => {
  const init = 1;
  // mov $0x55, %edi; call bpf_iter_reg_target
  const prepared = [0xbf, 0x55, 0, 0, 0];
  // mov nr_cpu_ids + 0x20, %eax; ret: what the registering function has written
  const sysBpf = [0x8b, 0x04, 0x25, 0x20, 0x02, 0, 0x82, RET];
  // mov %edi, nr_cpu_ids + 0x20; xor %eax, %eax; ret
  const register = [0x89, 0x3c, 0x25, 0x20, 0x02, 0, 0x82, 0x31, 0xc0, RET];
  const outcomes = [
    [...prepared, ...call(init, 5, 2), RET],
    // The function that does much else: mov 0x8, %eax; movaps; ...
    [0x0f, 0x28, 0xc8, ...prepared, ...call(init, 8, 2), RET],
  ].map((code) => {
    const kernel = kernelOfImage(
      madeUpKernel({ __x64_sys_bpf: sysBpf, some_init: code, bpf_iter_reg_target: register }),
    );
    expect(kernel.bpf(callWith(new Uint8Array(8)))).toBe(0x55);
    return kernel.registrations.map(({ function: name, outcome }) => [name, outcome]);
  });
  expect(outcomes).toEqual([[['some_init', 'run']], [['some_init', 'called']]]);
});

test('other images are refused', () => {
  expect(codeOf(() => kernelOfImage(madeUpKernel({ __x64_sys_bpf: [RET] }, 'riscv64')))).toBe('unsupported-arch');
  expect(codeOf(() => kernelOfImage(madeUpKernel({ other: [RET] })))).toBe('missing-symbol');
  expect(codeOf(() => openKernel(new Uint8Array(64)))).toBe('not-a-kernel');
});

test('the versions are those of the banner', () => {
  const { release, version, machine } = callingKernel(kernelOfImage(madeUpKernel({ __x64_sys_bpf: [RET] })));
  expect({ release, version, machine }).toEqual({
    release: '6.1.0-made-up',
    version: '#1 SMP Made Up',
    machine: 'x86_64',
  });
});

// Unpacked images are large: where a folder has some, their verifiers are tried.
const images = process.env['BTFQ_KERNEL_IMAGES'];
describe.skipIf(images === undefined)(
  'real kernels (skipped: BTFQ_KERNEL_IMAGES names no folder of unpacked images)',
  () => {
    test.each(images === undefined ? [] : readdirSync(images))(
      '%s has the twenty verdicts',
      { timeout: 60_000 },
      (name) => {
        const { selfTests, registrations } = examineKernel(openKernel(readFileSync(join(images!, name))));
        expect(selfTests.filter(({ passes }) => !passes)).toEqual([]);
        expect(registrations.filter(({ outcome }) => outcome === 'failed')).toEqual([]);
      },
    );
  },
);
