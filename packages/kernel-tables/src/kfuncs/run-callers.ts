// What a kernel's initialisation passes to functions that register something. Each function that calls one of them is run on the
// emulator, with everything else that it calls answered by 0.

import { Emulator, EmulatorError } from '@btfq/emulator';
import { mapImage } from '../helpers/func-proto-machine.ts';
import type { KernelView } from '../kernel-view.ts';
import { firstArgument } from '../locate/first-argument.ts';
import { callsTo, callTargets } from './call-sites.ts';

/** Reads the arguments of one call by their places; false where they are not understood. */
export type ReadCall = (argument: (index: number) => bigint) => boolean;

/** What came of it. */
export interface RunCallers {
  /** By the address of the function that registers: the functions that call it in a way that is not understood. */
  readonly notUnderstood: ReadonlyMap<bigint, readonly string[]>;
}

const STACK = 0x1_0000_0000n;
const STACK_SIZE = 0x10000;
const BUDGET = 100_000;

/** Runs all callers; undefined where the emulator does not have the architecture. */
export function runCallers(
  view: KernelView,
  registers: ReadonlyMap<bigint, ReadCall>,
  /** Those that take one address: where a call is not reached, it is read from the code in front of it. */
  ofOneAddress: ReadonlySet<bigint>,
): RunCallers | undefined {
  const { arch } = view.memory;
  if (arch !== 'x86_64' && arch !== 'arm64') return undefined;
  const emulator = new Emulator({ architecture: arch, memoryLimit: 64 << 20 });
  mapImage(emulator, view);
  emulator.map(STACK, STACK_SIZE);
  const seen = new Set<bigint>();
  const refused = new Set<bigint>();
  for (const [register, read] of registers) {
    emulator.hook(register, (machine) => {
      if (read((index) => machine.argument(index))) seen.add(returnAddress(machine));
      else if (!ofOneAddress.has(register)) refused.add(register);
      machine.returnWith(0n);
      return undefined;
    });
  }
  const notUnderstood = new Map<bigint, string[]>([...registers.keys()].map((register) => [register, []]));
  const callers = callsTo(view, [...registers.keys()]);
  let running = 0n;
  // All at once: each new hook costs the emulator what it has prepared.
  for (const target of new Set(callers.flatMap(({ caller }) => [...callTargets(view, caller)]))) {
    if (registers.has(target)) continue;
    emulator.hook(target, (machine) => {
      if (target === running) return 'run';
      machine.returnWith(0n);
      return undefined;
    });
  }
  for (const { caller, sites } of callers) {
    refused.clear();
    running = caller;
    try {
      emulator.sp = STACK + BigInt(STACK_SIZE / 2);
      emulator.call(caller, [], { budget: BUDGET });
    } catch (error) {
      if (!(error instanceof EmulatorError)) throw error;
    }
    for (const [register, names] of notUnderstood) {
      const own = sites.filter((site) => site.target === register);
      const isWhole = own.every((site) => {
        if (site.isTailCall && !ofOneAddress.has(register)) return true;
        if (seen.has(site.returns)) return true;
        const address = ofOneAddress.has(register) ? firstArgument(view, caller, site.returns) : undefined;
        return address === undefined ? site.isTailCall : (registers.get(register)?.(() => address) ?? false);
      });
      if (own.length > 0 && (!isWhole || refused.has(register))) names.push(nameAt(view, caller));
    }
  }
  return { notUnderstood };
}

function nameAt({ symbols }: KernelView, address: bigint): string {
  const index = symbols.indexesAt(address)[0];
  return index === undefined ? `0x${address.toString(16)}` : symbols.name(index);
}

function returnAddress(machine: Emulator): bigint {
  return machine.architecture === 'x86_64' ? machine.readNumber(machine.sp, 8) : machine.get(30);
}
