// The tables of system calls: which function each number calls, for the kernel's own width and for programs of 32 bits. On x86-64 the
// latter has been a function with a switch since the spring of 2024: it is run once for each number.

import { Emulator, EmulatorError } from '@btfq/emulator';
import { mapImage } from '../helpers/func-proto-machine.ts';
import { type KernelView, pointersIn } from '../kernel-view.ts';
import { tableRange } from '../locate/located.ts';

/** More numbers than any architecture has. */
const MAX_CALLS = 1024;
const MAX_SWITCH = 600;
const ENTRY = /^(?:__[a-z0-9]+_)?(?:compat_)?sys_/;
const NOT_IMPLEMENTED = /(?:^|_)sys_ni_syscall$/;
const STACK = 0x1_0000_0000n;
const AREA = 0x10000;
const BUDGET = 2000;

/** A call's name without `sys_` by the function that does it. */
export function callName(entry: string): string {
  return entry.replace(ENTRY, '');
}

/** Numbers with the functions that they call; those that call nothing are left out. Undefined where there is no such table, or it cannot be found. */
export function callTableEntries(
  view: KernelView,
  table: 'callTable' | 'compatCallTable',
): [number, string][] | undefined {
  const { memory, symbols } = view;
  const range = tableRange(view, table);
  if (range === undefined) return undefined;
  const { start, end } = range;
  const most = start + BigInt(MAX_CALLS * memory.wordSize);
  const entries: [number, string][] = [];
  for (const [number, address] of (pointersIn(memory, start, end < most ? end : most) ?? []).entries()) {
    const names = symbols.indexesAt(address).map((index) => symbols.name(index));
    const name = names.find((one) => ENTRY.test(one)) ?? names[0];
    if (name === undefined) break; // behind the table's end: alignment, or another table
    if (!NOT_IMPLEMENTED.test(name)) entries.push([number, name]);
  }
  return entries;
}

/** The calls of programs of 32 bits, `[]` where this kernel serves none. */
export function compatEntries(view: KernelView): [number, string][] | undefined {
  if (view.memory.wordSize === 4) return [];
  const table = callTableEntries(view, 'compatCallTable');
  if (table !== undefined) return table;
  const dispatch = view.symbols.address('ia32_sys_call');
  if (view.memory.arch === 'x86_64' && dispatch !== undefined) return switchEntries(view, dispatch);
  // Functions of such calls are there wherever a kernel serves them.
  const [, name] = callTableEntries(view, 'callTable')?.[0] ?? [];
  if (name === undefined) return undefined;
  return view.symbols.has('__ia32_compat_sys_ioctl') || view.symbols.has('__arm64_compat_sys_ioctl') ? undefined : [];
}

function switchEntries(view: KernelView, dispatch: bigint): [number, string][] | undefined {
  const { symbols } = view;
  const emulator = new Emulator({ architecture: 'x86_64', memoryLimit: 16 << 20 });
  mapImage(emulator, view);
  emulator.map(STACK, AREA);
  let called: string | undefined;
  for (const index of symbols.indexesOfText()) {
    const name = symbols.name(index);
    if (!/^__(?:ia32|x64)_(?:compat_)?sys_/.test(name)) continue;
    emulator.hook(symbols.addresses[index]!, () => {
      called = name;
      return 'leave'; // some never return, and nothing follows their calls
    });
  }
  const entries: [number, string][] = [];
  for (let number = 0; number < MAX_SWITCH; number++) {
    called = undefined;
    try {
      emulator.sp = STACK + BigInt(AREA / 2);
      emulator.call(dispatch, [STACK, BigInt(number)], { budget: BUDGET });
      if (called === undefined) return undefined;
    } catch (error) {
      if (error instanceof EmulatorError) return undefined;
      throw error;
    }
    if (!NOT_IMPLEMENTED.test(called)) entries.push([number, called]);
  }
  return entries;
}
