// The machine that a kernel's code runs on without having been booted: memory, a stack, a heap, one CPU with its per-CPU area.
// boot/image-machine.ts makes it from an image, saved/open-saved.ts from a kernel that was prepared before.
import { type Architecture, type Emulator, EmulatorError, type Stop } from '@btfq/emulator';
import type { SymbolTable } from '@btfq/kernel-tables';
import { KernelRuntimeError } from './errors.ts';
import type { Heap } from './heap.ts';

/** Instructions of a call, if nothing else is said: seconds. */
export const DEFAULT_BUDGET = 8e9;
const TEXT_TYPES = 'tTwW';
/** Bytes of the stack that a backtrace looks at: code that goes wrong may leave its stack pointer anywhere. */
const LOOKED_AT = 0x10000n;

/** What a machine is made of. */
export interface MachineParts {
  readonly arch: Architecture;
  readonly emulator: Emulator;
  readonly heap: Heap;
  /** What is added to the address of a per-CPU variable. */
  readonly perCpuOffset: bigint;
  /** Asked for once, when a name is needed. */
  readonly symbols: () => SymbolTable;
}

export class Machine {
  readonly emulator: Emulator;
  readonly arch: Architecture;
  readonly heap: Heap;
  readonly perCpuOffset: bigint;
  budget = DEFAULT_BUDGET;
  readonly #readSymbols: () => SymbolTable;
  #symbols: SymbolTable | undefined;

  constructor({ arch, emulator, heap, perCpuOffset, symbols }: MachineParts) {
    this.arch = arch;
    this.emulator = emulator;
    this.heap = heap;
    this.perCpuOffset = perCpuOffset;
    this.#readSymbols = symbols;
  }

  get symbols(): SymbolTable {
    this.#symbols ??= this.#readSymbols();
    return this.#symbols;
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
    const stop = this.#callGuarded(address, args, budget, sp);
    if (stop.reason !== 'returned') {
      const backtrace = this.backtrace(stop, sp);
      emulator.sp = sp;
      const where = backtrace[0] ?? this.nameOf(stop.address);
      throw new KernelRuntimeError('stopped', `${describeStop(stop)} in ${where}`, { stop, backtrace });
    }
    return emulator.result();
  }

  /** An answer that asks for memory which is not there, or for more than there may be, stops the call as the kernel's own code would. */
  #callGuarded(address: bigint, args: readonly bigint[], budget: number, sp: bigint): Stop {
    try {
      return this.emulator.call(address, args, { budget });
    } catch (error) {
      if (!(error instanceof EmulatorError)) throw error;
      const where = this.nameOf(this.emulator.pc);
      this.emulator.sp = sp;
      throw new KernelRuntimeError('stopped', `${error.message} (${error.code}) in ${where}`, { backtrace: [where] });
    }
  }

  /** Makes a function answer with a constant. Its code is replaced: that costs less than asking. */
  replaceFunction(address: bigint, value: number): void {
    const code =
      this.arch === 'x86_64'
        ? Uint8Array.of(0xb8, value & 255, value >> 8, 0, 0, 0xc3) // mov $value, %eax; ret
        : words(0xd2800000 | (value << 5), 0xd65f03c0); // mov x0, #value; ret
    this.emulator.write(address, code.length === 6 ? Uint8Array.of(...code.subarray(0, 5), 0xc3) : code);
  }

  /** The functions on the stack: addresses that stand behind calls, without those left over where they can be determined. */
  backtrace(stop: Stop, top: bigint): string[] {
    const names = [this.nameOf(stop.address)];
    const { emulator } = this;
    if (this.arch === 'arm64') names.push(...this.#frames(top));
    else {
      const end = emulator.sp + LOOKED_AT < top ? emulator.sp + LOOKED_AT : top;
      for (let at = emulator.sp; at < end && names.length < 24; at += 8n) {
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
    let bytes: Uint8Array;
    try {
      bytes = this.emulator.read(address - 7n, 7);
    } catch {
      return false;
    }
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
