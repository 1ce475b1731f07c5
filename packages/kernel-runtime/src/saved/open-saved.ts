// openSavedKernel: a kernel that was saved, ready at once. Its pages come when they are touched.
import { parseBtf } from '@btfq/btf-format';
import { Emulator } from '@btfq/emulator';
import { installHooks } from '../answers/install.ts';
import type { Registration } from '../boot/registrations.ts';
import { HEAP_SIZE } from '../boot/image-machine.ts';
import { KernelRuntimeError } from '../errors.ts';
import { Files } from '../files.ts';
import { Heap, type Piece, roomFor } from '../heap.ts';
import { Kernel, MEMORY_LIMIT, type OpenKernelOptions } from '../kernel.ts';
import { Machine } from '../machine.ts';
import type { Session } from '../session.ts';
import { CHUNK_PAGES, FORMAT, PAGE, type PageRun, type SavedHead, type SavedKernelSource } from './format.ts';
import { decodeSymbols } from './symbol-columns.ts';

/**
 * Opens a saved kernel: tens of milliseconds. Throws `bad-save` where it is damaged or of another version.
 *
 * @example
 * const kernel = openSavedKernel({ head, chunk: (n) => unpack(n), symbols: () => unpackSymbols(), btf: () => btf });
 */
export function openSavedKernel(source: SavedKernelSource, options: OpenKernelOptions = {}): Kernel {
  const head = readHead(source.head);
  try {
    return openFrom(head, source, options);
  } catch (error) {
    if (error instanceof KernelRuntimeError) throw error;
    throw new KernelRuntimeError('bad-save', `The saved kernel is damaged: ${(error as Error).message}`);
  }
}

function readHead(bytes: Uint8Array): SavedHead {
  let head: Partial<SavedHead>;
  try {
    head = JSON.parse(new TextDecoder().decode(bytes)) as Partial<SavedHead>;
  } catch {
    throw new KernelRuntimeError('bad-save', 'The head of the saved kernel is damaged');
  }
  if (head.format !== FORMAT) {
    throw new KernelRuntimeError(
      'bad-save',
      `The kernel was saved in format ${head.format}, not ${FORMAT}: save it again`,
    );
  }
  return head as SavedHead;
}

const numberOf = (hex: string): bigint => BigInt(`0x${hex}`);

function openFrom(head: SavedHead, source: SavedKernelSource, options: OpenKernelOptions): Kernel {
  const { arch } = head;
  const emulator = new Emulator({ architecture: arch, memoryLimit: options.memoryLimit ?? MEMORY_LIMIT });
  const pages = new SavedPages(head, source);
  const heapStart = numberOf(head.heap.start);
  const heapPage = Number(heapStart >> 12n);
  for (const [first, count, zero] of head.regions) {
    const number = Number.parseInt(first, 16);
    if (number === heapPage) continue;
    emulator.map(BigInt(number) << 12n, count * PAGE, { content: pages.contentFrom(number, zero) });
  }
  const next = numberOf(head.heap.next);
  const heap = new Heap(emulator, heapStart, HEAP_SIZE, {
    size: Math.ceil(Number(next - heapStart) / PAGE) * PAGE,
    content: pages.contentFrom(heapPage, true),
  });
  heap.restore({ next, pieces: piecesOf(head, heapStart) });
  const machine = new Machine({
    arch,
    emulator,
    heap,
    perCpuOffset: numberOf(head.perCpuOffset),
    symbols: () => decodeSymbols(source.symbols()),
  });
  if (options.budget !== undefined) machine.budget = options.budget;
  emulator.setState(Uint8Array.from(atob(head.state), (char) => char.charCodeAt(0)));
  const session: Session = {
    machine,
    files: new Files(machine, head.fileFields),
    fields: head.programFields,
    programArgument: head.programArgument,
    time: numberOf(head.time),
  };
  installHooks(
    session,
    head.hooks.map(([address, name]) => [numberOf(address), name]),
  );
  return new Kernel({
    session,
    entry: numberOf(head.entry),
    btf: () => parseBtf(source.btf()),
    banner: head.banner,
    registrations: head.registrations as readonly Registration[],
  });
}

function piecesOf({ heap }: SavedHead, start: bigint): Map<bigint, Piece> {
  const pieces = new Map<bigint, Piece>();
  for (let i = 0; i + 1 < heap.pieces.length; i += 2) {
    const size = heap.pieces[i + 1]!;
    pieces.set(start + BigInt(heap.pieces[i]!), { size, room: roomFor(size) });
  }
  return pieces;
}

/** Finds pages in chunks. */
class SavedPages {
  readonly #source: SavedKernelSource;
  /** Place of a page in the order of the chunks; -1 for one that is zero. */
  readonly #places = new Map<number, number>();
  readonly #chunks = new Map<number, Uint8Array>();
  readonly #count: number;
  readonly #btfAt: number;
  readonly #btfPages: readonly [number, number];
  #btf: Uint8Array | undefined;

  constructor(head: SavedHead, source: SavedKernelSource) {
    this.#source = source;
    let place = 0;
    forEachPage(head.pages, (page) => this.#places.set(page, place++));
    this.#count = place;
    forEachPage(head.zeros, (page) => this.#places.set(page, -1));
    const address = numberOf(head.btf.address);
    const end = address + BigInt(head.btf.length);
    this.#btfAt = Number(address & 0xfffn);
    this.#btfPages = [Number(address >> 12n), Number(end >> 12n)];
  }

  /** What a region that begins at page `first` holds. */
  contentFrom(first: number, isZero: boolean): (offset: number, page: Uint8Array) => boolean {
    return (offset, target) => {
      const page = first + offset / PAGE;
      const place = this.#places.get(page);
      if (place === undefined) return this.#copyBtf(page, target) || isZero;
      if (place >= 0) {
        const chunk = this.#chunk(Math.floor(place / CHUNK_PAGES));
        const at = (place % CHUNK_PAGES) * PAGE;
        target.set(chunk.subarray(at, at + PAGE));
      }
      return true;
    };
  }

  #chunk(index: number): Uint8Array {
    let chunk = this.#chunks.get(index);
    if (chunk === undefined) {
      chunk = this.#source.chunk(index);
      const size = Math.min(CHUNK_PAGES, this.#count - index * CHUNK_PAGES) * PAGE;
      if (chunk.length !== size) {
        throw new KernelRuntimeError(
          'bad-save',
          `Part ${index} of the saved kernel has ${chunk.length} bytes, not ${size}`,
        );
      }
      this.#chunks.set(index, chunk);
    }
    return chunk;
  }

  /** Pages that the BTF fills, but for its first and last one, which other things may share. */
  #copyBtf(page: number, target: Uint8Array): boolean {
    const [first, last] = this.#btfPages;
    if (page < first || page >= last || (page === first && this.#btfAt !== 0)) return false;
    this.#btf ??= this.#source.btf();
    const at = (page - first) * PAGE - this.#btfAt;
    target.set(this.#btf.subarray(at, at + PAGE));
    return true;
  }
}

/** More than any kernel has: 4 GB. */
const MOST_PAGES = 2 ** 20;

function forEachPage(runs: readonly PageRun[], visit: (page: number) => void): void {
  const total = runs.reduce((sum, [, count]) => sum + count, 0);
  if (!(total <= MOST_PAGES)) throw new KernelRuntimeError('bad-save', `The saved kernel has ${total} pages`);
  for (const [first, count] of runs) {
    const start = Number.parseInt(first, 16);
    for (let i = 0; i < count; i++) visit(start + i);
  }
}
