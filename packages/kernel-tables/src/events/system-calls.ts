// System calls: names, numbers and arguments from `struct syscall_metadata` and `sys_call_table`
// (kernel/trace/trace_syscalls.c, init_ftrace_syscalls), and the events that they have.

import { type KernelView, pointersIn } from '../kernel-view.ts';
import { callName, callTableEntries } from './call-tables.ts';
import { tableRange } from '../locate/located.ts';
import { readNumber, readPointer, readText, structField, structFields } from '../types/struct-fields.ts';
import { enterSetup } from './system-call-setup.ts';
import type { TraceField } from './trace-events.ts';

/** One system call. */
export interface SystemCall {
  /** Without `sys_`. */
  readonly name: string;
  /** In the table of the kernel's own width; several where one function serves several. */
  readonly numbers: readonly number[];
  readonly args: readonly SystemCallArg[];
  readonly enterEvent: bigint;
  readonly exitEvent: bigint;
  readonly metadata: bigint;
}

export interface SystemCallArg {
  readonly type: string;
  readonly name: string;
}

/** All calls that this kernel has a number for, in the order of their metadata; undefined where the tables cannot be found. */
export function systemCalls(view: KernelView): readonly SystemCall[] | undefined {
  const { memory, btf } = view;
  const range = tableRange(view, 'systemCalls');
  const pointers = range && pointersIn(memory, range.start, range.end);
  const fields = structFields(btf, 'syscall_metadata', [
    'name',
    'nb_args',
    'types',
    'args',
    'enter_event',
    'exit_event',
  ]);
  const numbers = systemCallNumbers(view);
  if (!pointers || !fields || !numbers) return undefined;
  const calls: SystemCall[] = [];
  for (const metadata of pointers) {
    const name = readText(memory, metadata, fields.name)?.replace(/^sys_/, '');
    const own = name === undefined ? undefined : numbers.get(name);
    const count = readNumber(memory, metadata, fields.nb_args);
    if (name === undefined || own === undefined || count === undefined || count > 6) continue;
    const types = textsOf(view, readPointer(memory, metadata, fields.types), count);
    const names = textsOf(view, readPointer(memory, metadata, fields.args), count);
    calls.push({
      name,
      numbers: own,
      args: types.map((type, i) => ({ type, name: names[i] ?? '' })),
      enterEvent: readPointer(memory, metadata, fields.enter_event) ?? 0n,
      exitEvent: readPointer(memory, metadata, fields.exit_event) ?? 0n,
      metadata,
    });
  }
  return calls;
}

/** The numbers by name, from the functions that the table points to. */
function systemCallNumbers(view: KernelView): ReadonlyMap<string, readonly number[]> | undefined {
  const entries = callTableEntries(view, 'callTable');
  if (entries === undefined) return undefined;
  const numbers = new Map<string, number[]>();
  for (const [number, entry] of entries) {
    const name = callName(entry);
    const list = numbers.get(name);
    if (list) list.push(number);
    else numbers.set(name, [number]);
  }
  return numbers.size > 0 ? numbers : undefined;
}

function textsOf({ memory }: KernelView, array: bigint | undefined, count: number): string[] {
  if (!array) return [];
  return Array.from({ length: count }, (_, i) => {
    const pointer = memory.word(array + BigInt(i * memory.wordSize));
    return (pointer && memory.string(pointer)) || '';
  });
}

/** The fields and the format of `sys_enter_*` as boot makes them. */
export interface EnterEvent {
  readonly fields: TraceField[];
  readonly printFmt: string;
}

/**
 * Makes the events of system calls: the number, which the class declares, a word for each argument, and from 7.0 on what is
 * recorded of the caller's memory (syscall_enter_define_fields). Undefined where that is not understood.
 */
export function enterEvents(
  view: KernelView,
): (call: SystemCall, declared: readonly TraceField[]) => EnterEvent | undefined {
  const { wordSize } = view.memory;
  const start = structField(view.btf, 'syscall_trace_enter', 'args')?.byteOffset ?? 8 + wordSize;
  const setup = enterSetup(view);
  return (call, declared) => {
    const args = call.args.map(({ type, name }, i) => ({
      declaration: `${type} ${name}`,
      offset: start + i * wordSize,
      size: wordSize,
      signed: false,
    }));
    if (setup === 'plain') return { fields: [...declared, ...args], printFmt: plainPrintFmt(view, call) };
    const [number] = call.numbers.slice(-1);
    const made = number === undefined ? undefined : setup?.({ ...call, number });
    if (made === undefined) return undefined;
    const recorded = call.args.filter((_, i) => (made.userMask & (1 << i)) !== 0);
    const data = recorded.map(({ name }, i) => ({
      declaration: `__data_loc char[] __${name}_val`,
      offset: start + call.args.length * wordSize + i * 4,
      size: 4,
      signed: false,
    }));
    return { fields: [...declared, ...args, ...data], printFmt: made.printFmt };
  };
}

/** The format that the kernel writes at boot (__set_enter_print_fmt). */
function plainPrintFmt(view: KernelView, call: SystemCall): string {
  const width = view.memory.wordSize * 2;
  const shown = call.args.map(({ name }) => `${name}: 0x%0${width === 16 ? 8 : 4}lx`).join(', ');
  return `"${shown}"${call.args.map(({ name }) => `, ((unsigned long)(REC->${name}))`).join('')}`;
}
