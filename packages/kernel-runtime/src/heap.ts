// The kernel's heap, which its allocators' functions are answered from: zeroed pieces, freed ones used again by size. (Debian's kernels
// have INIT_ON_ALLOC, so zeros are what they see as well.) The host keeps all of it, so that nothing the guest writes can mislead it.
import { type Emulator, EmulatorError, type RegionContent } from '@btfq/emulator';

const PAGE = 4096;
/** Pieces at once: a hundred times what the largest programs have, and what the host can keep. */
const MOST_PIECES = 2 ** 21;
/** Bytes that are moved at a time. */
const MOVED = 2 ** 20;
/** What kmalloc(0) gives (ZERO_SIZE_PTR). */
const ZERO_SIZE = 16n;

export interface Piece {
  /** What was asked for. */
  readonly size: number;
  readonly room: number;
}

/** What a snapshot keeps of the heap. */
export interface HeapState {
  readonly next: bigint;
  readonly pieces: ReadonlyMap<bigint, Piece>;
}

/** What a piece of a size takes. */
export function roomFor(size: number): number {
  return Math.max(16, 2 ** Math.ceil(Math.log2(size)));
}

export class Heap {
  readonly #emulator: Emulator;
  readonly #end: bigint;
  #next: bigint;
  #base: ReadonlyMap<bigint, Piece> = new Map();
  #pieces = new Map<bigint, Piece>();
  /** Freed pieces by their room. */
  #free = new Map<number, bigint[]>();

  /** `saved`: what the first bytes hold, whole pages of them; all else is zero. */
  constructor(
    emulator: Emulator,
    start: bigint,
    size: number,
    saved?: { readonly size: number; readonly content: RegionContent },
  ) {
    this.#emulator = emulator;
    this.#next = start + BigInt(PAGE);
    this.#end = start + BigInt(size);
    const first = saved?.size ?? 0;
    if (saved !== undefined && first > 0) emulator.map(start, first, { content: saved.content });
    emulator.map(start + BigInt(first), size - first);
  }

  /** A zeroed piece; 0 where the heap is at its end. Throws `EmulatorError` `memory-limit` where there are too many. */
  allocate(size: bigint): bigint {
    if (size === 0n) return ZERO_SIZE;
    if (size > this.#end) return 0n;
    const wanted = Number(size);
    // Powers of two, as kmalloc has them: an array that grows moves seldom, and what it leaves is used again. Pages that are never
    // touched cost nothing but addresses.
    const room = roomFor(wanted);
    const freed = this.#free.get(room)?.pop();
    if (freed !== undefined) {
      this.#emulator.zero(freed, wanted);
      this.#pieces.set(freed, { size: wanted, room });
      return freed;
    }
    if (this.#pieces.size >= MOST_PIECES) {
      throw new EmulatorError('memory-limit', `${MOST_PIECES} pieces of memory are allocated`, this.#next);
    }
    const align = BigInt(Math.min(room, PAGE));
    const at = (this.#next + align - 1n) & ~(align - 1n);
    if (at + BigInt(room) > this.#end) return 0n;
    this.#next = at + BigInt(room);
    this.#pieces.set(at, { size: wanted, room });
    return at;
  }

  #piece(address: bigint): Piece | undefined {
    return this.#pieces.get(address) ?? this.#base.get(address);
  }

  free(address: bigint): void {
    // What the snapshot has stays taken: it comes back with it.
    const piece = this.#pieces.get(address);
    if (piece === undefined) return;
    this.#pieces.delete(address);
    const list = this.#free.get(piece.room);
    if (list === undefined) this.#free.set(piece.room, [address]);
    else list.push(address);
  }

  /** Bytes that were asked for; 0 for what is no piece. */
  sizeOf(address: bigint): number {
    return this.#piece(address)?.size ?? 0;
  }

  /** krealloc: a piece with the old one's content, which is freed. */
  reallocate(address: bigint, size: bigint): bigint {
    const old = this.#piece(address);
    if (size === 0n) {
      this.free(address);
      return ZERO_SIZE;
    }
    if (old !== undefined && this.#pieces.has(address) && size <= BigInt(old.room)) {
      const wanted = Number(size);
      if (wanted > old.size) this.#emulator.zero(address + BigInt(old.size), wanted - old.size);
      this.#pieces.set(address, { size: wanted, room: old.room });
      return address;
    }
    const fresh = this.allocate(size);
    if (old !== undefined && fresh !== 0n) {
      const kept = Math.min(old.size, Number(size));
      for (let at = 0; at < kept; at += MOVED) {
        const bytes = this.#emulator.read(address + BigInt(at), Math.min(MOVED, kept - at));
        this.#emulator.write(fresh + BigInt(at), bytes);
      }
      this.free(address);
    }
    return fresh;
  }

  /** Pieces that were freed before stay unused: a state is small so. */
  save(): HeapState {
    this.#base = new Map([...this.#base, ...this.#pieces]);
    this.#pieces = new Map();
    this.#free = new Map();
    return { next: this.#next, pieces: this.#base };
  }

  restore(state: HeapState): void {
    this.#next = state.next;
    this.#base = state.pieces;
    this.#pieces = new Map();
    this.#free = new Map();
  }
}
