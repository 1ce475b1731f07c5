// What a kernel needs that this package does not have yet: the names it lacks, what boot registers and could not be registered, and
// twenty small programs whose verdict is known.
import { ANSWERED } from '../answers/table.ts';
import type { Registration } from '../boot/registrations.ts';
import { KernelRuntimeError } from '../errors.ts';
import type { Kernel, KernelSnapshot } from '../kernel.ts';
import { type Insn, MAP, TEST_PROGRAMS, type TestProgram } from './programs.ts';

/** One program of the self-test. */
export interface SelfTest {
  readonly name: string;
  readonly expected: 'loads' | 'fails';
  readonly got: 'loads' | 'fails' | 'not-known';
  /** As expected, and with the expected words. */
  readonly passes: boolean;
  /** The log, or why nothing is known. */
  readonly log: string;
  readonly backtrace: readonly string[];
}

/** What the doctor found. */
export interface DoctorReport {
  /** Entries of the table of which the kernel has no name. */
  readonly absent: readonly { readonly names: string; readonly reason: string }[];
  readonly registrations: readonly Registration[];
  readonly selfTests: readonly SelfTest[];
}

const ATTRIBUTES = 0x100000;
const INSNS = 0x102000;
const LICENSE = 0x104000;
const LOG = 0x110000;
const LOG_SIZE = 1 << 16;
const COMMAND = { mapCreate: 0, progLoad: 5 } as const;
const HASH = 1;

/** Runs the programs of the self-test, each from the same state. */
export function runTestPrograms(kernel: Kernel, start: KernelSnapshot): SelfTest[] {
  return TEST_PROGRAMS.map((program) => {
    const result = runTest(kernel, program);
    kernel.restore(start);
    return result;
  });
}

/** Examines a kernel; its state is afterwards what it was. */
export function examineKernel(kernel: Kernel): DoctorReport {
  const selfTests = runTestPrograms(kernel, kernel.snapshot());
  const names = new Set<string>();
  for (let i = 0; i < kernel.symbols.count; i++) names.add(kernel.symbols.name(i));
  const has = (name: string) =>
    name.endsWith('*') ? [...names].some((each) => each.startsWith(name.slice(0, -1))) : names.has(name);
  const absent = ANSWERED.filter((entry) => !entry.names.trim().split(/\s+/).some(has));
  return {
    absent: absent.map((entry) => ({ names: entry.names.trim().replace(/\s+/g, ' '), reason: entry.reason })),
    registrations: kernel.registrations,
    selfTests,
  };
}

function encode(insns: readonly Insn[], map: number): Uint8Array {
  const bytes = new Uint8Array(insns.length * 8);
  const view = new DataView(bytes.buffer);
  insns.forEach(([code, registers, off, imm], i) => {
    view.setUint8(i * 8, code);
    view.setUint8(i * 8 + 1, registers);
    view.setInt16(i * 8 + 2, off, true);
    view.setInt32(i * 8 + 4, imm === MAP ? map : imm, true);
  });
  return bytes;
}

function createMap(kernel: Kernel): number {
  const bytes = new Uint8Array(72);
  const view = new DataView(bytes.buffer);
  [HASH, 4, 8, 1].forEach((value, i) => {
    view.setUint32(i * 4, value, true);
  });
  return kernel.bpf({ command: COMMAND.mapCreate, attributes: { address: ATTRIBUTES, bytes }, memory: [] });
}

function runTest(kernel: Kernel, { name, type, insns, verdict, words, needsMap }: TestProgram): SelfTest {
  try {
    const code = encode(insns, needsMap === true ? createMap(kernel) : 0);
    const log = new Uint8Array(LOG_SIZE);
    const bytes = new Uint8Array(120);
    const view = new DataView(bytes.buffer);
    view.setUint32(0, type, true);
    view.setUint32(4, insns.length, true);
    view.setBigUint64(8, BigInt(INSNS), true);
    view.setBigUint64(16, BigInt(LICENSE), true);
    view.setUint32(24, 1, true);
    view.setUint32(28, LOG_SIZE, true);
    view.setBigUint64(32, BigInt(LOG), true);
    const result = kernel.bpf({
      command: COMMAND.progLoad,
      attributes: { address: ATTRIBUTES, bytes },
      memory: [
        { address: INSNS, bytes: code },
        { address: LICENSE, bytes: new TextEncoder().encode('GPL\0') },
        { address: LOG, bytes: log },
      ],
    });
    const got = result >= 0 ? 'loads' : 'fails';
    const text = new TextDecoder().decode(log.subarray(0, Math.max(0, log.indexOf(0))));
    const passes = got === verdict && (words === undefined || words.test(text));
    return { name, expected: verdict, got, passes, log: text, backtrace: [] };
  } catch (error) {
    if (!(error instanceof KernelRuntimeError)) throw error;
    const { message, backtrace } = error;
    return { name, expected: verdict, got: 'not-known', passes: false, log: message, backtrace };
  }
}
