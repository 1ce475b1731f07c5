// The caller's memory of one system call: places for what its attributes point to.

import type { BpfCall, BpfSystem, UserRegion } from './system.ts';

/** Where the first region lies: any place does that no kernel refuses as too low. */
const FIRST_ADDRESS = 0x10_0000;
const PAGE = 4096;

/** enum bpf_cmd, as far as the loader uses it. */
export const BpfCommand = {
  MapCreate: 0,
  MapUpdateElem: 2,
  ProgLoad: 5,
  ObjPin: 6,
  ObjGet: 7,
  ObjGetInfoByFd: 15,
  BtfLoad: 18,
  BtfGetFdById: 19,
  MapFreeze: 22,
  BtfGetNextId: 23,
  LinkCreate: 28,
  ProgBindMap: 35,
} as const;
export type BpfCommand = (typeof BpfCommand)[keyof typeof BpfCommand];

/** Attributes that are filled in field by field. Offsets are those of `union bpf_attr`. */
export class Attributes {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly #memory: UserRegion[] = [];
  #next: number;

  /** `size`: as much of the union as libbpf 1.8 passes for the command. */
  constructor(size: number) {
    this.bytes = new Uint8Array(size);
    this.view = new DataView(this.bytes.buffer);
    this.#next = FIRST_ADDRESS + PAGE;
  }

  u32(offset: number, value: number): this {
    this.view.setUint32(offset, value, true);
    return this;
  }

  u64(offset: number, value: bigint): this {
    this.view.setBigUint64(offset, value, true);
    return this;
  }

  /** Points a field at bytes; undefined is a null pointer. The same bytes may be pointed at twice. */
  pointer(offset: number, bytes: Uint8Array | undefined): this {
    let address = 0;
    if (bytes !== undefined) {
      address = this.#memory.find((region) => region.bytes === bytes)?.address ?? this.#place(bytes);
    }
    this.view.setBigUint64(offset, BigInt(address), true);
    return this;
  }

  /** A name of at most 15 characters, cut where it is longer. */
  name(offset: number, text: string): this {
    this.bytes.set(new TextEncoder().encode(text).subarray(0, 15), offset);
    return this;
  }

  /** Places bytes without a field that points to them, for pointers inside of other bytes. */
  place(bytes: Uint8Array): number {
    return this.#place(bytes);
  }

  get(offset: number): number {
    return this.view.getUint32(offset, true);
  }

  /** Makes the call. */
  call(system: BpfSystem, command: BpfCommand): number {
    const call: BpfCall = {
      command,
      attributes: { address: FIRST_ADDRESS, bytes: this.bytes },
      memory: this.#memory,
    };
    return system.bpf(call);
  }

  /** Regions begin on pages of their own, so that reading beyond one meets nothing. */
  #place(bytes: Uint8Array): number {
    const address = this.#next;
    this.#memory.push({ address, bytes });
    this.#next += Math.ceil((bytes.length + 1) / PAGE) * PAGE + PAGE;
    return address;
  }
}

/** A C string: the text and a NUL. */
export function cString(text: string): Uint8Array {
  return new TextEncoder().encode(`${text}\0`);
}
