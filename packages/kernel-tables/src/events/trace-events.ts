// Trace events: their fields and formats as tracefs shows them (kernel/trace/trace_events.c, event_define_fields and
// f_show), read from the array of `struct trace_event_call` that the linker gathers.

import { enumeratorsOf } from '../types/enumerators.ts';
import { type KernelView, pointersIn } from '../kernel-view.ts';
import { tableRange } from '../locate/located.ts';
import { readNumber, readPointer, readText, structField, structFields, structSize } from '../types/struct-fields.ts';
import { commonFields } from './common-fields.ts';
import { applyEvalMaps, evalMaps, evaluateType } from './eval-maps.ts';
import { enterEvents, type SystemCall } from './system-calls.ts';

/** One field of an event. */
export interface TraceField {
  /** Type and name as C declares them: `char prev_comm[16]`, `__data_loc char[] name`. */
  readonly declaration: string;
  /** In bytes from the start of the record, the 8 common ones included. */
  readonly offset: number;
  readonly size: number;
  readonly signed: boolean;
}

/** One trace event. */
export interface TraceEvent {
  readonly system: string;
  readonly name: string;
  /** Its own fields; undefined where the kernel defines them by code that is not understood. */
  readonly fields: readonly TraceField[] | undefined;
  /** The text behind `print fmt:`; undefined where it is made at boot in a way that is not understood. */
  readonly printFmt: string | undefined;
  /** Whether it can be switched on: those of ftrace itself have a format and no more. */
  readonly enableable: boolean;
}

/** All events of a kernel with the fields that each has in front. */
export interface TraceEvents {
  readonly common: readonly TraceField[];
  readonly events: readonly TraceEvent[];
}

const MAX_EVENTS = 20_000;
const MAX_FIELDS = 256;
const FUNCTION_TYPE = 2n ** 64n - 1n;

/** The events in the kernel's order; undefined where the table or its types are missing (`fields_array` is there from 5.6 on). */
export function traceEvents(view: KernelView, systemCalls: readonly SystemCall[] | undefined): TraceEvents | undefined {
  const reader = eventReader(view);
  const calls = reader && eventCalls(view);
  const common = commonFields(view.btf);
  if (reader === undefined || calls === undefined || common === undefined) return undefined;
  const byEnter = new Map(systemCalls?.map((call) => [call.enterEvent, call]));
  const byExit = new Map(systemCalls?.map((call) => [call.exitEvent, call]));
  const events: TraceEvent[] = [];
  for (const address of calls) {
    const event = reader(address, byEnter.get(address), byExit.get(address), systemCalls !== undefined);
    if (event) events.push(event);
  }
  return { common, events };
}

/** Addresses of the `struct trace_event_call`s. */
function eventCalls(view: KernelView): bigint[] | undefined {
  const range = tableRange(view, 'events');
  const calls = range && pointersIn(view.memory, range.start, range.end);
  return calls && calls.length <= MAX_EVENTS ? calls.filter((address) => address !== 0n) : undefined;
}

type Reader = (
  address: bigint,
  enter: SystemCall | undefined,
  exit: SystemCall | undefined,
  knowsCalls: boolean,
) => TraceEvent | undefined;

/** Reads one event; undefined where the kernel's types are not as they have been since 5.6. */
function eventReader(view: KernelView): Reader | undefined {
  const { memory, btf } = view;
  const call = structFields(btf, 'trace_event_call', ['class', 'name', 'print_fmt', 'flags']);
  const eventClass = structFields(btf, 'trace_event_class', ['system', 'fields_array', 'reg']);
  const field = structFields(btf, 'trace_event_fields', ['type', 'name', 'size', 'align', 'is_signed']);
  const step = structSize(btf, 'trace_event_fields');
  const tracepointName = structField(btf, 'tracepoint', 'name');
  const flags = enumeratorsOf(btf, 'TRACE_EVENT_FL_');
  const isTracepoint = flags.get('TRACE_EVENT_FL_TRACEPOINT');
  if (!call || !eventClass || !field || !step || !tracepointName || isTracepoint === undefined) return undefined;
  const isCustom = flags.get('TRACE_EVENT_FL_CUSTOM') ?? 0;
  const ignoresEnable = flags.get('TRACE_EVENT_FL_IGNORE_ENABLE') ?? 0;
  const length = structField(btf, 'trace_event_fields', 'len');
  const maps = evalMaps(view);
  const [major, minor] = view.version ?? [5, 18];
  const evaluatesTypes = major > 5 || (major === 5 && minor >= 18);
  const entrySize = structSize(btf, 'trace_entry') ?? 8;

  const makeEnter = enterEvents(view);

  const fieldsOf = (
    array: bigint,
    system: bigint,
    enter: SystemCall | undefined,
  ): Pick<TraceEvent, 'fields' | 'printFmt'> | undefined => {
    const fields: TraceField[] = [];
    let offset = entrySize;
    for (let at = array, i = 0; i < MAX_FIELDS; at += BigInt(step), i++) {
      const type = readPointer(memory, at, field.type);
      if (type === undefined) return undefined;
      if (type === 0n) return { fields, printFmt: undefined };
      if (type === FUNCTION_TYPE) return enter && makeEnter(enter, fields);
      const text = memory.string(type);
      const name = readText(memory, at, field.name);
      const size = readNumber(memory, at, field.size);
      const align = readNumber(memory, at, field.align);
      if (text === undefined || name === undefined || size === undefined || align === undefined) return undefined;
      if (align > 0) offset = Math.ceil(offset / align) * align;
      const count = length && readNumber(memory, at, length);
      const signed = readNumber(memory, at, field.is_signed) === 1;
      const declaration = declare(evaluatesTypes ? evaluateType(text, maps.get(system) ?? []) : text, name, count);
      fields.push({ declaration, offset, size, signed });
      offset += size;
    }
    return undefined;
  };

  return (address, enter, exit, knowsCalls) => {
    const value = readNumber(memory, address, call.flags);
    const classAt = readPointer(memory, address, call.class);
    if (value === undefined || !classAt) return undefined;
    const system = readPointer(memory, classAt, eventClass.system);
    const systemName = system ? memory.string(system) : undefined;
    const named = readPointer(memory, address, call.name);
    const isOwn = (value & isCustom) !== 0 || (value & isTracepoint) === 0;
    const name = named && (isOwn ? memory.string(named) : readText(memory, named, tracepointName));
    if (!system || systemName === undefined || !name) return undefined;
    const isCall = systemName === 'syscalls' && /^sys_(enter|exit)_/.test(name);
    // Without a number in this kernel's table of system calls the event is not registered (init_syscall_trace).
    if (isCall && knowsCalls && !enter && !exit) return undefined;
    const array = readPointer(memory, classAt, eventClass.fields_array);
    const printFmt = readText(memory, address, call.print_fmt);
    const enableable = readPointer(memory, classAt, eventClass.reg) !== 0n && (value & ignoresEnable) === 0;
    const made = array ? fieldsOf(array, system, enter) : undefined;
    return {
      system: systemName,
      name,
      fields: array === 0n ? [] : made?.fields,
      printFmt: enter
        ? made?.printFmt
        : exit
          ? '"0x%lx", REC->ret'
          : printFmt && applyEvalMaps(printFmt, maps.get(system) ?? []),
      enableable,
    };
  };
}

/** `TYPE[N]` and a name are shown as C would have them; dynamic arrays are not (f_show). */
function declare(type: string, name: string, length: number | undefined): string {
  const bracket = type.startsWith('__data_loc') ? -1 : type.indexOf('[');
  if (bracket < 0) return `${type} ${name}`;
  if (length === undefined) return `${type.slice(0, bracket)} ${name}${type.slice(bracket)}`;
  return `${type.slice(0, bracket)} ${name}[${length || ''}]`;
}
