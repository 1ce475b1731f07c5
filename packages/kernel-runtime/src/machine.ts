// The machine that a kernel's code runs on without having been booted: its image at its link addresses, a stack, a heap, one CPU with
// its per-CPU area. What follows from the architecture is here and nowhere else in the package.
import { type Architecture, Emulator, type Stop } from '@btfq/emulator';
import type { KernelImage, KernelMemory, SymbolTable } from '@btfq/kernel-tables';
import { KernelRuntimeError } from './errors.ts';
import { Heap } from './heap.ts';

/** Where things lie that the image does not have. All of it is in ranges that kernels use for such things. */
interface Layout {
  readonly heap: bigint;
  readonly stack: bigint;
  /** Per-CPU area of a kernel that is linked with it at address 0 (x86-64 before 6.15). */
  readonly perCpu: bigint;
}

const LAYOUTS: Readonly<Record<Architecture, Layout>> = {
  x86_64: { heap: 0xffff888000000000n, stack: 0xffffc90000000000n, perCpu: 0xffff88f000000000n },
  arm64: { heap: 0xffff000010000000n, stack: 0xffff800090000000n, perCpu: 0n },
};
const STACK_SIZE = 0x40000;
const PAGE = 4096;
/** Zeros behind the image: .brk and what else the boot code puts there. */
const BEHIND_IMAGE = 0x1000000;
/** Instructions of a call, if nothing else is said: seconds. */
export const DEFAULT_BUDGET = 8e9;
const TEXT_TYPES = 'tTwW';

export class Machine {
  readonly emulator: Emulator;
  readonly memory: KernelMemory;
  readonly symbols: SymbolTable;
  readonly arch: Architecture;
  readonly heap: Heap;
  /** What is added to the address of a per-CPU variable. */
  readonly perCpuOffset: bigint;
  budget = DEFAULT_BUDGET;

  constructor(image: KernelImage, memoryLimit: number, initTask: bigint | undefined) {
    this.memory = image.memory;
    this.symbols = image.symbols;
    const { arch } = image.memory;
    if (arch !== 'x86_64' && arch !== 'arm64') {
      throw new KernelRuntimeError(
        'unsupported-arch',
        `The verifier of ${arch} kernels cannot be run: x86_64 and arm64 can`,
      );
    }
    this.arch = arch;
    const layout = LAYOUTS[arch];
    this.emulator = new Emulator({ architecture: arch, memoryLimit });
    this.emulator.map(layout.stack, STACK_SIZE);
    this.emulator.sp = layout.stack + BigInt(STACK_SIZE) - 0x100n;
    this.heap = new Heap(this.emulator, layout.heap, 2 ** 36);
    this.perCpuOffset = this.#mapImage(layout);
    this.#setUpCpu(initTask);
  }

  /** Maps the image's regions, which may share pages, as few large ones; gives the per-CPU offset. */
  #mapImage(layout: Layout): bigint {
    let offset = 0n;
    const high = this.memory.regions.filter((region) => region.address >> 40n !== 0n);
    for (const region of this.memory.regions) {
      if (region.address >> 40n !== 0n) continue;
      // x86-64's per-CPU data, linked at 0.
      offset = layout.perCpu - (region.address & ~0xfffn);
      const pages = Math.ceil((Number(region.address & 0xfffn) + region.size) / PAGE) * PAGE;
      const lead = Number(region.address & 0xfffn);
      const bytes = new Uint8Array(lead + region.bytes.length);
      bytes.set(region.bytes, lead);
      this.emulator.map(layout.perCpu, pages + 0x10000, { content: bytes });
    }
    const first = high[0]?.address;
    const last = high.at(-1);
    if (first === undefined || last === undefined) {
      throw new KernelRuntimeError('unsupported-arch', 'The image has nothing at kernel addresses');
    }
    const start = first & ~0xfffn;
    const end = (last.address + BigInt(last.size + BEHIND_IMAGE)) & ~0xfffn;
    const content = (at: number, page: Uint8Array): void => {
      const address = start + BigInt(at);
      for (const region of high) {
        const from = Number(address - region.address);
        if (from >= region.bytes.length || from + PAGE <= 0) continue;
        const part = region.bytes.subarray(Math.max(0, from), from + PAGE);
        page.set(part, Math.max(0, -from));
      }
    };
    this.emulator.map(start, Number(end - start), { content });
    return offset;
  }

  #setUpCpu(initTask: bigint | undefined): void {
    if (this.arch === 'x86_64') this.emulator.setSegmentBase('gs', this.perCpuOffset);
    else {
      // arm64 finds its task in sp_el0; the image has the first one.
      if (initTask === undefined) {
        throw new KernelRuntimeError('missing-symbol', 'The kernel has no init_task', { symbol: 'init_task' });
      }
      this.emulator.setSystemRegister('sp_el0', initTask);
    }
    this.setVariable('this_cpu_off', 8, this.perCpuOffset, true);
    this.setVariable('__per_cpu_offset', 8, this.perCpuOffset);
    if (!this.symbols.has('__cpu_possible_mask')) {
      this.#callForCpus();
      return;
    }
    for (const mask of ['__cpu_possible_mask', '__cpu_online_mask', '__cpu_present_mask', '__cpu_active_mask']) {
      this.setVariable(mask, 8, 1n);
    }
    for (const count of ['nr_cpu_ids', '__num_possible_cpus', '__num_online_cpus']) this.setVariable(count, 4, 1n);
  }

  /** Without names for the masks of CPUs: the kernel's own functions set them. */
  #callForCpus(): void {
    const mask = LAYOUTS[this.arch].stack + 0x100n;
    this.emulator.zero(mask, 0x1000);
    this.emulator.writeNumber(mask, 8, 1n);
    for (const name of ['init_cpu_possible', 'init_cpu_present', 'init_cpu_online']) this.call(this.need(name), [mask]);
    this.call(this.need('setup_nr_cpu_ids'), []);
  }

  /** Writes to a variable, if the kernel has it. */
  setVariable(name: string, size: number, value: bigint, isPerCpu = false): void {
    const address = this.symbols.address(name);
    if (address === undefined) return;
    this.emulator.writeNumber(address + (isPerCpu ? this.perCpuOffset : 0n), size, value);
  }

  /** The address of a symbol that must be there. */
  need(name: string): bigint {
    const address = this.symbols.address(name);
    if (address === undefined)
      throw new KernelRuntimeError('missing-symbol', `The kernel has no ${name}`, { symbol: name });
    return address;
  }

  /** Whether a symbol is a function's. */
  isFunction(index: number): boolean {
    return TEXT_TYPES.includes(this.symbols.type(index));
  }

  /** The name of the function that an address lies in, with the distance from its beginning. */
  nameOf(address: bigint): string {
    const start = this.symbols.startOf(address);
    const index = start === undefined ? undefined : this.symbols.indexesAt(start)[0];
    if (start === undefined || index === undefined) return `0x${address.toString(16)}`;
    return `${this.symbols.name(index)}+0x${(address - start).toString(16)}`;
  }

  /** Calls a function; throws `stopped` where it does not return. */
  call(address: bigint, args: readonly bigint[], budget = this.budget): bigint {
    const { emulator } = this;
    const { sp } = emulator;
    const stop = emulator.call(address, args, { budget });
    if (stop.reason !== 'returned') {
      const backtrace = this.backtrace(stop, sp);
      emulator.sp = sp;
      const where = backtrace[0] ?? this.nameOf(stop.address);
      throw new KernelRuntimeError('stopped', `${describeStop(stop)} in ${where}`, { stop, backtrace });
    }
    return emulator.result();
  }

  /** Makes a function answer with a constant. Its code is replaced: that costs less than asking. */
  replaceFunction(address: bigint, value: number): void {
    const code =
      this.arch === 'x86_64'
        ? Uint8Array.of(0xb8, value & 255, value >> 8, 0, 0, 0xc3) // mov $value, %eax; ret
        : words(0xd2800000 | (value << 5), 0xd65f03c0); // mov x0, #value; ret
    this.emulator.write(address, code.length === 6 ? Uint8Array.of(...code.subarray(0, 5), 0xc3) : code);
  }

  /** The functions on the stack: addresses that stand behind calls, without those left over where they can be told. */
  backtrace(stop: Stop, top: bigint): string[] {
    const names = [this.nameOf(stop.address)];
    const { emulator } = this;
    if (this.arch === 'arm64') names.push(...this.#frames(top));
    else {
      for (let at = emulator.sp; at < top && names.length < 24; at += 8n) {
        const value = this.#peek(at);
        if (value !== undefined && this.#isBehindCall(value)) names.push(this.nameOf(value));
      }
    }
    return names;
  }

  /** arm64 keeps a chain of frames in x29. */
  #frames(top: bigint): string[] {
    const names = [this.nameOf(this.emulator.get(30))];
    for (let frame = this.emulator.get(29); frame !== 0n && frame < top && names.length < 24; ) {
      const next = this.#peek(frame);
      const back = this.#peek(frame + 8n);
      if (next === undefined || back === undefined || next <= frame) break;
      names.push(this.nameOf(back));
      frame = next;
    }
    return names;
  }

  #peek(address: bigint): bigint | undefined {
    try {
      return this.emulator.readNumber(address, 8);
    } catch {
      return undefined;
    }
  }

  #isBehindCall(address: bigint): boolean {
    const bytes = this.memory.regionOf(address) === undefined ? undefined : this.memory.bytes(address - 7n, 7);
    if (bytes === undefined) return false;
    if (bytes[2] === 0xe8) return true;
    return [1, 4, 5].some((at) => bytes[at] === 0xff && ((bytes[at + 1]! >> 3) & 7) === 2);
  }
}

function words(...values: number[]): Uint8Array {
  const bytes = new Uint8Array(values.length * 4);
  const view = new DataView(bytes.buffer);
  values.forEach((value, i) => {
    view.setUint32(i * 4, value, true);
  });
  return bytes;
}

/** What ended a run, in words. */
export function describeStop(stop: Stop): string {
  switch (stop.reason) {
    case 'unmapped': {
      if (stop.limit) return 'the limit of memory was reached';
      const verb = { read: 'read of', write: 'write to', execute: 'jump to' }[stop.access];
      return `${verb} unknown memory at 0x${stop.target.toString(16)}`;
    }
    case 'unknown-instruction':
      return `unknown instruction ${[...stop.bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(' ')}`;
    case 'trap':
      return 'WARN or BUG';
    case 'budget':
      return 'the budget of instructions was spent';
    case 'divide-error':
      return 'division by zero';
    default:
      return stop.reason;
  }
}
