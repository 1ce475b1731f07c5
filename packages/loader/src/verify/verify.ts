// verifyObject: what the kernel's own verifier says of each program of an object, loaded alone. For kernels that run in
// an emulator as well as for real ones.

import type { SourceLine } from '@btfq/core-reloc';
import type { LoaderKernel } from '../kernel/system.ts';
import { loadObject } from '../load/load.ts';
import type { LoadOptions, MapSettings, VerifierLog } from '../load/options.ts';
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
  /**
   * Of a program that loads: 0, or the error that libbpf returns afterwards, positive, as the program is loaded alone. A program
   * array whose other slots are for programs of the object cannot be filled without these (EBADF); `messages` has libbpf's words.
   */
  readonly aloneErrno: number;
  /** The verifier's log; '' where the program did not get that far. */
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
export interface VerifyOptions extends Omit<LoadOptions, 'log'> {
  /** Which entry points; default all, also those that are not loaded unless asked for. */
  readonly choose?: (program: LoaderProgram) => boolean;
  /** Bits of the log's level. Default: 4, the numbers, and where a program is refused 5, with the words. */
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
 * Loads each entry point alone, as libbpf would, and says what the kernel says. Maps are not pinned, and large tables are made small:
 * neither is anything to a verifier.
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
  const log = {
    ...(options.logLevel === undefined ? { level: 4, levelWhereRefused: 5 } : { level: options.logLevel }),
    buffer: new Uint8Array(options.logSize ?? 1 << 24),
  };
  for (const program of object.programs) {
    if (program.subprogram || options.choose?.(program) === false) continue;
    try {
      yield verifyProgram(object, kernel, program, log, options);
    } finally {
      options.reset?.();
    }
  }
}

function verifyProgram(
  object: LoaderObject,
  kernel: LoaderKernel,
  program: LoaderProgram,
  log: VerifierLog,
  options: VerifyOptions,
): Verification {
  const nothing = { program, aloneErrno: 0, log: '', stats: undefined, insn: undefined, source: undefined };
  try {
    const result = loadObject(object, kernel, {
      ...options,
      programs: (other) => ({
        ...options.programs?.(other),
        autoload: other === program,
        ...(other === program ? { log } : {}),
      }),
      maps: (map) => settingsOf(object, map, options),
    });
    result.close();
    const { messages } = result;
    // with a struct_ops program libbpf loads all that its variable names; each counts for itself
    const loaded = result.programs.find((each) => each.program === program);
    const errno = loaded?.errno ?? result.errno;
    const text = loaded?.log ?? '';
    const base = { ...nothing, errno, messages, log: text, stats: verifierStats(text) };
    if (errno === 0) return { ...base, aloneErrno: result.errno, verdict: 'loads', reason: '' };
    const { insn, words } = lastWords(text);
    const source = insn === undefined || loaded === undefined ? undefined : sourceOfInstruction(object, loaded, insn);
    return { ...base, verdict: 'fails', reason: words || (messages[0] ?? ''), insn, source };
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'stopped')) throw error;
    return { ...nothing, verdict: 'not-known', errno: 0, reason: error.message, messages: [] };
  }
}

/** The caller's settings, and what a program that loads the object would have set. */
function settingsOf(object: LoaderObject, map: LoaderMap, options: VerifyOptions): MapSettings {
  const unsized = map.maxEntries === 0 && !SIZED_BY_KERNEL.has(map.type);
  const noFrames = map.type === MapType.StackTrace && map.valueSize === 0;
  const settings: MapSettings = {
    pinPath: null,
    ...(unsized ? { maxEntries: options.maxEntries ?? 64 } : {}),
    ...(noFrames ? { valueSize: 8 * STACK_FRAMES } : {}),
    ...options.maps?.(map),
  };
  return { ...settings, ...fewerEntries(object, { ...map, ...settings }) };
}

/** Types whose elements are made in advance, however many there are, and whose number no verifier looks at. */
const TABLES: ReadonlySet<number> = new Set([
  MapType.Hash,
  MapType.PercpuHash,
  MapType.LruHash,
  MapType.LruPercpuHash,
  MapType.StackTrace,
]);
const FEW = 1024;
/** Beyond this many bytes a kernel may refuse the map; then it has to be asked. */
const SURELY_FITS = 1 << 30;

/**
 * A table of fewer entries, so that an emulated kernel need not make a hundred thousand of them. Not for maps that are in
 * others: those must be alike.
 */
function fewerEntries(object: LoaderObject, map: Omit<LoaderMap, 'pinPath'>): { maxEntries?: number } {
  if (map.origin !== 'maps' || !TABLES.has(map.type) || map.maxEntries <= FEW) return {};
  const bytes = (map.keySize + map.valueSize + ENTRY_OVERHEAD) * map.maxEntries;
  const isInner = object.maps.some(({ type, slots }) => type !== MapType.ProgArray && slots.includes(map.index));
  return isInner || bytes > SURELY_FITS ? {} : { maxEntries: FEW };
}
/** More than any kernel keeps beside key and value. */
const ENTRY_OVERHEAD = 128;
