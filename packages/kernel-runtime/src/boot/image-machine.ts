// A machine from an image: its regions at their link addresses, a stack, a heap, one CPU. What follows from the architecture is here
// and in machine.ts.
import { type Architecture, Emulator } from '@btfq/emulator';
import type { KernelImage, KernelMemory } from '@btfq/kernel-tables';
import { KernelRuntimeError } from '../errors.ts';
import { Heap } from '../heap.ts';
import { Machine } from '../machine.ts';

/** Where things lie that the image does not have. All of it is in ranges that kernels use for such things. */
interface Layout {
  readonly heap: bigint;
  readonly stack: bigint;
  /** Per-CPU area of a kernel that is linked with it at address 0 (x86-64 before 6.15). */
  readonly perCpu: bigint;
}

export const LAYOUTS: Readonly<Record<Architecture, Layout>> = {
  x86_64: { heap: 0xffff888000000000n, stack: 0xffffc90000000000n, perCpu: 0xffff88f000000000n },
  arm64: { heap: 0xffff000010000000n, stack: 0xffff800090000000n, perCpu: 0n },
};
export const STACK_SIZE = 0x40000;
export const HEAP_SIZE = 2 ** 36;
const PAGE = 4096;
/** Zeros behind the image: .brk and what else the boot code puts there. */
const BEHIND_IMAGE = 0x1000000;

/** A machine that the image lies in, with one CPU. */
export function imageMachine(image: KernelImage, memoryLimit: number, initTask: bigint | undefined): Machine {
  const { arch } = image.memory;
  if (arch !== 'x86_64' && arch !== 'arm64') {
    throw new KernelRuntimeError(
      'unsupported-arch',
      `The verifier of ${arch} kernels cannot be run: x86_64 and arm64 can`,
    );
  }
  const layout = LAYOUTS[arch];
  const emulator = new Emulator({ architecture: arch, memoryLimit });
  emulator.map(layout.stack, STACK_SIZE);
  emulator.sp = layout.stack + BigInt(STACK_SIZE) - 0x100n;
  const heap = new Heap(emulator, layout.heap, HEAP_SIZE);
  const perCpuOffset = mapImage(emulator, image.memory, layout);
  const machine = new Machine({ arch, emulator, heap, perCpuOffset, symbols: () => image.symbols });
  setUpCpu(machine, initTask);
  return machine;
}

/** Maps the image's regions, which may share pages, as few large ones; gives the per-CPU offset. */
function mapImage(emulator: Emulator, memory: KernelMemory, layout: Layout): bigint {
  let offset = 0n;
  const high = memory.regions.filter((region) => region.address >> 40n !== 0n);
  for (const region of memory.regions) {
    if (region.address >> 40n !== 0n) continue;
    // x86-64's per-CPU data, linked at 0.
    offset = layout.perCpu - (region.address & ~0xfffn);
    const pages = Math.ceil((Number(region.address & 0xfffn) + region.size) / PAGE) * PAGE;
    const lead = Number(region.address & 0xfffn);
    const bytes = new Uint8Array(lead + region.bytes.length);
    bytes.set(region.bytes, lead);
    emulator.map(layout.perCpu, pages + 0x10000, { content: bytes });
  }
  const first = high[0]?.address;
  const last = high.at(-1);
  if (first === undefined || last === undefined) {
    throw new KernelRuntimeError('unsupported-arch', 'The image has nothing at kernel addresses');
  }
  const start = first & ~0xfffn;
  const end = (last.address + BigInt(last.size + BEHIND_IMAGE)) & ~0xfffn;
  const content = (at: number, page: Uint8Array): boolean => {
    const address = start + BigInt(at);
    for (const region of high) {
      const from = Number(address - region.address);
      if (from >= region.bytes.length || from + PAGE <= 0) continue;
      const part = region.bytes.subarray(Math.max(0, from), from + PAGE);
      page.set(part, Math.max(0, -from));
    }
    return true;
  };
  emulator.map(start, Number(end - start), { content });
  return offset;
}

function setUpCpu(machine: Machine, initTask: bigint | undefined): void {
  if (machine.arch === 'x86_64') machine.emulator.setSegmentBase('gs', machine.perCpuOffset);
  else {
    // arm64 finds its task in sp_el0; the image has the first one.
    if (initTask === undefined) {
      throw new KernelRuntimeError('missing-symbol', 'The kernel has no init_task', { symbol: 'init_task' });
    }
    machine.emulator.setSystemRegister('sp_el0', initTask);
  }
  machine.setVariable('this_cpu_off', 8, machine.perCpuOffset, true);
  machine.setVariable('__per_cpu_offset', 8, machine.perCpuOffset);
  if (!machine.symbols.has('__cpu_possible_mask')) {
    callForCpus(machine);
    return;
  }
  for (const mask of ['__cpu_possible_mask', '__cpu_online_mask', '__cpu_present_mask', '__cpu_active_mask']) {
    machine.setVariable(mask, 8, 1n);
  }
  for (const count of ['nr_cpu_ids', '__num_possible_cpus', '__num_online_cpus']) machine.setVariable(count, 4, 1n);
}

/** Without names for the masks of CPUs: the kernel's own functions set them. */
function callForCpus(machine: Machine): void {
  const { emulator, arch } = machine;
  const mask = LAYOUTS[arch].stack + 0x100n;
  emulator.zero(mask, 0x1000);
  emulator.writeNumber(mask, 8, 1n);
  for (const name of ['init_cpu_possible', 'init_cpu_present', 'init_cpu_online']) {
    machine.call(machine.need(name), [mask]);
  }
  machine.call(machine.need('setup_nr_cpu_ids'), []);
}
