// A call made as its call site would make it: the arguments are what the instructions right before it put into the registers.
import type { KernelMemory } from '@btfq/kernel-tables';
import { KernelRuntimeError } from '../errors.ts';
import type { Machine } from '../machine.ts';
import type { CallSite } from './call-sites.ts';

/** How many arguments the registering functions have; all but those named here have one. */
const ARGUMENTS: Readonly<Record<string, number>> = {
  register_btf_kfunc_id_set: 2,
  register_btf_id_dtor_kfuncs: 3,
  register_bpf_struct_ops: 1,
  __register_bpf_struct_ops: 1,
};
/** How far before the call its arguments are looked for. */
const REACH = { x86_64: 64, arm64: 64 } as const;
/** In registers that nothing has set. */
const UNSET = 0xdead4ead4ead4eadn;
const CALL_BUDGET = 300e6;

/** The arguments at a call, or undefined where the code before it does not set them all: shortest stretch first. */
function argumentsAt(
  machine: Machine,
  memory: KernelMemory,
  { address, target }: CallSite,
  count: number,
): bigint[] | undefined {
  const { emulator, arch } = machine;
  const step = arch === 'arm64' ? 4 : 1;
  const sp = emulator.sp;
  let found: bigint[] | undefined;
  emulator.hook(target, () => 'leave');
  emulator.hook(address, () => 'leave');
  try {
    for (let back = step; back <= REACH[arch] && found === undefined; back += step) {
      for (let register = 0; register < 31; register++)
        if (register !== 4 || arch === 'arm64') emulator.set(register, UNSET);
      emulator.sp = sp;
      const stop = emulator.run(address - BigInt(back), { budget: back / step + 1 });
      if (stop.reason !== 'hook' || stop.address !== address) continue;
      const values = Array.from({ length: count }, (_, n) => emulator.argument(n));
      // Small numbers, or places in the image; else it was no instruction's beginning.
      const fits = values.every((value) => value < 0x10000n || memory.regionOf(value) !== undefined);
      if (fits) found = values;
    }
  } finally {
    emulator.unhook(address);
    emulator.unhook(target);
    emulator.sp = sp;
  }
  return found;
}

/** Calls the target of a call site with its arguments; false where they are not found, or it does not return 0. */
export function callAtSite(machine: Machine, memory: KernelMemory, site: CallSite): boolean {
  const { emulator } = machine;
  const names = machine.symbols.indexesAt(site.target).map((index) => machine.symbols.name(index));
  const count = Math.max(...names.map((name) => ARGUMENTS[name] ?? 1));
  const before = { snapshot: emulator.snapshot(), heap: machine.heap.save() };
  const undo = () => {
    emulator.restore(before.snapshot);
    emulator.discard(before.snapshot);
    machine.heap.restore(before.heap);
  };
  const values = argumentsAt(machine, memory, site, count);
  emulator.restore(before.snapshot);
  if (values === undefined) {
    undo();
    return false;
  }
  try {
    if (BigInt.asIntN(32, machine.call(site.target, values, CALL_BUDGET)) === 0n) {
      emulator.discard(before.snapshot);
      return true;
    }
  } catch (error) {
    if (!(error instanceof KernelRuntimeError)) throw error;
  }
  undo();
  return false;
}
