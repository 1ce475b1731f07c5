// saveKernel: a prepared kernel as bytes.
//
//  1. what programs touch: the self-test's programs are run, and the pages that exist then come first
//  2. code that the system call can reach                                   reach.ts
//  3. data: all of it but tables that only other parts of the kernel read   LEFT_OUT
//  4. pages in chunks, code that is left out filled with what stops a run
import type { Emulator } from '@btfq/emulator';
import type { KernelImage } from '@btfq/kernel-tables';
import { runTestPrograms } from '../doctor/doctor.ts';
import { KernelRuntimeError } from '../errors.ts';
import type { Kernel, KernelParts } from '../kernel.ts';
import { HEAP_SIZE, LAYOUTS } from '../boot/image-machine.ts';
import { CHUNK_PAGES, FORMAT, PAGE, runsOf, type SavedHead, type SavedKernel } from './format.ts';
import { type Reach, reachOf } from './reach.ts';
import { encodeSymbols } from './symbol-columns.ts';

/** From one symbol to another: what the system call does not read. */
const LEFT_OUT: readonly (readonly [from: string, to: string])[] = [
  ['__start_orc_unwind_ip', '__stop_orc_unwind'],
  ['__init_begin', '__init_end'],
  ['__start___ksymtab', '__stop___ksymtab_gpl'],
];
/** What is kept though it lies among it: variables of each CPU are made from these, and here they are those of the one CPU. */
const KEPT = ['__per_cpu_start', '__per_cpu_end'] as const;
/**
 * The tables of kallsyms, with the bytes that they have for each name; those that have no number end where the next one begins. What
 * they say is kept as the saved kernel's symbols, and searches in them are answered.
 */
const NAME_TABLES: readonly (readonly [name: string, bytesOfOne: number | undefined])[] = [
  ['kallsyms_names', undefined],
  ['kallsyms_token_table', undefined],
  ['kallsyms_offsets', 4],
  ['kallsyms_seqs_of_names', 3],
];

/** Saves a kernel that was opened from its image. */
export function saveKernel(kernel: Kernel, parts: KernelParts): SavedKernel {
  const { session, origin } = parts;
  if (origin === undefined) throw new KernelRuntimeError('bad-save', 'Only a kernel from an image can be saved');
  const { machine, files } = session;
  const { emulator, arch } = machine;
  const start = kernel.snapshot();
  runTestPrograms(kernel, start);
  const touched = new Set([...emulator.touchedPages()].map(({ address }) => Number(address >> 12n)));
  const { image, answers } = origin;
  const isAnswered = (address: bigint) => answers.answered.has(address);
  const layout = LAYOUTS[arch];
  const pageOf = (address: bigint) => Number(BigInt.asUintN(64, address) >> 12n);
  const heapWords = wordsOf(emulator, pageOf(layout.heap), touched);
  const reach = reachOf(image.memory, image.symbols, isAnswered, heapWords);
  const btf = btfPlace(image, kernel.btf.bytes);
  const regions = emulator.regions().map(({ first, count }) => {
    const zero = first === pageOf(layout.heap) || first === pageOf(layout.stack);
    return { first, count, zero };
  });
  const chosen = new PageChooser(image, reach, btf, touched);
  const hot: number[] = [];
  const cold: number[] = [];
  const zeros: number[] = [];
  for (const { first, count, zero } of regions) {
    const wanted = zero
      ? [...touched].filter((page) => page >= first && page < first + count).sort((a, b) => a - b)
      : pagesFrom(first, count).filter((page) => chosen.wants(page));
    for (const page of wanted) {
      if (!zero && !chosen.hasContent(page)) {
        zeros.push(page);
        continue;
      }
      const bytes = chosen.bytesOf(page, emulator.read(BigInt(page) << 12n, PAGE));
      if (isZero(bytes)) {
        if (!zero) zeros.push(page);
      } else (touched.has(page) ? hot : cold).push(page);
    }
  }
  const pages = [...hot, ...cold];
  const chunks: Uint8Array[] = [];
  for (let at = 0; at < pages.length; at += CHUNK_PAGES) {
    const own = pages.slice(at, at + CHUNK_PAGES);
    const chunk = new Uint8Array(own.length * PAGE);
    own.forEach((page, i) => {
      chunk.set(chosen.bytesOf(page, emulator.read(BigInt(page) << 12n, PAGE)), i * PAGE);
    });
    chunks.push(chunk);
  }
  const heap = machine.heap.save();
  const head: SavedHead = {
    format: FORMAT,
    arch,
    banner: parts.banner,
    entry: parts.entry.toString(16),
    perCpuOffset: machine.perCpuOffset.toString(16),
    state: btoa(String.fromCharCode(...start.machine.state)),
    time: start.time.toString(16),
    regions: regions.map(({ first, count, zero }) => [first.toString(16), count, zero]),
    pages: runsOf(pages),
    zeros: runsOf(zeros),
    btf: { address: btf.address.toString(16), length: btf.length },
    heap: {
      start: layout.heap.toString(16),
      next: heap.next.toString(16),
      pieces: [...heap.pieces].flatMap(([address, { size }]) => [Number(address - layout.heap), size]),
    },
    hooks: answers.hooks.map(([address, name]) => [address.toString(16), name]),
    fileFields: files.fields,
    programFields: session.fields,
    programArgument: session.programArgument,
    registrations: parts.registrations,
  };
  return { head: new TextEncoder().encode(JSON.stringify(head)), chunks, symbols: encodeSymbols(image.symbols) };
}

/** What the heap's pages hold, apart from zeros. */
function* wordsOf(emulator: Emulator, first: number, touched: ReadonlySet<number>): Generator<bigint> {
  const end = first + HEAP_SIZE / PAGE;
  for (const page of touched) {
    if (page < first || page >= end) continue;
    const bytes = emulator.read(BigInt(page) << 12n, PAGE);
    for (const word of new BigUint64Array(bytes.buffer, bytes.byteOffset, PAGE / 8)) if (word !== 0n) yield word;
  }
}

function pagesFrom(first: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => first + i);
}

function isZero(page: Uint8Array): boolean {
  return new BigUint64Array(page.buffer, page.byteOffset, PAGE / 8).every((word) => word === 0n);
}

interface Place {
  readonly address: bigint;
  readonly length: number;
}

/** Where the image has its BTF. */
function btfPlace({ memory }: KernelImage, btf: Uint8Array): Place {
  for (const { address, bytes } of memory.regions) {
    const at = btf.byteOffset - bytes.byteOffset;
    if (btf.buffer === bytes.buffer && at >= 0 && at + btf.length <= bytes.length) {
      return { address: address + BigInt(at), length: btf.length };
    }
  }
  throw new KernelRuntimeError('no-btf', 'The image does not have its BTF in its memory');
}

/** Where the image has what is not kept. */
function leftOut({ memory, symbols }: KernelImage): (readonly [start: bigint, end: bigint])[] {
  const ranges = LEFT_OUT.map(([from, to]) => [symbols.address(from), symbols.address(to)] as const);
  const number = symbols.address('kallsyms_num_syms');
  const count = number === undefined ? undefined : memory.u32(number);
  for (const [name, bytes] of NAME_TABLES) {
    const start = symbols.address(name);
    if (start === undefined || count === undefined) continue;
    ranges.push([start, bytes === undefined ? symbols.endOf(start) : start + BigInt(bytes * count)]);
  }
  return ranges.flatMap(([start, end]) =>
    start === undefined || end === undefined || end <= start ? [] : [[start, end]],
  );
}

/** Which pages of an image are kept, and with what in them. */
class PageChooser {
  readonly #touched: ReadonlySet<number>;
  readonly #btf: readonly [number, number];
  readonly #leftOut: readonly (readonly [number, number])[];
  readonly #kept: readonly [number, number];
  /** By page of code: where on it reached functions lie. */
  readonly #code = new Map<number, [number, number][]>();
  readonly #fill: number;
  /** Pages that the image has bytes for: all others are zero unless they were touched. */
  readonly #content: readonly (readonly [number, number])[];
  readonly #imageStart: number;

  constructor(image: KernelImage, reach: Reach, btf: Place, touched: ReadonlySet<number>) {
    const { memory } = image;
    this.#touched = touched;
    this.#content = memory.regions.map(({ address, bytes }) => [
      Number(address >> 12n),
      Number((address + BigInt(bytes.length) + 0xfffn) >> 12n),
    ]);
    this.#imageStart = Number((memory.regions.find(({ address }) => address >> 40n !== 0n)?.address ?? 0n) >> 12n);
    this.#fill = memory.arch === 'x86_64' ? 0xcc : 0;
    // Pages that the BTF fills.
    this.#btf = [Number((btf.address + 0xfffn) >> 12n), Number((btf.address + BigInt(btf.length)) >> 12n)];
    this.#leftOut = leftOut(image).map(([start, end]) => [Number((start + 0xfffn) >> 12n), Number(end >> 12n)]);
    const [keptStart = 0n, keptEnd = 0n] = KEPT.map((name) => image.symbols.address(name));
    this.#kept = [Number(keptStart >> 12n), Number((keptEnd + 0xfffn) >> 12n)];
    const base = Number(reach.base >> 12n);
    reach.functions.forEach(({ start, end }, i) => {
      for (let page = start >> 12; page <= (end - 1) >> 12; page++) {
        let own = this.#code.get(base + page);
        if (own === undefined) this.#code.set(base + page, (own = []));
        if (reach.isReached[i] !== 0) own.push([Math.max(0, start - page * PAGE), Math.min(PAGE, end - page * PAGE)]);
      }
    });
  }

  /** Whether a page can be other than zero. Per-CPU areas lie elsewhere than in the image, and are always looked at. */
  hasContent(page: number): boolean {
    const isOfImage = page >= this.#imageStart;
    return !isOfImage || this.#touched.has(page) || this.#content.some(([from, to]) => page >= from && page < to);
  }

  wants(page: number): boolean {
    if (page >= this.#btf[0] && page < this.#btf[1]) return false;
    if (this.#touched.has(page) || (page >= this.#kept[0] && page < this.#kept[1])) return true;
    if (this.#leftOut.some(([from, to]) => page >= from && page < to)) return false;
    const code = this.#code.get(page);
    return code === undefined || code.length > 0;
  }

  /** Of code that nobody has touched, what is reached; the rest stops whoever comes there. */
  bytesOf(page: number, bytes: Uint8Array): Uint8Array {
    const code = this.#code.get(page);
    if (code === undefined || this.#touched.has(page)) return bytes;
    const kept = new Uint8Array(PAGE).fill(this.#fill);
    for (const [from, to] of code) kept.set(bytes.subarray(from, to), from);
    return kept;
  }
}
