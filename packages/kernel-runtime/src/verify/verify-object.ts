// verifyObject: each program of an object loaded alone, from the same state of the kernel, and what the verifier said of it.
import {
  LoaderError,
  type LoaderMap,
  type LoaderObject,
  type LoaderProgram,
  loadObject,
  MapType,
  type MapSettings,
  type ProgramSettings,
} from '@btfq/loader';
import { KernelRuntimeError } from '../errors.ts';
import type { Kernel, KernelSnapshot } from '../kernel.ts';
import { loaderKernel } from './loader-kernel.ts';
import { type VerifierStats, verifierStats } from './verifier-log.ts';

export interface VerifyOptions {
  /** The kernel's configuration, for objects that ask for it. */
  readonly kconfig?: string;
  /** Bits: 1 the instructions, 2 all states, 4 statistics. Default: 1 and 4. */
  readonly logLevel?: number;
  /** Entries of maps that leave their size to user space. Default: 64. */
  readonly maxEntries?: number;
  /** Which programs; default: all. */
  readonly only?: (program: LoaderProgram) => boolean;
  readonly programs?: (program: LoaderProgram) => ProgramSettings | undefined;
  readonly maps?: (map: LoaderMap) => MapSettings | undefined;
}

/** What became of one program. */
export interface VerifiedProgram {
  readonly program: LoaderProgram;
  /** `not-known`: the kernel's code came to no answer; `reason` says why. */
  readonly verdict: 'loads' | 'fails' | 'not-known';
  /** libbpf's error number, positive; 0 where the program loads or nothing is known. */
  readonly errno: number;
  /** The verifier's log; '' where libbpf gave up before. */
  readonly log: string;
  readonly stats?: VerifierStats;
  /** What libbpf prints. */
  readonly messages: readonly string[];
  readonly reason?: string;
  readonly backtrace?: readonly string[];
  /** Instructions of the processor that it took. */
  readonly instructions: number;
}

/** Maps whose size the kernel knows: they must have none. */
const SIZED_BY_KERNEL: ReadonlySet<number> = new Set([
  MapType.CgroupStorage,
  MapType.PercpuCgroupStorage,
  MapType.SkStorage,
  MapType.InodeStorage,
  MapType.TaskStorage,
  MapType.CgrpStorage,
  MapType.StructOps,
]);
/** Depth of stack traces where a map leaves it open (PERF_MAX_STACK_DEPTH), in bytes. */
const STACK_TRACE_BYTES = 127 * 8;

/** Sizes that a tool's user space sets before it loads. */
function sizesOf(map: LoaderMap, maxEntries: number): MapSettings {
  const needsEntries = map.maxEntries === 0 && !SIZED_BY_KERNEL.has(map.type);
  const needsValue = map.type === MapType.StackTrace && map.valueSize === 0;
  return { ...(needsEntries ? { maxEntries } : {}), ...(needsValue ? { valueSize: STACK_TRACE_BYTES } : {}) };
}

/**
 * Verifies the programs of an object, each alone. The kernel is the same for each: `start` is restored before and after.
 *
 * @example
 * const kernel = openKernel(vmlinux);
 * const start = kernel.snapshot();
 * for (const { program, verdict, stats } of verifyObject(openObject(bytes), kernel, start)) console.log(program.name, verdict, stats);
 */
export function* verifyObject(
  object: LoaderObject,
  kernel: Kernel,
  start: KernelSnapshot,
  options: VerifyOptions = {},
): Generator<VerifiedProgram> {
  for (const program of object.programs) {
    if (options.only?.(program) === false) continue;
    kernel.restore(start);
    yield verifyProgram(object, program, kernel, options);
  }
  kernel.restore(start);
}

function verifyProgram(
  object: LoaderObject,
  program: LoaderProgram,
  kernel: Kernel,
  options: VerifyOptions,
): VerifiedProgram {
  const before = kernel.instructions;
  const log = { level: options.logLevel ?? 5 };
  const loader = loaderKernel(kernel, options.kconfig === undefined ? {} : { kconfig: options.kconfig });
  try {
    const result = loadObject(object, loader, {
      programs: (each) => ({
        ...options.programs?.(each),
        autoload: each === program,
        ...(each === program ? { log } : {}),
      }),
      maps: (map) => ({ ...sizesOf(map, options.maxEntries ?? 64), ...options.maps?.(map) }),
    });
    const tried = result.programs.find((each) => each.program === program);
    const text = tried?.log ?? '';
    const stats = verifierStats(text);
    result.close();
    return {
      program,
      verdict: result.errno === 0 ? 'loads' : 'fails',
      errno: result.errno,
      log: text,
      ...(stats === undefined ? {} : { stats }),
      messages: result.messages,
      instructions: kernel.instructions - before,
    };
  } catch (error) {
    if (!(error instanceof KernelRuntimeError) && !(error instanceof LoaderError)) throw error;
    const backtrace = error instanceof KernelRuntimeError ? error.backtrace : [];
    const instructions = kernel.instructions - before;
    return {
      program,
      verdict: 'not-known',
      errno: 0,
      log: '',
      messages: [],
      reason: error.message,
      backtrace,
      instructions,
    };
  }
}
