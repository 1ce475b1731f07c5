// The memory of wasm in which types of one kernel are compared with those of another: room for two kernels, what is known of
// the types while they are compared, and where strings moved. A thread has one, which grows to its largest kernel. What was
// compared last stays there, so that the next kernel of a series finds it.

import { SAME_TYPES } from './same-types.generated.ts';
import type { StringMoves } from './string-runs.ts';
import type { TypeHashes } from './type-hashes.ts';

/** What is used of WebAssembly here: Node's types leave it to those of browsers. */
declare const WebAssembly: {
  readonly Memory: new (size: { initial: number; maximum: number }) => WasmMemory;
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: { env: { memory: WasmMemory } }) => { readonly exports: object };
};
interface WasmMemory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

/** Records of a BTF. */
export interface Records {
  readonly words: Uint32Array;
  readonly starts: Uint32Array;
}

/** What assembly/same-types/ exports; places are byte addresses. */
export interface TypePasses {
  setNow(words: number, starts: number, count: number, lo: number, hi: number, sizes: number): void;
  setEarlier(
    words: number,
    starts: number,
    count: number,
    lo: number,
    hi: number,
    sizes: number,
    discriminators: number,
  ): void;
  setMoves(blocks: number, from: number, end: number, shift: number, runs: number): void;
  setWork(pairs: number, refs: number, flags: number, names: number, shared: number, stack: number, ints: number): void;
  lineUp(pointerBytes: number): number;
  gone(out: number): number;
  newNames(out: number): number;
  namedLike(some: number, out: number): number;
  remember(): void;
  forget(): void;
  setChanged(id: number): void;
  refIsSame(id: number): number;
  contentIsSame(id: number): number;
  sameRun(id: number): number;
  sketch(sums: number, minima: number): void;
  readonly tooDeep: { readonly value: number };
  readonly sharedCount: { readonly value: number };
  readonly intCount: { readonly value: number };
}

/** Where the parts of a kernel lie. Hashes are by number; discriminators and sizes by id, so that void's come first. */
export interface KernelPlace {
  readonly count: number;
  readonly words: number;
  readonly starts: number;
  readonly lo: number;
  readonly hi: number;
  readonly discriminators: number;
  readonly sizes: number;
}

/** Where the parts of a comparison lie. By id but for `some`, which is by 16 bits of a name, and the sketch. */
export interface WorkPlace {
  readonly pairs: number;
  readonly shared: number;
  readonly some: number;
  readonly list: number;
  readonly sketch: number;
}

const PAGE = 65536;
const SLOTS = 2;
export const SOME_BYTES = 65536;
const SKETCH_ROOM = 512;

/** The memory of this thread; made when it is asked for first. undefined where there is no wasm. */
let ours: TypeMemory | null | undefined;

export function typeMemory(): TypeMemory | undefined {
  if (ours === undefined) {
    try {
      ours = new TypeMemory();
    } catch {
      ours = null; // no WebAssembly, or no address space
    }
  }
  return ours ?? undefined;
}

class TypeMemory {
  readonly passes: TypePasses;
  private readonly memory = new WebAssembly.Memory({ initial: 1, maximum: 65536 });
  /** Room for everything that is no kernel, and for a kernel. */
  private workRoom = 0;
  private kernelRoom = 0;
  /** By the words of a kernel that lies in a slot as a whole. */
  private places = new WeakMap<Uint32Array, KernelPlace & { readonly slot: number }>();
  /** What lies in each slot. */
  private owners: (WeakRef<Uint32Array> | undefined)[] = [];
  private lastSlot = 0;

  constructor() {
    const module = new WebAssembly.Module(Uint8Array.from(atob(SAME_TYPES), (byte) => byte.charCodeAt(0)));
    const { exports } = new WebAssembly.Instance(module, { env: { memory: this.memory } });
    this.passes = exports as TypePasses;
  }

  /**
   * Makes place for a kernel beside an earlier one, and says the passes where everything lies. Of the kernel, hashes,
   * discriminators and sizes are what they happen to be. False where there is no room.
   */
  take(earlier: Records & { readonly types: TypeHashes }, now: Records, moves: StringMoves): boolean {
    const most = Math.max(earlier.starts.length, now.starts.length);
    const work = workLayout(most, moves);
    if (!this.reserve(work.size, Math.max(kernelSize(earlier), kernelSize(now)))) return false;
    const { passes } = this;
    const was = this.placeOf(earlier) ?? this.copyIn(earlier);
    this.lastSlot = was.slot;
    const place = this.place(now, (was.slot + 1) % SLOTS);
    this.kernel = place;
    this.work = work;
    const { blocks, from, end, shift, pairs, refs, flags, names, shared, stack, list } = work;
    this.int32(blocks, moves.blocks.length).set(moves.blocks);
    const { runs } = moves;
    this.int32(from, runs.from.length).set(runs.from);
    this.int32(end, runs.from.length).set(runs.end);
    this.int32(shift, runs.from.length).set(runs.shift);
    passes.setMoves(blocks, from, end, shift, runs.from.length);
    passes.setWork(pairs, refs, flags, names, shared, stack, list);
    passes.setNow(place.words, place.starts, place.count, place.lo, place.hi, place.sizes);
    passes.setEarlier(was.words, was.starts, was.count, was.lo, was.hi, was.sizes + 8, was.discriminators + 4);
    return true;
  }

  /** Where the kernel lies that place was made for last, and what is found out about it. */
  kernel!: KernelPlace;
  work!: WorkPlace;

  /** The kernel that place was made for last has its hashes, discriminators and sizes now: another may be compared with it. */
  keep({ words }: Records): void {
    const slot = (this.lastSlot + 1) % SLOTS;
    this.places.set(words, { ...this.kernel, slot });
    this.owners[slot] = new WeakRef(words);
  }

  /** What was said of a kernel's words holds for a copy of them now. */
  moved(from: Records, to: Records): void {
    const place = this.placeOf(from);
    if (place === undefined) return;
    this.places.set(to.words, place);
    this.owners[place.slot] = new WeakRef(to.words);
  }

  int32(at: number, length: number): Int32Array {
    return new Int32Array(this.memory.buffer, at, length);
  }

  uint8(at: number, length: number): Uint8Array {
    return new Uint8Array(this.memory.buffer, at, length);
  }

  float64(at: number, length: number): Float64Array {
    return new Float64Array(this.memory.buffer, at, length);
  }

  private placeOf({ words }: Records): (KernelPlace & { readonly slot: number }) | undefined {
    const place = this.places.get(words);
    return place !== undefined && this.owners[place.slot]?.deref() === words ? place : undefined;
  }

  private copyIn(kernel: Records & { readonly types: TypeHashes }): KernelPlace & { readonly slot: number } {
    const slot = (this.lastSlot + 1) % SLOTS;
    const place = this.place(kernel, slot);
    const { lo, hi, discriminators, sizes } = kernel.types;
    this.int32(place.lo, lo.length).set(lo);
    this.int32(place.hi, hi.length).set(hi);
    this.int32(place.discriminators + 4, lo.length).set(discriminators);
    this.float64(place.sizes + 8, lo.length).set(sizes);
    const whole = { ...place, slot };
    this.places.set(kernel.words, whole);
    this.owners[slot] = new WeakRef(kernel.words);
    return whole;
  }

  /** Copies records into a slot. */
  private place({ words, starts }: Records, slot: number): KernelPlace {
    this.owners[slot] = undefined;
    const count = starts.length - 1;
    const sizes = this.workRoom + slot * this.kernelRoom;
    const lo = sizes + (count + 1) * 8;
    const hi = lo + count * 4;
    const discriminators = hi + count * 4;
    const begins = discriminators + (count + 1) * 4;
    const at = begins + starts.length * 4;
    new Uint32Array(this.memory.buffer, begins, starts.length).set(starts);
    new Uint32Array(this.memory.buffer, at, words.length).set(words);
    return { count, words: at, starts: begins, lo, hi, discriminators, sizes };
  }

  private reserve(work: number, kernel: number): boolean {
    if (work <= this.workRoom && kernel <= this.kernelRoom) return true;
    this.owners = [];
    this.workRoom = Math.max(this.workRoom, roomFor(work));
    this.kernelRoom = Math.max(this.kernelRoom, roomFor(kernel));
    const size = this.workRoom + SLOTS * this.kernelRoom;
    const more = Math.ceil((size - this.memory.buffer.byteLength) / PAGE);
    try {
      if (more > 0) this.memory.grow(more);
      return true;
    } catch {
      this.workRoom = this.kernelRoom = 0;
      return false;
    }
  }
}

/** What a kernel's parts take. */
function kernelSize({ words, starts }: Records): number {
  return starts.length * 24 + words.length * 4 + 16;
}

/** Somewhat more, so that not each kernel that is a bit larger moves everything. */
function roomFor(size: number): number {
  return Math.ceil((size * 1.1) / PAGE) * PAGE;
}

/** Places for everything that is by id, for `most` ids, and for moves. */
function workLayout(most: number, { blocks, runs }: StringMoves) {
  let at = 8;
  const next = (size: number) => {
    const place = at;
    at += (size + 7) & ~7;
    return place;
  };
  const ids = most * 4;
  const runsSize = runs.from.length * 4;
  return {
    pairs: next(ids),
    refs: next(ids),
    flags: next(most),
    names: next(most * 2),
    shared: next(ids),
    stack: next(ids),
    list: next(ids),
    some: next(SOME_BYTES),
    sketch: next(SKETCH_ROOM),
    blocks: next(blocks.byteLength),
    from: next(runsSize),
    end: next(runsSize),
    shift: next(runsSize),
    size: at,
  };
}
