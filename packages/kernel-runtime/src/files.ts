// File descriptors of the process that calls the kernel: numbers for struct file in the heap, as far as bpf() looks at them.
import type { Machine } from './machine.ts';

/** Places in struct file. */
export interface FileFields {
  readonly fOp: number;
  readonly privateData: number;
  readonly fMode: number;
  readonly size: number;
}

/** FMODE_READ | FMODE_WRITE | FMODE_LSEEK | FMODE_PREAD | FMODE_PWRITE | FMODE_CAN_READ | FMODE_CAN_WRITE */
const MODE = 0x6001fn;
/** The first number: 0 to 2 are taken in every process. */
const FIRST = 3;
const EMFILE = -24;
const MOST = 65536;

export class Files {
  readonly #machine: Machine;
  /** Places in the kernel's struct file. */
  readonly fields: FileFields;
  #files = new Map<number, bigint>();

  constructor(machine: Machine, fields: FileFields) {
    this.#machine = machine;
    this.fields = fields;
  }

  /** A new descriptor, or a negative error number. */
  open(operations: bigint, privateData: bigint): number {
    const { heap, emulator } = this.#machine;
    let fd = FIRST;
    while (this.#files.has(fd)) fd++;
    emulator.charge(fd);
    if (fd >= MOST) return EMFILE;
    const file = heap.allocate(BigInt(this.fields.size));
    emulator.writeNumber(file + BigInt(this.fields.fOp), 8, operations);
    emulator.writeNumber(file + BigInt(this.fields.privateData), 8, privateData);
    emulator.writeNumber(file + BigInt(this.fields.fMode), 4, MODE);
    this.#files.set(fd, file);
    return fd;
  }

  /** The struct file of a descriptor; 0 where there is none. The first three are open, and nothing of bpf. */
  fileOf(fd: number): bigint {
    const file = this.#files.get(fd);
    if (file === undefined && fd < FIRST) return this.#machine.heap.allocate(BigInt(this.fields.size));
    return file ?? 0n;
  }

  /** dup2: `to` is the same file as `fd`. */
  duplicate(fd: number, to: number): void {
    const file = this.#files.get(fd);
    if (file !== undefined) this.#files.set(to, file);
  }

  close(fd: number): void {
    this.#files.delete(fd);
  }

  save(): ReadonlyMap<number, bigint> {
    return new Map(this.#files);
  }

  restore(state: ReadonlyMap<number, bigint>): void {
    this.#files = new Map(state);
  }
}
