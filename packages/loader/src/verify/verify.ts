// verifyObject: what the kernel's own verifier says of each program of an object, loaded alone. For kernels that run in
// an emulator as well as for real ones.

import type { SourceLine } from '@btfq/core-reloc';
import type { LoaderKernel } from '../kernel/system.ts';
import { loadObject } from '../load/load.ts';
import type { LoadOptions, MapSettings } from '../load/options.ts';
import type { LoaderMap, LoaderObject, LoaderProgram } from '../object/model.ts';
import { MapType } from '../uapi/map-type.ts';
import { lastWords, sourceOfInstruction } from './last-words.ts';
import { type VerifierStats, verifierStats } from './verifier-stats.ts';

/** What became of one program. */
export interface Verification {
  readonly program: LoaderProgram;
  /** `not-known`: the kernel's code did not come to an answer; `reason` says why. */
  readonly verdict: 'loads' | 'fails' | 'not-known';
  /** 0, or the error that libbpf returns, positive. */
  readonly errno: number;
  /** The verifier's log, whole; '' where the program did not get that far. */
  readonly log: string;
  readonly stats: VerifierStats | undefined;
  /** Why it fails: the last words of the verifier, else of libbpf. '' where it loads. */
  readonly reason: string;
  /** The last instruction of the log of a program that fails, and its line in the source. */
  readonly insn: number | undefined;
  readonly source: SourceLine | undefined;
  /** What libbpf prints. */
  readonly messages: readonly string[];
}

/** How to verify. */
export interface VerifyOptions extends Omit<LoadOptions, 'log' | 'emptyProgramArrays'> {
  /** Which entry points; default all, also those that are not loaded unless asked for. */
  readonly choose?: (program: LoaderProgram) => boolean;
  /** Bits of the log's level; default 5: instructions and numbers. Stats need 4. */
  readonly logLevel?: number;
  /** Bytes of the log that are kept; default 16 MiB. */
  readonly logSize?: number;
  /** What maps get whose object leaves max_entries to its user; default 64. */
  readonly maxEntries?: number;
  /** Called after each program: brings a kernel that can back to where it was. */
  readonly reset?: () => void;
}

/** Types of maps that must have no max_entries. */
const SIZED_BY_KERNEL: ReadonlySet<number> = new Set([
  MapType.CgroupStorage,
  MapType.PercpuCgroupStorage,
  MapType.SkStorage,
  MapType.InodeStorage,
  MapType.TaskStorage,
  MapType.CgrpStorage,
  MapType.StructOps,
]);
const STACK_FRAMES = 127;

/**
 * Loads each entry point alone, as libbpf would, and tells what the kernel says. Maps are not pinned, program
 * arrays stay empty.
 *
 * ```ts
 * for (const { program, verdict, reason, stats } of verifyObject(object, kernel, { reset })) {
 *   console.log(program.name, verdict, reason, stats?.insns);
 * }
 * ```
 *
 * An error that `kernel.system` throws makes a program `not-known` where it has the code `stopped`; others go on.
 */
export function* verifyObject(
  object: LoaderObject,
  kernel: LoaderKernel,
  options: VerifyOptions = {},
): Generator<Verification> {
  for (const program of object.programs) {
    if (program.subprogram || options.choose?.(program) === false) continue;
    try {
      yield verifyProgram(object, kernel, program, options);
    } finally {
      options.reset?.();
    }
  }
}

function verifyProgram(
  object: LoaderObject,
  kernel: LoaderKernel,
  program: LoaderProgram,
  options: VerifyOptions,
): Verification {
  const log = { level: options.logLevel ?? 5, size: options.logSize ?? 1 << 24 };
  const nothing = { program, log: '', stats: undefined, insn: undefined, source: undefined };
  try {
    const result = loadObject(object, kernel, {
      ...options,
      programs: (other) => ({
        ...options.programs?.(other),
        autoload: other === program,
        ...(other === program ? { log } : {}),
      }),
      maps: (map) => settingsOf(map, options),
      emptyProgramArrays: true,
    });
    result.close();
    const { errno, messages } = result;
    const loaded = result.programs.at(-1);
    const text = loaded?.log ?? '';
    const base = { ...nothing, errno, messages, log: text, stats: verifierStats(text) };
    if (errno === 0) return { ...base, verdict: 'loads', reason: '' };
    const { insn, words } = lastWords(text);
    const source = insn === undefined || loaded === undefined ? undefined : sourceOfInstruction(object, loaded, insn);
    return { ...base, verdict: 'fails', reason: words || (messages[0] ?? ''), insn, source };
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'stopped')) throw error;
    return { ...nothing, verdict: 'not-known', errno: 0, reason: error.message, messages: [] };
  }
}

/** The caller's settings, and what a program that loads the object would have set. */
function settingsOf(map: LoaderMap, options: VerifyOptions): MapSettings {
  const own = options.maps?.(map);
  const unsized = map.maxEntries === 0 && !SIZED_BY_KERNEL.has(map.type);
  return {
    pinPath: null,
    ...(unsized ? { maxEntries: options.maxEntries ?? 64 } : {}),
    ...(map.type === MapType.StackTrace && map.valueSize === 0 ? { valueSize: 8 * STACK_FRAMES } : {}),
    ...own,
  };
}
