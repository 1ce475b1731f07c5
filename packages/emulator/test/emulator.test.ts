// The emulator's surface: runs, stops as data, hooks, memory that is shared and copied, snapshots. Instructions have tests of their own.
import { Emulator, type Stop } from '@btfq/emulator';
import { expect, test } from 'vitest';

const CODE = 0xffffffff81000000n;
const STACK = 0x100000n;

function x86(...bytes: number[]): Emulator {
  const emulator = new Emulator({ architecture: 'x86_64', memoryLimit: 1 << 24 });
  emulator.map(CODE, 0x2000, { content: Uint8Array.from(bytes), isWritable: false });
  emulator.map(STACK, 0x1000);
  emulator.sp = STACK + 0x1000n;
  return emulator;
}

const run = (emulator: Emulator, budget = 1000): Stop => emulator.call(CODE, [], { budget });

test('a function gets its arguments and returns', () => {
  // lea (%rdi,%rsi,2), %rax; ret
  const emulator = x86(0x48, 0x8d, 0x04, 0x77, 0xc3);
  expect(emulator.call(CODE, [40n, 1n], { budget: 10 }).reason).toBe('returned');
  expect(emulator.result()).toBe(42n);
  expect(emulator.instructions).toBe(2);
  expect(emulator.sp).toBe(STACK + 0x1000n);
});

test('every way to stop says where', () => {
  expect(run(x86(0x90, 0x0f, 0x0b))).toEqual({ reason: 'trap', address: CODE + 1n, code: 0 });
  expect(run(x86(0xcc))).toEqual({ reason: 'breakpoint', address: CODE });
  expect(run(x86(0x90, 0xf4))).toEqual({ reason: 'halt', address: CODE + 1n });
  // movaps %xmm0, %xmm1
  const unknown = run(x86(0x90, 0x0f, 0x28, 0xc8));
  expect(unknown).toMatchObject({ reason: 'unknown-instruction', address: CODE + 1n });
  expect(unknown.reason === 'unknown-instruction' && unknown.bytes.slice(0, 3)).toEqual(
    Uint8Array.of(0x0f, 0x28, 0xc8),
  );
  // jmp to itself
  expect(run(x86(0xeb, 0xfe))).toEqual({ reason: 'budget', address: CODE });
  // xor %ecx,%ecx; div %ecx
  expect(run(x86(0x31, 0xc9, 0xf7, 0xf1))).toEqual({ reason: 'divide-error', address: CODE + 2n });
  const fault = { reason: 'unmapped', address: CODE + 1n, target: 0x10n, limit: false };
  // mov 0x10, %eax, and the same the other way round
  expect(run(x86(0x90, 0x8b, 0x04, 0x25, 0x10, 0, 0, 0))).toEqual({ ...fault, access: 'read' });
  expect(run(x86(0x90, 0x89, 0x04, 0x25, 0x10, 0, 0, 0))).toEqual({ ...fault, access: 'write' });
  // mov %eax, the code itself, which is read-only
  const readOnly = run(x86(0x89, 0x05, 0, 0, 0, 0));
  expect(readOnly).toMatchObject({ reason: 'unmapped', access: 'write', target: CODE + 6n });
  // jmp *%rdi
  const emulator = x86(0xff, 0xe7);
  const target = 0x1234567812345678n;
  expect(emulator.call(CODE, [target], { budget: 10 })).toMatchObject({ access: 'execute', target, address: target });
  expect(emulator.call(CODE, [0x5000n], { budget: 10 })).toMatchObject({ access: 'execute', target: 0x5000n });
});

test('a jump to where no code can be stops there, whatever was jumped to before', () => {
  for (const target of [0n, 1n, 2n ** 64n - 1n, 2n ** 64n - 2n, 2n ** 47n]) {
    // jmp *%rdi
    const emulator = x86(0xff, 0xe7);
    const stop = { reason: 'unmapped', access: 'execute', target, address: target };
    expect(emulator.call(CODE, [target], { budget: 10 })).toMatchObject(stop);
    emulator.call(CODE, [CODE + 0x1000n], { budget: 10 });
    expect(emulator.call(CODE, [target], { budget: 10 })).toMatchObject(stop);
  }
});

test('an access that crosses into an unmapped page changes nothing', () => {
  const emulator = x86(0x48, 0x89, 0x37, 0xc3);
  emulator.map(0x40000n, 0x1000);
  const at = 0x40ffcn;
  emulator.write(at, Uint8Array.of(1, 2, 3, 4));
  const stop = emulator.call(CODE, [at, ~0n], { budget: 10 });
  expect(stop).toMatchObject({ reason: 'unmapped', access: 'write', target: 0x41000n });
  expect(emulator.read(at, 4)).toEqual(Uint8Array.of(1, 2, 3, 4));
});

test('a hook answers for a function, lets it run, or leaves', () => {
  // call f; add $1, %rax; ret; f: mov $7, %eax; ret
  const bytes = [0xe8, 5, 0, 0, 0, 0x48, 0x83, 0xc0, 1, 0xc3, 0xb8, 7, 0, 0, 0, 0xc3];
  const emulator = x86(...bytes);
  expect(run(emulator).reason).toBe('returned');
  expect(emulator.result()).toBe(8n);
  const seen: bigint[] = [];
  emulator.hook(CODE + 10n, (at) => {
    seen.push(at.pc);
    at.returnWith(41n);
    return undefined;
  });
  expect(run(emulator).reason).toBe('returned');
  expect(emulator.result()).toBe(42n);
  emulator.hook(CODE + 10n, () => 'run');
  run(emulator);
  expect(emulator.result()).toBe(8n);
  emulator.hook(CODE + 10n, () => 'leave');
  expect(run(emulator)).toEqual({ reason: 'hook', address: CODE + 10n });
  emulator.unhook(CODE + 10n);
  run(emulator);
  expect(emulator.result()).toBe(8n);
  expect(seen).toEqual([CODE + 10n]);
});

test('code that is written over runs as written', () => {
  // movb $0x2a, next+1; next: mov $1, %eax; ret
  const emulator = new Emulator({ architecture: 'x86_64' });
  emulator.map(STACK, 0x2000);
  emulator.sp = STACK + 0x2000n;
  // call f; movb $0x2a, f+1(%rip); call f; ret; f: mov $1, %eax; ret
  const code = [0xe8, 13, 0, 0, 0, 0xc6, 0x05, 7, 0, 0, 0, 0x2a, 0xe8, 1, 0, 0, 0, 0xc3, 0xb8, 1, 0, 0, 0, 0xc3];
  emulator.write(STACK, Uint8Array.from(code));
  expect(emulator.call(STACK, [], { budget: 100 }).reason).toBe('returned');
  expect(emulator.result()).toBe(42n);
  emulator.write(STACK + 19n, Uint8Array.of(9));
  emulator.call(STACK + 18n, [], { budget: 100 });
  expect(emulator.result()).toBe(9n);
});

test('a snapshot brings back memory and registers, again and again', () => {
  // incl (%rdi); mov (%rdi), %eax; ret
  const emulator = x86(0xff, 0x07, 0x8b, 0x07, 0xc3);
  const data = 0x40000000n;
  emulator.map(data, 0x100000);
  emulator.writeNumber(data, 4, 5n);
  emulator.set(3, 77n);
  const first = emulator.snapshot();
  for (let round = 0; round < 3; round++) {
    emulator.call(CODE, [data], { budget: 10 });
    emulator.call(CODE, [data], { budget: 10 });
    emulator.read(data + 0x5000n, 1);
    const { memoryUsed } = emulator;
    expect(emulator.result()).toBe(7n);
    const second = emulator.snapshot();
    emulator.call(CODE, [data + 0x5000n], { budget: 10 });
    emulator.set(3, 1n);
    emulator.map(0x50000000n, 0x1000);
    emulator.writeNumber(0x50000000n, 8, 1n);
    emulator.restore(second);
    expect(emulator.memoryUsed).toBe(memoryUsed);
    expect(emulator.readNumber(data, 4)).toBe(7n);
    expect(emulator.readNumber(data + 0x5000n, 4)).toBe(0n);
    expect(() => emulator.read(0x50000000n, 1)).toThrow(expect.objectContaining({ code: 'unmapped' }));
    emulator.restore(first);
    expect(emulator.readNumber(data, 4)).toBe(5n);
    expect(emulator.get(3)).toBe(77n);
    expect(() => emulator.restore(second)).toThrow(expect.objectContaining({ code: 'stale-snapshot' }));
  }
});

test('pages of a region that came and went do not come back with a snapshot', () => {
  const emulator = x86(0xff, 0x07, 0xc3);
  const snapshot = emulator.snapshot();
  const { memoryUsed } = emulator;
  for (const first of [1, 2]) {
    emulator.map(0x40000000n, 0x1000, { content: Uint8Array.of(first) });
    expect(emulator.readNumber(0x40000000n, 1)).toBe(BigInt(first));
    emulator.call(CODE, [0x40000000n], { budget: 10 });
    expect(emulator.readNumber(0x40000000n, 1)).toBe(BigInt(first + 1));
    emulator.unmap(0x40000000n);
    emulator.restore(snapshot);
    expect(emulator.memoryUsed - memoryUsed).toBeLessThanOrEqual(0x1000);
  }
});

test('a region may be asked for its pages, once each', () => {
  const asked: number[] = [];
  const emulator = x86(0x8b, 0x07, 0xc3);
  const content = (offset: number, page: Uint8Array) => {
    asked.push(offset);
    page[4] = offset >> 12;
    return true;
  };
  emulator.map(0x40000000n, 0x100000, { content, isWritable: false });
  for (let round = 0; round < 2; round++) {
    emulator.call(CODE, [0x40003004n], { budget: 10 });
    expect(emulator.result()).toBe(3n);
  }
  expect(asked).toEqual([0x3000]);
});

test('memory is bounded, and misuse is named', () => {
  // l: movb $1, (%rdi); add $0x1000, %rdi; jmp l
  const emulator = x86(0xc6, 0x07, 0x01, 0x48, 0x81, 0xc7, 0, 0x10, 0, 0, 0xeb, 0xf4);
  emulator.map(0x100000000n, 2 ** 34);
  const stop = emulator.call(CODE, [0x100000000n], { budget: 1e6 });
  expect(stop).toMatchObject({ reason: 'unmapped', access: 'write', limit: true });
  expect(emulator.memoryUsed).toBe(1 << 24);
  const code = (action: () => unknown) => {
    try {
      action();
      return 'none';
    } catch (error) {
      return (error as { code: string }).code;
    }
  };
  expect(code(() => emulator.map(0x123n, 0x1000))).toBe('bad-region');
  expect(code(() => emulator.map(0x7000n, 0x123))).toBe('bad-region');
  expect(code(() => emulator.map(0x7000n, 0))).toBe('bad-region');
  expect(code(() => emulator.map(STACK - 0x1000n, 0x2000))).toBe('bad-region');
  expect(code(() => emulator.map(STACK, 0x1000))).toBe('bad-region');
  expect(code(() => emulator.unmap(0x5000n))).toBe('bad-region');
  expect(code(() => emulator.read(0x5000n, 1))).toBe('unmapped');
  expect(code(() => emulator.write(CODE, Uint8Array.of(1)))).toBe('unmapped');
  expect(code(() => emulator.read(0x100000000n + 2n ** 33n, 1))).toBe('memory-limit');
});
