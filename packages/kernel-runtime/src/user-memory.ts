// A system call with its caller's memory: mapped for the call, copied back afterwards.
import { KernelRuntimeError } from './errors.ts';
import type { Machine } from './machine.ts';

/** Bytes at an address of the caller's memory. The kernel may write to them. */
export interface UserRegion {
  /** Below 2^47. */
  readonly address: number;
  readonly bytes: Uint8Array;
}

/** One bpf() call. */
export interface BpfCall {
  /** enum bpf_cmd. */
  readonly command: number;
  /** `union bpf_attr`, as long as the caller knows it, little-endian; the kernel may write to it. */
  readonly attributes: UserRegion;
  /** Everything that the attributes point to; they themselves are not among it. */
  readonly memory: readonly UserRegion[];
}

const PAGE = 4096;
const USER_END = 2 ** 47;
const REGS = { x86_64: [112, 104, 96], arm64: [0, 8, 16] } as const;
/** Bytes of struct pt_regs, and more. */
const REGS_SIZE = 512;

/** Regions whose pages touch, as one. */
interface Area {
  readonly start: number;
  end: number;
  readonly regions: UserRegion[];
}

function areasOf(regions: readonly UserRegion[]): Area[] {
  const areas: Area[] = [];
  for (const region of [...regions].sort((a, b) => a.address - b.address)) {
    if (region.bytes.length === 0) continue;
    const start = Math.floor(region.address / PAGE) * PAGE;
    const end = Math.ceil((region.address + region.bytes.length) / PAGE) * PAGE;
    if (!Number.isInteger(region.address) || start < PAGE || end > USER_END) {
      throw new KernelRuntimeError('bad-call', `No user memory can be at 0x${region.address.toString(16)}`);
    }
    const last = areas.at(-1);
    const before = last?.regions.at(-1);
    if (before !== undefined && before.address + before.bytes.length > region.address) {
      throw new KernelRuntimeError('bad-call', `The caller's memory overlaps at 0x${region.address.toString(16)}`);
    }
    if (last !== undefined && start < last.end) {
      last.regions.push(region);
      last.end = Math.max(last.end, end);
    } else areas.push({ start, end, regions: [region] });
  }
  return areas;
}

/** Runs `__x64_sys_bpf(regs)` or its like. */
export function callWithMemory(machine: Machine, entry: bigint, call: BpfCall): number {
  const { emulator } = machine;
  const areas = areasOf([call.attributes, ...call.memory]);
  for (const { start, end, regions } of areas) {
    const content = (offset: number, page: Uint8Array): boolean => {
      for (const { address, bytes } of regions) {
        const from = start + offset - address;
        if (from >= bytes.length || from + PAGE <= 0) continue;
        page.set(bytes.subarray(Math.max(0, from), from + PAGE), Math.max(0, -from));
      }
      return true;
    };
    emulator.map(BigInt(start), end - start, { content });
  }
  const { sp } = emulator;
  try {
    const regs = sp - BigInt(REGS_SIZE);
    emulator.zero(regs, REGS_SIZE);
    const values = [BigInt(call.command), BigInt(call.attributes.address), BigInt(call.attributes.bytes.length)];
    values.forEach((value, i) => {
      emulator.writeNumber(regs + BigInt(REGS[machine.arch][i]!), 8, value);
    });
    emulator.sp = regs - 16n;
    const result = machine.call(entry, [regs]);
    for (const { regions } of areas) {
      for (const { address, bytes } of regions) emulator.readTouched(BigInt(address), bytes);
    }
    return Number(BigInt.asIntN(32, result));
  } finally {
    emulator.sp = sp;
    for (const { start } of areas) emulator.unmap(BigInt(start));
  }
}
