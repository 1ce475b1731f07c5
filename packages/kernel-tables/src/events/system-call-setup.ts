// What kernels from 7.0 on make of a `sys_enter_*` event at boot: which arguments are strings or buffers of the caller, and
// the format that shows them. The kernel's own `init_syscall_trace` decides it, by number; it is run on the emulator.

import { Emulator, EmulatorError } from '@btfq/emulator';
import { mapImage } from '../helpers/func-proto-machine.ts';
import type { KernelView } from '../kernel-view.ts';
import { structField, structFields } from '../types/struct-fields.ts';

/** What boot makes of one event. */
export interface EnterSetup {
  /** Bit n: the data behind argument n is recorded too. */
  readonly userMask: number;
  readonly printFmt: string;
}

const STACK = 0x1_0000_0000n;
const HEAP = 0x2_0000_0000n;
const AREA = 0x10000;
const BUDGET = 400_000;
const MAX_FORMAT = 8192;
const ALLOCATORS = [
  '__kmalloc_noprof',
  '__kmalloc',
  '__kmalloc_cache_noprof',
  'kmalloc_noprof',
  '__kmalloc_node_noprof',
];

/**
 * Runs the set-up of single events. 'plain' where this kernel records no user data (before 7.0); undefined where it
 * does, and its code cannot be run.
 */
export function enterSetup(
  view: KernelView,
):
  | ((call: {
      readonly metadata: bigint;
      readonly enterEvent: bigint;
      readonly number: number;
    }) => EnterSetup | undefined)
  | 'plain'
  | undefined {
  const { memory, symbols, btf } = view;
  const mask = structField(btf, 'syscall_metadata', 'user_mask');
  if (mask === undefined) return 'plain';
  const fields = structFields(btf, 'syscall_metadata', ['syscall_nr']);
  const format = structField(btf, 'trace_event_call', 'print_fmt');
  const init = symbols.address('init_syscall_trace');
  const register = symbols.address('trace_event_raw_init');
  const { arch } = memory;
  if (!fields || !format || init === undefined || register === undefined) return undefined;
  if (arch !== 'x86_64' && arch !== 'arm64') return undefined;
  const emulator = new Emulator({ architecture: arch, memoryLimit: 64 << 20 });
  mapImage(emulator, view);
  emulator.map(STACK, AREA);
  emulator.map(HEAP, AREA);
  const answer = (address: bigint, value: bigint) => {
    emulator.hook(address, (machine) => {
      machine.returnWith(value);
      return undefined;
    });
  };
  answer(register, 1n);
  for (const name of ALLOCATORS) for (const i of symbols.indexesOf(name)) answer(symbols.addresses[i]!, HEAP);
  return ({ metadata, enterEvent, number }) => {
    try {
      emulator.sp = STACK + BigInt(AREA / 2);
      emulator.writeNumber(metadata + BigInt(fields.syscall_nr.byteOffset), 4, BigInt(number));
      const stop = emulator.call(init, [enterEvent], { budget: BUDGET });
      if (stop.reason !== 'returned' || BigInt.asIntN(32, emulator.result()) < 0n) return undefined;
      const userMask = Number(emulator.readNumber(metadata + BigInt(mask.byteOffset), mask.bitSize / 8));
      const at = emulator.readNumber(enterEvent + BigInt(format.byteOffset), 8);
      const bytes = emulator.read(at, MAX_FORMAT);
      const end = bytes.indexOf(0);
      return end < 0 ? undefined : { userMask, printFmt: new TextDecoder('latin1').decode(bytes.subarray(0, end)) };
    } catch (error) {
      if (error instanceof EmulatorError) return undefined;
      throw error;
    }
  };
}
