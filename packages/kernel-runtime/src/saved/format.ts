// A kernel that was prepared, as bytes: what is needed to go on without its image. The pages that the system call can reach follow
// one another in chunks, those that every program needs first; a head, in JSON, says which pages they are, and the rest of the state.
// The kernel's BTF is not in it: whoever keeps kernels has that already.

/** A saved kernel. Whoever stores it compresses its parts: what is zero or filled is so in long runs. */
export interface SavedKernel {
  readonly head: Uint8Array;
  /** `CHUNK_PAGES` pages each, the last one maybe fewer. */
  readonly chunks: readonly Uint8Array[];
  /** Its symbols, read only where a name is asked for. */
  readonly symbols: Uint8Array;
}

/** Where a saved kernel is read from. */
export interface SavedKernelSource {
  readonly head: Uint8Array;
  /** The n-th chunk, unpacked; asked for once each, when a page of it is touched. */
  readonly chunk: (index: number) => Uint8Array;
  readonly symbols: () => Uint8Array;
  /** The kernel's BTF: the very bytes that its image has. */
  readonly btf: () => Uint8Array;
}

export const PAGE = 4096;
export const CHUNK_PAGES = 128;
export const FORMAT = 2;

/** Pages that follow one another: the number of the first in hexadecimal, and how many. */
export type PageRun = readonly [first: string, count: number];

/** The head. Addresses are hexadecimal. */
export interface SavedHead {
  readonly format: typeof FORMAT;
  readonly arch: 'x86_64' | 'arm64';
  readonly banner: string;
  readonly entry: string;
  readonly perCpuOffset: string;
  /** Registers and flags, in base64. */
  readonly state: string;
  readonly time: string;
  /** Regions: where, how many pages, whether pages that were not saved are zero (or not there). */
  readonly regions: readonly (readonly [first: string, count: number, zero: boolean])[];
  /** In the order of the chunks. */
  readonly pages: readonly PageRun[];
  /** Pages of regions that hold other things, which are zero. */
  readonly zeros: readonly PageRun[];
  /** Where the kernel's BTF lies. */
  readonly btf: { readonly address: string; readonly length: number };
  readonly heap: { readonly start: string; readonly next: string; readonly pieces: readonly number[] };
  readonly hooks: readonly (readonly [address: string, name: string])[];
  readonly fileFields: { fOp: number; privateData: number; fMode: number; size: number };
  readonly programFields: { jitedByte: number; jitedBit: number; bpfFunc: number };
  readonly programArgument: number;
  readonly registrations: readonly { function: string; outcome: string; reason?: string }[];
}

/** Numbers that follow one another, as runs. */
export function runsOf(pages: readonly number[]): PageRun[] {
  const runs: [number, number][] = [];
  for (const page of pages) {
    const last = runs.at(-1);
    if (last !== undefined && last[0] + last[1] === page) last[1]++;
    else runs.push([page, 1]);
  }
  return runs.map(([first, count]) => [first.toString(16), count]);
}
