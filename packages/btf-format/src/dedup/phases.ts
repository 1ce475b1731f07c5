// The phases of deduplication in wasm: their memory, what ended them in words. assembly/dedup/ has the phases themselves.

import { BtfError } from '../errors.ts';
import { MAX_STRING_OFFSET } from '../strings.ts';
import { PHASES } from './phases.generated.ts';

/** What assembly/dedup/main.ts exports; places are byte addresses. */
interface Exports {
  readonly memory: WebAssembly.Memory;
  readonly words: WebAssembly.Global;
  readonly starts: WebAssembly.Global;
  readonly strings: WebAssembly.Global;
  readonly scratch: WebAssembly.Global;
  readonly failure: WebAssembly.Global;
  readonly failedAt: WebAssembly.Global;
  layOut(wordCount: number, typeCount: number, startId: number, stringCount: number, startString: number): void;
  prepare(): void;
  dedupStrings(): void;
  remapString(offset: number): number;
  stringLength(): number;
  writeStrings(): void;
  dedupTypes(): void;
  compactTypes(): number;
  idsAt(): number;
}

/** By the numbers of assembly/dedup/state.ts. */
const FAILURES: Readonly<Record<number, (at: number) => BtfError>> = {
  1: (typeId) => new BtfError('unsupported', 'a kind that cannot be deduplicated', { typeId }),
  2: (typeId) => new BtfError('bad-type', 'types stand for each other in a circle', { typeId }),
  3: (typeId) => new BtfError('limit', 'types too entangled to compare', { typeId }),
  4: (typeId) => new BtfError('bad-type', 'a kind that no struct or typedef contains', { typeId }),
  5: (typeId) => new BtfError('bad-type', 'references lead in a circle without a struct or typedef', { typeId }),
  6: (typeId) => new BtfError('bad-type', 'a type has no canonical one', { typeId }),
  7: (bytes) => new BtfError('limit', `${bytes} bytes of strings`, { expected: `at most ${MAX_STRING_OFFSET + 1}` }),
  8: () => new BtfError('limit', 'too many types and strings to deduplicate'),
};

/** What is kept for the next call: a larger memory is left to the collector. */
const MOST_TO_KEEP = 64 * 1024 * 1024;

let compiled: WebAssembly.Module | undefined;
let kept: Exports | undefined;

/** Calls `use` with the phases, in a memory that is nobody else's until it returns. Throws `BtfError` for what ended a phase. */
export function withPhases<T>(use: (phases: Exports) => T): T {
  const phases = kept ?? instantiate();
  kept = undefined; // a call within this one has a memory of its own
  try {
    return use(phases);
  } catch (error) {
    const failure = FAILURES[phases.failure.value as number];
    throw failure && error instanceof WebAssembly.RuntimeError
      ? failure((phases.failedAt.value as number) >>> 0)
      : error;
  } finally {
    if (phases.memory.buffer.byteLength <= MOST_TO_KEEP) kept = phases;
  }
}

function instantiate(): Exports {
  compiled ??= new WebAssembly.Module(Uint8Array.from(atob(PHASES), (byte) => byte.charCodeAt(0)));
  const { exports } = new WebAssembly.Instance(compiled, { env: { abort() {} } });
  return exports as unknown as Exports;
}
