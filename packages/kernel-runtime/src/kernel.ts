// openKernel: a kernel's image in, its bpf() system call out.
//
//  1. memory: the image at its link addresses, a heap, one CPU               machine.ts
//  2. functions that are answered instead of run                             answers/
//  3. what boot registers                                                    boot/registrations.ts
//  4. a snapshot, from which each caller starts                              snapshot(), restore()
//  5. calls: the caller's memory is mapped, the system call is run           bpf()
import { BtfKind, type Btf, decodeType, findByName, findMember, resolveSize } from '@btfq/btf-format';
import { type Architecture, type Emulator, EmulatorError, type Snapshot } from '@btfq/emulator';
import { type KernelImage, openKernelImage, type SymbolTable } from '@btfq/kernel-tables';
import { type InstalledAnswers, installAnswers } from './answers/install.ts';
import { imageMachine } from './boot/image-machine.ts';
import { findBanner, findBtf, findInitTask } from './boot/find-data.ts';
import { type Registration, runRegistrations } from './boot/registrations.ts';
import { KernelRuntimeError } from './errors.ts';
import { Files } from './files.ts';
import type { HeapState } from './heap.ts';
import { mapArena } from './arena.ts';
import type { Machine } from './machine.ts';
import type { SavedKernel } from './saved/format.ts';
import { saveKernel } from './saved/save-kernel.ts';
import type { ProgramFields, Session } from './session.ts';
import { type BpfCall, callWithMemory } from './user-memory.ts';

/** What bounds a kernel. */
export interface OpenKernelOptions {
  /** Bytes that the kernel's memory may take; 1 GB if not given. */
  readonly memoryLimit?: number;
  /** Instructions that one call may take. */
  readonly budget?: number;
}

/** A state of the kernel to come back to. */
export interface KernelSnapshot {
  readonly machine: Snapshot;
  readonly heap: HeapState;
  readonly files: ReadonlyMap<number, bigint>;
  readonly time: bigint;
}

/** What a kernel is made of: from an image, or from one that was prepared before. */
export interface KernelParts {
  readonly session: Session;
  readonly entry: bigint;
  readonly btf: () => Btf;
  readonly banner: string;
  readonly registrations: readonly Registration[];
  /** What saving needs; a kernel that was opened from a save has none. */
  readonly origin?: KernelOrigin;
}

/** Where a kernel comes from. */
export interface KernelOrigin {
  readonly image: KernelImage;
  readonly answers: InstalledAnswers;
}

/** A kernel that was never booted, and answers bpf(). */
export class Kernel {
  /** `Linux version ...`, as the image has it; empty where it has none. */
  readonly banner: string;
  /** What became of what boot registers. */
  readonly registrations: readonly Registration[];
  readonly #parts: KernelParts;
  readonly #session: Session;
  #btf: Btf | undefined;

  constructor(parts: KernelParts) {
    this.#parts = parts;
    this.#session = parts.session;
    this.banner = parts.banner;
    this.registrations = parts.registrations;
  }

  get arch(): Architecture {
    return this.#session.machine.arch;
  }

  get symbols(): SymbolTable {
    return this.#session.machine.symbols;
  }

  /** The machine that it runs on. Whoever writes to its memory asks another kernel from then on, until a `restore`. */
  get emulator(): Emulator {
    return this.#session.machine.emulator;
  }

  /** The kernel's own BTF. */
  get btf(): Btf {
    this.#btf ??= this.#parts.btf();
    return this.#btf;
  }

  /** The kernel of now as bytes, without its BTF: see saved/save-kernel.ts. Its state must be that after opening. */
  save(): SavedKernel {
    return saveKernel(this, this.#parts);
  }

  /**
   * The system call: its result, a descriptor or 0, or a negative error number. What the kernel writes is in the call's memory
   * afterwards. Throws `KernelRuntimeError` `stopped` where the kernel's code did not come to an answer.
   */
  bpf(call: BpfCall): number {
    return stoppedUnless(() => callWithMemory(this.#session.machine, this.#parts.entry, call));
  }

  /** Maps a map into its user's memory, as mmap does: an arena is given where it lies. Nothing else depends on it. */
  mmap(fd: number, length: number): void {
    stoppedUnless(() => mapArena(this.#session, this.btf, fd, length));
  }

  /** Closes a descriptor. */
  close(fd: number): void {
    this.#session.files.close(fd);
  }

  /** Makes another number stand for a descriptor's file, as dup2 does. */
  duplicate(fd: number, to: number): void {
    this.#session.files.duplicate(fd, to);
  }

  /** Instructions that have been run since the kernel was opened. */
  get instructions(): number {
    return this.#session.machine.emulator.instructions;
  }

  /** Bytes that the kernel's memory takes. */
  get memoryUsed(): number {
    return this.#session.machine.emulator.memoryUsed;
  }

  /** Keeps the state of now. */
  snapshot(): KernelSnapshot {
    const { machine, files, time } = this.#session;
    return { machine: machine.emulator.snapshot(), heap: machine.heap.save(), files: files.save(), time };
  }

  /** Back to a snapshot. It can be restored again; later ones are lost. */
  restore(snapshot: KernelSnapshot): void {
    const { machine, files } = this.#session;
    machine.emulator.restore(snapshot.machine);
    machine.heap.restore(snapshot.heap);
    files.restore(snapshot.files);
    this.#session.time = snapshot.time;
  }
}

/** A kernel whose own data leads the host to memory that is not there has come to no answer. */
function stoppedUnless<T>(action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof EmulatorError)) throw error;
    throw new KernelRuntimeError('stopped', `${error.message} (${error.code})`);
  }
}

/**
 * Opens an unpacked image (`vmlinux` or a flat `Image`) and does what boot would do for bpf(): a second or less.
 *
 * @example
 * const kernel = openKernel(bytes);
 * const start = kernel.snapshot();
 * const fd = kernel.bpf({ command: 0, attributes: { address: 0x100000, bytes: attr }, memory: [] });
 * kernel.restore(start);
 */
export function openKernel(bytes: Uint8Array, options: OpenKernelOptions = {}): Kernel {
  return kernelOfImage(openKernelImage(bytes), options);
}

/** Likewise, of an image that is opened already. */
export function kernelOfImage(image: KernelImage, options: OpenKernelOptions = {}): Kernel {
  const btf = findBtf(image);
  if (btf === undefined) throw new KernelRuntimeError('no-btf', 'The image has no BTF');
  const machine = imageMachine(image, options.memoryLimit ?? MEMORY_LIMIT, findInitTask(image, btf));
  if (options.budget !== undefined) machine.budget = options.budget;
  const session = sessionOf(machine, btf);
  const entry = machine.need(machine.arch === 'arm64' ? '__arm64_sys_bpf' : '__x64_sys_bpf');
  const answers = installAnswers(session);
  const registrations = runRegistrations(machine, image.memory, (address) => answers.answered.has(address));
  const banner = findBanner(image);
  return new Kernel({ session, entry, btf: () => btf, banner, registrations, origin: { image, answers } });
}

/** Bytes of memory, if nothing else is said. */
export const MEMORY_LIMIT = 2 ** 30;

function sessionOf(machine: Machine, btf: Btf): Session {
  const place = (struct: string, member: string) => {
    const id = findByName(btf, struct, BtfKind.Struct);
    const found = id === undefined ? undefined : findMember(btf, id, member);
    if (found === undefined) throw new KernelRuntimeError('no-btf', `The kernel's BTF has no ${struct}.${member}`);
    return found.bitOffset;
  };
  const file = findByName(btf, 'file', BtfKind.Struct);
  const files = new Files(machine, {
    fOp: place('file', 'f_op') / 8,
    privateData: place('file', 'private_data') / 8,
    fMode: place('file', 'f_mode') / 8,
    size: (file === undefined ? undefined : resolveSize(btf, file)) ?? 1024,
  });
  const jited = place('bpf_prog', 'jited');
  const fields: ProgramFields = {
    jitedByte: Math.floor(jited / 8),
    jitedBit: jited % 8,
    bpfFunc: place('bpf_prog', 'bpf_func') / 8,
  };
  return { machine, files, fields, programArgument: programArgument(btf), time: 0n };
}

/** Which argument of bpf_int_jit_compile is the program: the second one since the verifier's environment comes first. */
function programArgument(btf: Btf): number {
  const id = findByName(btf, 'bpf_int_jit_compile', BtfKind.Func);
  const func = id === undefined ? undefined : decodeType(btf, id);
  if (func?.kind !== BtfKind.Func) return 0;
  const proto = decodeType(btf, func.type);
  return proto.kind === BtfKind.FuncProto && proto.params.length > 1 ? 1 : 0;
}
