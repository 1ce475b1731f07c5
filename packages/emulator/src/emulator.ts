// The emulator as its host sees it: memory, registers, hooks, runs. The engine (assembly/, compiled to wasm) executes; the decoders
// (x86/, arm64/) are asked for code that has not run yet; this file ties them together.
//
// Long because it is the whole of what a host can do with one machine; memory, stops and decoding are in files of their own.
import { decodeArm64Block } from './arm64/decode.ts';
import { EmulatorError } from './errors.ts';
import { type CodeSource, Emitter, Stop as StopKind } from './emit.ts';
import { ENGINE } from './engine.generated.ts';
import * as M from './machine.ts';
import { CALLR, HOOK, JBNZ, JMP, JMPR, RET, STOP } from './micro-op.ts';
import { type PageTable, type PagesSnapshot, PAGE_SIZE, Pages, type RegionContent, pageOf } from './pages.ts';
import type { Stop } from './stop.ts';
import { SYSTEM_REGISTERS, type SystemRegister } from './arm64/system-registers.ts';
import { decodeX86Block } from './x86/decode.ts';

/** `uname -m`'s word, arm64 as Debian has it. */
export type Architecture = 'x86_64' | 'arm64';

/** What a hook's handler wants: to go on where pc points (undefined), to leave the run, or to run the code that is there. */
export type HookAnswer = 'leave' | 'run' | undefined;
/** Called when the guest comes to a hooked address, with pc there. */
export type Hook = (emulator: Emulator) => HookAnswer;

/** Which processor, and how much memory at most. */
export interface EmulatorOptions {
  readonly architecture: Architecture;
  /** Bytes that the guest's pages may take; 256 MB if not given. */
  readonly memoryLimit?: number;
}

/** What a region of memory is like. */
export interface RegionOptions {
  /** Default: true. */
  readonly isWritable?: boolean;
  /** What the pages hold at first; zeros where nothing is given and behind given bytes. */
  readonly content?: RegionContent;
}

/** What bounds a run. */
export interface RunOptions {
  /** Instructions that may run: a limit, kept to within a block of code. */
  readonly budget: number;
}

/** A state to come back to, of memory, registers and flags. */
export interface Snapshot {
  readonly pages: PagesSnapshot;
  readonly state: Uint8Array;
}

interface Engine extends PageTable {
  run(): number;
  init(bits: number): number;
  flushJumps(): void;
  flags(): number;
  setWord(word: number): void;
}

/** Where a called function returns to; nothing is mapped there. */
const RETURN_ADDRESS = 0xffffffff00000000n;
const CODE_RECORDS = 1 << 20;
/** Instructions between two looks at the clock of the host: the engine's better code is entered only anew. */
const SLICE = 1 << 20;
/** What one access of a hook's handler to guest memory counts as, in instructions, beside one for every `BYTES_OF_WORK`. */
const WORK_OF_ACCESS = 32;
const BYTES_OF_WORK = 16;
/** State that a snapshot keeps: registers, pc, flags. */
const STATE_START = M.REGISTERS;
const STATE_END = M.GENERATION;
const X86_ARGUMENTS = [7, 6, 2, 1, 8, 9];
const SP = { x86_64: 4, arm64: 31 } as const;

let engineModule: WebAssembly.Module | undefined;

function compileEngine(): WebAssembly.Module {
  engineModule ??= new WebAssembly.Module(Uint8Array.from(atob(ENGINE), (c) => c.charCodeAt(0)));
  return engineModule;
}

/**
 * A processor and its memory. Not shared between threads; several may exist.
 *
 * @example
 * const emulator = new Emulator({ architecture: 'x86_64' });
 * emulator.map(0x10000n, 0x1000, { content: code });
 * emulator.map(0x20000n, 0x4000);
 * emulator.set(4, 0x24000n); // rsp
 * const stop = emulator.call(0x10000n, [1n, 2n], { budget: 1_000_000 });
 * if (stop.reason === 'returned') console.log(emulator.result());
 */
export class Emulator implements CodeSource {
  readonly architecture: Architecture;
  /** Instructions that all runs together have taken. */
  instructions = 0;
  readonly #engine: Engine;
  readonly #pages: Pages;
  readonly #emitter: Emitter;
  #registers: BigUint64Array;
  #state: DataView;
  readonly #blocks = new Map<number, number>();
  /** The number of the hook at an address (48 bits). */
  readonly #hooks = new Map<number, number>();
  readonly #handlers: { readonly address: bigint; handler: Hook }[] = [];
  #codePage = -1;
  #isRunning = false;
  #codePlace = 0;
  /** What the handlers of a run may still do: see `charge`. */
  #workLeft = 0;

  constructor(options: EmulatorOptions) {
    this.architecture = options.architecture;
    const limit = options.memoryLimit ?? 256 * 2 ** 20;
    const imports = {
      engine: { lookup: () => this.#lookup(), hook: (number: number) => this.#answerHook(number) },
      memory: {
        askPage: (page: number, isWrite: number) => this.#ask(page, isWrite !== 0),
        codeWritten: (page: number) => {
          this.#pages.unmarkCode(page);
          this.#invalidate();
        },
      },
    };
    this.#engine = new WebAssembly.Instance(compileEngine(), imports).exports as unknown as Engine;
    const { memory } = this.#engine;
    // The table is at most half full; what lies behind it: the records of decoded code, then pages.
    const bits = Math.max(10, Math.ceil(Math.log2(limit / PAGE_SIZE)) + 1);
    const tableEnd = M.PAGE_TABLE + (16 << bits);
    const firstFrame = tableEnd + CODE_RECORDS * 16;
    memory.grow(Math.max(0, Math.ceil((firstFrame - memory.buffer.byteLength) / 65536)));
    const codeStart = this.#engine.init(bits);
    this.#pages = new Pages(this.#engine, 1 << bits, firstFrame, limit);
    this.#emitter = new Emitter(codeStart, CODE_RECORDS);
    this.#registers = new BigUint64Array(0);
    this.#state = new DataView(memory.buffer);
    this.#refresh();
    this.#state.setUint32(M.FLAG_OTHER, 0x200, true);
    this.#state.setBigUint64(M.MONITOR, 1n, true);
  }

  /** Views of the engine's memory are lost when it grows. */
  #refresh(): void {
    const { buffer } = this.#engine.memory;
    if (this.#state.buffer === buffer && this.#registers.length > 0) return;
    this.#registers = new BigUint64Array(buffer, M.REGISTERS, 64);
    this.#state = new DataView(buffer);
    this.#emitter.words = new Int32Array(buffer);
  }

  #ask(page: number, isWrite: boolean): number {
    const place = this.#pages.ask(page, isWrite);
    this.#refresh();
    return place;
  }

  // Memory.

  /** Maps a region of whole pages. Throws `EmulatorError` for one that is not, or that reaches into another one. */
  map(address: bigint, size: number, options: RegionOptions = {}): void {
    this.#pages.map(address, size, options.isWritable ?? true, options.content);
  }

  /** Takes away the region that begins at the address. */
  unmap(address: bigint): void {
    if (this.#pages.unmap(address)) this.#invalidate();
  }

  /** All regions, in order: the number of their first page, and how many they have. */
  regions(): { first: number; count: number }[] {
    return this.#pages.regions();
  }

  /** A copy of guest memory. Throws `EmulatorError` `unmapped`. */
  read(address: bigint, length: number): Uint8Array {
    this.#chargeAccess(length);
    const bytes = this.#pages.transfer(address, length, undefined);
    this.#refresh();
    return bytes;
  }

  write(address: bigint, bytes: Uint8Array): void {
    this.#chargeAccess(bytes.length);
    this.#pages.transfer(address, bytes.length, bytes);
    this.#refresh();
    if (this.#blocks.size > 0) this.#invalidateIfCode(address, bytes.length);
  }

  /** A number of 1, 2, 4 or 8 bytes. */
  readNumber(address: bigint, size: number): bigint {
    const bytes = this.read(address, size);
    let value = 0n;
    for (let i = size - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i]!);
    return value;
  }

  writeNumber(address: bigint, size: number, value: bigint): void {
    const bytes = new Uint8Array(size);
    let rest = BigInt.asUintN(64, value);
    for (let i = 0; i < size; i++, rest >>= 8n) bytes[i] = Number(rest & 0xffn);
    this.write(address, bytes);
  }

  /** Fills guest memory with zeros, without making pages that are zero anyway. Throws `EmulatorError` `unmapped`. */
  zero(address: bigint, length: number): void {
    this.#chargeAccess(length);
    this.#pages.zero(address, length);
    this.#refresh();
  }

  /** Copies guest memory into `bytes`, but for pages that were never touched. */
  readTouched(address: bigint, bytes: Uint8Array): void {
    this.#pages.readExisting(address, bytes);
  }

  /** The pages that have been touched, in order, with their bytes (views, valid until the next call). */
  *touchedPages(): Generator<{ address: bigint; bytes: Uint8Array }> {
    for (const { page, bytes } of this.#pages.existing()) yield { address: BigInt(page) << 12n, bytes };
  }

  /** Bytes that the guest's pages take. */
  get memoryUsed(): number {
    return this.#pages.used;
  }

  // Registers.

  /** A register as instructions number it: x86-64 rax, rcx, rdx, rbx, rsp, rbp, rsi, rdi, r8 ...; arm64 x0 to x30, 31 is sp. */
  get(number: number): bigint {
    return this.#registers[number]!;
  }

  set(number: number, value: bigint): void {
    this.#registers[number] = value;
  }

  get pc(): bigint {
    return this.#state.getBigUint64(M.PC, true);
  }

  set pc(value: bigint) {
    this.#state.setBigUint64(M.PC, value, true);
  }

  get sp(): bigint {
    return this.get(SP[this.architecture]);
  }

  set sp(value: bigint) {
    this.set(SP[this.architecture], value);
  }

  /** x86-64: the bases of the fs and gs segments. */
  setSegmentBase(segment: 'fs' | 'gs', base: bigint): void {
    this.set(segment === 'fs' ? M.FS_BASE : M.GS_BASE, base);
  }

  /** arm64: a system register by its name in small letters, one of those that `msr` and `mrs` know. */
  setSystemRegister(name: SystemRegister, value: bigint): void {
    this.set(SYSTEM_REGISTERS[name], value);
  }

  /** rflags, or nzcv in the bits of that register. */
  get flags(): bigint {
    const word = this.#engine.flags();
    if (this.architecture === 'x86_64') return BigInt(word | this.#state.getUint32(M.FLAG_OTHER, true) | 2);
    const bit = (mask: number, place: bigint) => (word & mask ? 1n << place : 0n);
    return bit(0x80, 31n) | bit(0x40, 30n) | ((word & 1 ? 0n : 1n) << 29n) | bit(0x800, 28n);
  }

  set flags(value: bigint) {
    const bits = Number(value);
    if (this.architecture === 'x86_64') {
      this.#engine.setWord(bits & 0x8d5);
      this.#state.setUint32(M.FLAG_OTHER, bits & 0x600, true);
      return;
    }
    const bit = (place: number, mask: number) => ((bits >>> place) & 1 ? mask : 0);
    this.#engine.setWord(bit(31, 0x80) | bit(30, 0x40) | bit(28, 0x800) | (bit(29, 1) ? 0 : 1));
  }

  /** The n-th argument of the function at whose beginning the guest stands (x86-64: of the first six; arm64: eight). */
  argument(n: number): bigint {
    return this.get(this.architecture === 'x86_64' ? X86_ARGUMENTS[n]! : n);
  }

  /** What the function that returned has returned. */
  result(): bigint {
    return this.get(0);
  }

  /** From a hook at a function's beginning: returns from it with a value. */
  returnWith(value: bigint): void {
    this.set(0, BigInt.asUintN(64, value));
    if (this.architecture === 'x86_64') {
      const sp = this.get(4);
      this.pc = this.readNumber(sp, 8);
      this.set(4, sp + 8n);
    } else this.pc = this.get(30);
  }

  // Hooks.

  /** Calls the handler whenever the guest comes to an address; one handler per address, the last one given. */
  hook(address: bigint, handler: Hook): void {
    const key = Number(address & 0xffffffffffffn);
    const known = this.#hooks.get(key);
    if (known !== undefined) {
      this.#handlers[known]!.handler = handler;
      return;
    }
    this.#hooks.set(key, this.#handlers.length);
    this.#handlers.push({ address, handler });
    if (this.#blocks.size > 0) this.#invalidate();
  }

  unhook(address: bigint): void {
    if (this.#hooks.delete(Number(address & 0xffffffffffffn))) this.#invalidate();
  }

  /**
   * Counts what a hook's handler does as so many instructions. A run may have as much of it as its budget has instructions: then it ends with
   * `budget`. Access to guest memory is counted anyway.
   */
  charge(instructions: number): void {
    if (this.#isRunning) this.#workLeft -= instructions;
  }

  #chargeAccess(length: number): void {
    this.charge(WORK_OF_ACCESS + length / BYTES_OF_WORK);
  }

  #answerHook(number: number): number {
    const { address, handler } = this.#handlers[number]!;
    this.pc = address;
    const answer = handler(this);
    this.#refresh();
    if (this.#workLeft < 0) return 1;
    return answer === 'leave' ? 1 : answer === 'run' ? 2 : 0;
  }

  // Runs.

  /** Runs from an address until something ends it. */
  run(address: bigint, options: RunOptions): Stop {
    this.pc = address;
    let left = options.budget;
    this.#workLeft = left;
    for (;;) {
      const slice = Math.min(left, SLICE);
      this.#state.setBigInt64(M.BUDGET, BigInt(slice), true);
      this.#isRunning = true;
      let why: number;
      try {
        why = this.#engine.run();
      } finally {
        this.#isRunning = false;
      }
      this.#refresh();
      const used = slice - Number(this.#state.getBigInt64(M.BUDGET, true));
      left -= used;
      this.instructions += used;
      if (why === M.LEFT_BUDGET && left > 0) {
        this.pc = this.#leftAt();
        continue;
      }
      return this.#stop(why);
    }
  }

  /** Calls a function on the current stack; afterwards the stack pointer is what it was. */
  call(address: bigint, args: readonly bigint[], options: RunOptions): Stop {
    const { sp } = this;
    args.forEach((value, n) => {
      this.set(this.architecture === 'x86_64' ? X86_ARGUMENTS[n]! : n, BigInt.asUintN(64, value));
    });
    if (this.architecture === 'x86_64') {
      const top = (sp & ~0xfn) - 8n;
      this.writeNumber(top, 8, RETURN_ADDRESS);
      this.sp = top;
    } else this.set(30, RETURN_ADDRESS);
    const stop = this.run(address, options);
    if (stop.reason === 'returned') this.sp = sp;
    return stop;
  }

  /** Where the guest was when the engine left its loop. */
  #leftAt(): bigint {
    const record = this.#state.getUint32(M.LEFT_AT, true);
    return record === 0 ? this.pc : addressOfCode(this.#emitter.pcOf(record));
  }

  #stop(why: number): Stop {
    const address = this.#leftAt();
    this.pc = address;
    switch (why) {
      case M.LEFT_BUDGET:
        return { reason: 'budget', address };
      case M.LEFT_HOOK:
        return { reason: this.#workLeft < 0 ? 'budget' : 'hook', address };
      case M.LEFT_DIVIDE:
        return { reason: 'divide-error', address };
      case M.LEFT_FAULT: {
        const target = this.#state.getBigUint64(M.FAULT_ADDRESS, true);
        const access = this.#state.getUint32(M.FAULT_IS_WRITE, true) ? 'write' : 'read';
        return { reason: 'unmapped', address, access, target, limit: this.#pages.reachedLimit };
      }
      default:
        return this.#stopOfCode(address);
    }
  }

  /** A stop that the decoder put there. */
  #stopOfCode(address: bigint): Stop {
    const record = this.#state.getUint32(M.LEFT_AT, true);
    switch (this.#state.getUint16(record + 2, true)) {
      case StopKind.trap:
        return { reason: 'trap', address, code: this.#state.getUint32(record + 8, true) };
      case StopKind.breakpoint:
        return { reason: 'breakpoint', address };
      case StopKind.halt:
        return { reason: 'halt', address };
      case StopKind.returned:
        return { reason: 'returned', address };
      case StopKind.fetch: {
        const low = this.#state.getUint32(record + 8, true);
        const high = this.#state.getUint32(record + 12, true);
        const given = (BigInt(high) << 32n) | BigInt(low);
        const target = given === 0n ? address : given;
        return { reason: 'unmapped', address: target, access: 'execute', target, limit: this.#pages.reachedLimit };
      }
      default:
        return { reason: 'unknown-instruction', address, bytes: this.#bytesOfCode(address) };
    }
  }

  #bytesOfCode(address: bigint): Uint8Array {
    const bytes: number[] = [];
    const pc = Number(address & 0xffffffffffffn);
    for (let i = 0; i < (this.architecture === 'arm64' ? 4 : 15); i++) {
      const byte = this.byteAt(pc + i);
      if (byte < 0) break;
      bytes.push(byte);
    }
    return Uint8Array.from(bytes);
  }

  // Snapshots.

  /** Keeps the state of now. Pages written from here on are copies, until the state is restored. */
  snapshot(): Snapshot {
    const state = new Uint8Array(this.#engine.memory.buffer).slice(STATE_START, STATE_END);
    return { pages: this.#pages.snapshot(), state };
  }

  /** Back to a snapshot, which can be restored again; snapshots that were taken after it are discarded. */
  restore(snapshot: Snapshot): void {
    if (this.#pages.restore(snapshot.pages)) this.#invalidate();
    new Uint8Array(this.#engine.memory.buffer).set(snapshot.state, STATE_START);
  }

  /** Registers and flags: what `Snapshot.state` of an emulator of the same version holds. */
  setState(state: Uint8Array): void {
    if (state.length !== STATE_END - STATE_START) {
      throw new EmulatorError('bad-region', `A state has ${STATE_END - STATE_START} bytes, not ${state.length}`, 0n);
    }
    new Uint8Array(this.#engine.memory.buffer).set(state, STATE_START);
  }

  /** Forgets the last snapshot; what was written since then stays. Throws `stale-snapshot` for another one. */
  discard(snapshot: Snapshot): void {
    this.#pages.discard(snapshot.pages);
  }

  // Code.

  /** The byte of code at an address (48 bits of it), whose page is watched from then on; -1 if there is none. */
  byteAt(pc: number): number {
    const page = Math.floor(pc / PAGE_SIZE);
    if (page !== this.#codePage) {
      const full = pageOf(addressOfCode(pc));
      if (!this.#pages.markCode(full)) return -1;
      this.#refresh();
      this.#codePage = page;
      this.#codePlace = this.#engine.pagePlace(full);
    }
    return this.#pages.bytes()[this.#codePlace + (pc % PAGE_SIZE)]!;
  }

  #lookup(): number {
    const low = this.#state.getUint32(M.PC, true);
    const high = this.#state.getInt32(M.PC + 4, true);
    const pc = (high & 0xffff) * 0x100000000 + low;
    const out = this.#emitter;
    if (out.full()) {
      this.#invalidate();
      out.reset();
    }
    if (high !== (high << 16) >> 16) {
      // No canonical address: nothing can be there.
      out.pc = 0;
      const record = out.at;
      out.emit(STOP, StopKind.fetch, 0, 0, low, high);
      return record;
    }
    const known = this.#blocks.get(pc);
    if (known !== undefined) return known;
    const record = out.at;
    out.pc = pc;
    out.beginBlock();
    this.#codePage = -1;
    if (pc === Number(RETURN_ADDRESS & 0xffffffffffffn)) out.emit(STOP, StopKind.returned, 0, 0);
    else {
      const hook = this.#hooks.get(pc);
      if (hook !== undefined) out.emit(HOOK, 0, 0, 0, hook, 0);
      const isHooked = (address: number) => this.#hooks.has(address);
      const decode = this.architecture === 'x86_64' ? decodeX86Block : decodeArm64Block;
      decode(out, this, pc, isHooked);
    }
    this.#blocks.set(pc, record);
    return record;
  }

  /** Forgets what was decoded. Records stay where they are for the block that runs; no branch leads to them any more. */
  #invalidate(): void {
    // Between runs nobody needs the records any more: their place is used again.
    if (!this.#isRunning) this.#emitter.reset();
    const { words, start, at } = this.#emitter;
    for (let word = start >> 2; word < at >> 2; word += 4) {
      const op = words[word]! & 0xffff;
      // Indirect jumps have no link: the cache of jumps is theirs.
      if (op >= JMP && op <= JBNZ && op !== JMPR && op !== CALLR && op !== RET) words[word + 1] = 0;
    }
    this.#blocks.clear();
    this.#codePage = -1;
    this.#engine.flushJumps();
    this.#state.setUint32(M.GENERATION, this.#state.getUint32(M.GENERATION, true) + 1, true);
  }

  #invalidateIfCode(address: bigint, length: number): void {
    for (let page = pageOf(address); page <= pageOf(address + BigInt(Math.max(0, length - 1))); page++) {
      if (this.#engine.pageFlags(page) & M.PAGE_CODE) {
        this.#pages.unmarkCode(page);
        this.#invalidate();
      }
    }
  }
}

/** The address of code from its 48 bits. */
function addressOfCode(pc: number): bigint {
  return BigInt.asUintN(64, BigInt.asIntN(48, BigInt(pc)));
}
