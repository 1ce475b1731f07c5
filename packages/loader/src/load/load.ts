// loadObject: the system calls that libbpf makes to load an object, in its order. libbpf.c bpf_object_load,
// bpf_object_prepare.

import { ProgramType } from '../uapi/program-type.ts';
import { progLoad } from '../kernel/calls.ts';
import { insnBytes, RETURN_0 } from '../kernel/insn-bytes.ts';
import type { LoaderKernel } from '../kernel/system.ts';
import { LoaderErrno, LoaderError } from '../errors.ts';
import type { LoaderObject } from '../object/model.ts';
import { markFunctionAddresses, relocateCalls } from './code.ts';
import { fixContextArguments } from './context-arguments.ts';
import { relocateCore } from './core.ts';
import { errnoName } from './errno.ts';
import { resolveExterns } from './externs.ts';
import { LoadFailure } from './failure.ts';
import { loadKernelBtf } from './kernel-btf.ts';
import { createMaps, fillProgramArrays, sanitizeMaps } from './maps.ts';
import type { LoadedProgram, LoadOptions, LoadResult } from './options.ts';
import { loadPrograms, sanitizePrograms } from './programs.ts';
import { relocateReferences } from './references.ts';
import { LoadState } from './state.ts';
import { adjustStructOpsAutoload, initKernelStructOps } from './struct-ops.ts';
import { loadVmlinux } from './vmlinux.ts';

/**
 * Loads an object. What the kernel or libbpf refuses is in the result; what libbpf would print, too.
 *
 * ```ts
 * const object = openObject(readFileSync('opensnoop.bpf.o'), { path: 'opensnoop.bpf.o' });
 * const result = loadObject(object, kernel);
 * for (const { program, errno, log } of result.programs) console.log(program.name, errno, log);
 * result.close();
 * ```
 *
 * The outline:
 * 1. whether anything can be loaded; the kernel's types; externs: vmlinux.ts, externs.ts, kconfig.ts
 * 2. struct_ops by the kernel's struct: struct-ops.ts
 * 3. code: CO-RE (core.ts), subprograms (code.ts, func-info.ts), references (references.ts), contexts (context-arguments.ts)
 * 4. BTF (kernel-btf.ts), maps (maps.ts), programs (programs.ts)
 *
 * @throws LoaderError `not-bpf` where the object's byte order is not the kernel's (little-endian ones are meant)
 */
export function loadObject(object: LoaderObject, kernel: LoaderKernel, options: LoadOptions = {}): LoadResult {
  if (!object.littleEndian) {
    throw new LoaderError('not-bpf', 'loading non-native endianness is unsupported', {
      errno: LoaderErrno.Endian,
      expected: 'a little-endian object',
    });
  }
  const state = new LoadState(object, kernel, options);
  const programs: LoadedProgram[] = [];
  let errno = 0;
  try {
    load(state, programs);
  } catch (cause) {
    if (!(cause instanceof LoadFailure)) throw cause;
    errno = cause.errno;
    // what fails before the first program libbpf says nothing more about
    if (state.prepared) state.warn(`failed to load object '${object.path}'`);
  }
  closeTemporary(state);
  let closed = false;
  const close = () => {
    if (!closed) closeAll(state);
    closed = true;
  };
  if (errno !== 0) close();
  const maps = errno === 0 ? state.maps.filter(({ fd }) => fd >= 0).map(({ map, fd }) => ({ map, fd })) : [];
  return { errno, programs, maps, messages: state.messages, close };
}

function load(state: LoadState, done: LoadedProgram[]): void {
  probeLoading(state);
  setAttachTargets(state);
  loadVmlinux(state);
  resolveExterns(state);
  sanitizeMaps(state);
  initKernelStructOps(state);
  adjustStructOpsAutoload(state);
  relocate(state);
  loadKernelBtf(state);
  createMaps(state);
  sanitizePrograms(state);
  state.prepared = true;
  loadPrograms(state, done);
  fillProgramArrays(state);
}

/** Makes sure that the simplest of programs can be loaded. */
function probeLoading(state: LoadState): void {
  state.features.bumpMemlock();
  const attempt = (type: number) => progLoad(state.system, { type, insns: insnBytes(...RETURN_0), license: 'GPL' });
  let fd = attempt(ProgramType.SocketFilter);
  if (fd < 0) fd = attempt(ProgramType.Tracepoint);
  if (fd < 0) {
    throw state.fail(
      fd,
      `Error in bpf_object__probe_loading(): ${errnoName(fd)}. Couldn't load trivial BPF program. Make sure your kernel supports BPF (CONFIG_BPF_SYSCALL=y) and/or that RLIMIT_MEMLOCK is set to big enough value.`,
    );
  }
  state.system.close(fd);
}

/** Targets that the caller set need the kernel's types at once. */
function setAttachTargets(state: LoadState): void {
  if (state.programs.some(({ attachTarget, attachProgramFd }) => attachTarget !== undefined && attachProgramFd === 0)) {
    loadVmlinux(state, true);
  }
}

/** libbpf bpf_object__relocate. */
function relocate(state: LoadState): void {
  relocateCore(state);
  placeArenaData(state);
  markFunctionAddresses(state);
  relocateCalls(state);
  for (const target of state.programs) {
    if (target.program.subprogram || !target.autoload) continue;
    relocateReferences(state, target);
    fixContextArguments(state, target);
  }
}

/** Variables of an arena lie at its end where the kernel can address them there. */
function placeArenaData(state: LoadState): void {
  const { arenaMap, arenaData } = state.object;
  const arena = arenaMap === undefined ? undefined : state.maps[arenaMap];
  if (arena === undefined || !state.features.has('ldimm64-full-range')) return;
  const pageSize = state.kernel.pageSize ?? 4096;
  const pages = Math.ceil((arenaData?.length ?? 0) / pageSize);
  state.arenaDataOffset = (arena.definition.maxEntries - pages) * pageSize;
}

/** BTF of modules is needed no longer than the load takes. */
function closeTemporary(state: LoadState): void {
  for (const { fd } of state.modules) state.system.close(fd);
}

function closeAll(state: LoadState): void {
  const { system } = state;
  for (const target of state.programs) {
    if (target.fd >= 0) system.close(target.fd);
  }
  for (const target of state.maps) {
    if (target.fd >= 0) system.close(target.fd);
  }
  for (const { fd } of state.jumpTables) system.close(fd);
  if (state.btfFd !== undefined) system.close(state.btfFd);
}
