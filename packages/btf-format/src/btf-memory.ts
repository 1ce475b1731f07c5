// Memory in which a BTF is opened fastest: WebAssembly's, where the pass of assembly/ goes over types in place. What lies elsewhere
// is copied for the pass into a memory that each thread keeps. Where there is no WebAssembly, or no room for
// its memory, all of this stands aside and index-types.ts does the work.

import { PASS } from './pass.generated.ts';

/** What assembly/pass.ts exports; places are byte addresses. */
interface Pass {
  indexTypes(types: number, end: number, starts: number, startId: number, lastName: number): number;
  preselect(
    types: number,
    starts: number,
    count: number,
    strings: number,
    stringLength: number,
    prefixes: number,
    firstBytes: number,
    out: number,
  ): number;
  readonly maxRef: WebAssembly.Global;
}

/** What the pass finds of a section that is plainly right. */
export interface PassResult {
  readonly starts: Uint32Array;
  readonly maxRef: number;
}

const PAGE = 65536;
/** Tables of wanted names lie before the file: a byte for each sixteen bits of a prefix, one for each first byte. */
const PREFIXES = 0;
const FIRST_BYTES = 65536;
const FILE = 65536 + 256;
/** The smallest record has twelve bytes, its start four. */
const SMALLEST_RECORD = 12;
/** Smaller sections that lie elsewhere are not worth a copy, larger ones not the memory. */
const WORTH_A_COPY = 64 * 1024;
const MOST_TO_COPY = 32 * 1024 * 1024;

/** By the buffer of its memory. */
const owners = new WeakMap<ArrayBufferLike, BtfMemory>();
let compiled: WebAssembly.Module | null | undefined;
let scratch: BtfMemory | undefined;

/** Memory for the bytes of one file at a time. */
export class BtfMemory {
  /** Room for the file, and perhaps for more. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly #pass: Pass | undefined;
  /** Where the next starts go. */
  #free: number;

  /** `size`: of the file in bytes, or more. */
  constructor(size: number) {
    const made = instantiate(FILE + size + Math.ceil(size / SMALLEST_RECORD) * 4 + PAGE);
    this.#pass = made?.pass;
    this.bytes = made === undefined ? new Uint8Array(size) : new Uint8Array(made.buffer, FILE, size);
    this.#free = this.#firstFree();
    if (made !== undefined) owners.set(made.buffer, this);
  }

  /** Makes room for another file: `bytes`, and every `Btf` over them, may change from now on. */
  reset(): void {
    this.#free = this.#firstFree();
  }

  #firstFree(): number {
    return (FILE + this.bytes.length + 3) & ~3;
  }

  /** The pass over a section of this memory; undefined where something in it is not plainly right, or there is no room. */
  index(section: Uint32Array, startId: number, lastName: number): PassResult | undefined {
    if (this.#pass === undefined) return undefined;
    const { buffer, byteOffset, byteLength } = section;
    if (this.#free + (byteLength / SMALLEST_RECORD) * 4 + 4 > buffer.byteLength) return undefined;
    const count = this.#pass.indexTypes(byteOffset, byteOffset + byteLength, this.#free, startId, lastName);
    if (count < 0) return undefined;
    const starts = new Uint32Array(buffer, this.#free, count + 1);
    this.#free += starts.byteLength;
    return { starts, maxRef: (this.#pass.maxRef.value as number) >>> 0 };
  }

  /** See `preselectNames`. Types, starts and strings must be in this memory. */
  preselect(
    section: Uint32Array,
    starts: Uint32Array,
    strings: Uint8Array,
    prefixes: Uint8Array,
    firstBytes: Uint8Array,
  ): Uint32Array | undefined {
    const { buffer } = this.bytes;
    const count = starts.length - 1;
    if (this.#pass === undefined || this.#free + count * 4 > buffer.byteLength) return undefined;
    new Uint8Array(buffer, PREFIXES, prefixes.length).set(prefixes);
    new Uint8Array(buffer, FIRST_BYTES, firstBytes.length).set(firstBytes);
    const found = this.#pass.preselect(
      section.byteOffset,
      starts.byteOffset,
      count,
      strings.byteOffset,
      strings.length,
      PREFIXES,
      FIRST_BYTES,
      this.#free,
    );
    return new Uint32Array(buffer, this.#free, found).slice();
  }
}

/**
 * Goes over a type section by wasm. `lastName`: the largest offset of a name. Undefined where something in the section is not
 * plainly right, or wasm is no help.
 */
export function passOver(section: Uint32Array, startId: number, lastName: number): PassResult | undefined {
  const owner = owners.get(section.buffer);
  if (owner !== undefined) return owner.index(section, startId, lastName);
  const size = section.byteLength;
  if (size < WORTH_A_COPY || size > MOST_TO_COPY) return undefined;
  if (scratch === undefined || scratch.bytes.length < size) scratch = new BtfMemory(size + (size >> 2));
  const { bytes } = scratch;
  const copy = new Uint32Array(bytes.buffer, (bytes.byteOffset + 3) & ~3, section.length);
  if (!owners.has(bytes.buffer)) return undefined;
  copy.set(section);
  scratch.reset();
  const result = scratch.index(copy, startId, lastName);
  return result && { starts: result.starts.slice(), maxRef: result.maxRef };
}

/**
 * The indexes of types whose names may be wanted, by the tables that assembly/pass.ts describes; undefined where the view is
 * not in a `BtfMemory`.
 */
export function preselectNames(
  section: Uint32Array,
  starts: Uint32Array,
  strings: Uint8Array,
  prefixes: Uint8Array,
  firstBytes: Uint8Array,
): Uint32Array | undefined {
  const { buffer } = section;
  if (starts.buffer !== buffer || strings.buffer !== buffer) return undefined;
  return owners.get(buffer)?.preselect(section, starts, strings, prefixes, firstBytes);
}

function instantiate(size: number): { pass: Pass; buffer: ArrayBuffer } | undefined {
  try {
    compiled ??= compile();
    if (compiled === null) return undefined;
    const pages = Math.ceil(size / PAGE);
    const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
    const { exports } = new WebAssembly.Instance(compiled, { env: { memory } });
    return { pass: exports as unknown as Pass, buffer: memory.buffer };
  } catch {
    return undefined; // no address space left: each memory takes gigabytes of it
  }
}

/** Null where WebAssembly is not there, or not allowed. */
function compile(): WebAssembly.Module | null {
  try {
    return new WebAssembly.Module(Uint8Array.from(atob(PASS), (byte) => byte.charCodeAt(0)));
  } catch {
    return null;
  }
}
