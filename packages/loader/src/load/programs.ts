// Programs loaded. libbpf.c bpf_object__load_progs, bpf_object_load_prog, libbpf_prepare_prog_load,
// bpf_object__sanitize_prog.

import { CALL, Insn, INSN_SIZE } from '@btfq/core-reloc';
import { type InfoRecords, progBindMap, progLoad } from '../kernel/calls.ts';
import { LoaderErrno } from '../errors.ts';
import { AttachType } from '../uapi/attach-type.ts';
import { ProgramType } from '../uapi/program-type.ts';
import { findAttachTarget, multiModuleFd, prepareFailure } from './attach-target.ts';
import { errnoName } from './errno.ts';
import { LoadFailure } from './failure.ts';
import { kernelVersion } from './kernel-version.ts';
import { logBuffer, logText, nextLogSize } from './log-buffer.ts';
import type { LoadedProgram } from './options.ts';
import { writeMapFds } from './references.ts';
import type { CollectedInfo, LoadState, ProgramState } from './state.ts';
import { explainPoison } from './verifier-log.ts';

/** BPF_F_SLEEPABLE, BPF_F_XDP_HAS_FRAGS. */
const ProgramFlag = { Sleepable: 1 << 4, XdpHasFrags: 1 << 5 };

/** Helpers that old kernels lack, and what did the work before (enum bpf_func_id). */
const PROBE_READ: Readonly<Record<number, number>> = { 112: 4, 113: 4, 114: 45, 115: 45 };

/** Replaces bpf_probe_read_kernel and its like on kernels that have only bpf_probe_read. */
export function sanitizePrograms(state: LoadState): void {
  for (const { code } of state.programs) {
    for (let at = 0; at + INSN_SIZE <= code.length; at += INSN_SIZE) {
      if (code[at] !== CALL || code[at + 1] !== 0) continue;
      const insn = new Insn(code, at, state.object.littleEndian);
      const older = PROBE_READ[insn.imm];
      if (older !== undefined && !state.features.has('probe-read-kernel')) insn.imm = older;
    }
  }
}

/** Loads the entry points in order, and stops at the first that the kernel refuses. */
export function loadPrograms(state: LoadState, done: LoadedProgram[]): void {
  for (const target of state.programs) {
    if (target.program.subprogram || !target.autoload) continue;
    const { program } = target;
    try {
      done.push(loadProgram(state, target));
    } catch (cause) {
      if (!(cause instanceof LoadFailure)) throw cause;
      done.push({ program, errno: cause.errno, fd: -1, code: undefined, parts: [], log: '' });
    }
    const { errno } = done.at(-1) as LoadedProgram;
    if (errno !== 0) throw state.fail(errno, `prog '${program.name}': failed to load: ${errnoName(errno)}`);
  }
}

function loadProgram(state: LoadState, target: ProgramState): LoadedProgram {
  const { program } = target;
  if (target.type === ProgramType.Unspec) {
    throw state.fail(
      LoaderErrno.Invalid,
      `prog '${program.name}': missing BPF prog type, check ELF section name '${program.sectionName}'`,
    );
  }
  if (target.type === ProgramType.StructOps && target.attachBtfId === 0) {
    throw state.fail(
      LoaderErrno.Invalid,
      `prog '${program.name}': SEC("struct_ops") program isn't referenced anywhere, did you forget to use it?`,
    );
  }
  const { features, btfFd } = state;
  const name = features.has('prog-name') ? program.name : '';
  const withInfo = btfFd !== undefined && features.has('btf-func');
  const { expectedAttachType, flags } = prepare(state, target);
  writeMapFds(state, target);
  const load = {
    type: target.type,
    name,
    license: state.object.license,
    insns: target.code,
    expectedAttachType,
    kernelVersion: state.object.version ?? kernelVersion(state.kernel),
    flags,
    ...(withInfo ? { btfFd, funcInfo: records(target.funcInfo), lineInfo: records(target.lineInfo) } : {}),
    attachBtfId: target.attachBtfId,
    attachFd: target.attachProgramFd || target.attachBtfFd,
    fdArray: state.fdArray.length === 0 ? undefined : new Uint8Array(Int32Array.from(state.fdArray).buffer),
  };
  features.bumpMemlock();
  const { fd, log } = attempt(state, target, load);
  if (fd < 0) {
    state.warn(`prog '${program.name}': BPF program load failed: ${errnoName(fd)}`);
    return { program, errno: -fd, fd: -1, code: target.code, parts: partsOf(target), log };
  }
  target.fd = fd;
  bindConstants(state, target);
  return { program, errno: 0, fd, code: target.code, parts: partsOf(target), log };
}

function partsOf({ program, appended }: ProgramState): LoadedProgram['parts'] {
  return [{ program: program.index, start: 0 }, ...appended.map(({ index, own }) => ({ program: index, start: own }))];
}

const records = (info: CollectedInfo | undefined): InfoRecords | undefined => info;

/** Attributes that follow from the section's definition. libbpf_prepare_prog_load. */
function prepare(state: LoadState, target: ProgramState): { expectedAttachType: number; flags: number } {
  // a program whose type was set to another has lost its definition
  const definition = target.type === target.program.type ? target.program.definition : undefined;
  let { expectedAttachType, flags } = target;
  if (definition === undefined) return { expectedAttachType, flags };
  if (definition.attachTypeOptional && !state.features.has('expected-attach-type')) expectedAttachType = 0;
  if (definition.sleepable) flags |= ProgramFlag.Sleepable;
  if (target.type === ProgramType.Xdp && definition.xdpFrags) flags |= ProgramFlag.XdpHasFrags;
  if (definition.usdt && state.features.has('uprobe-multi-link')) {
    target.expectedAttachType = expectedAttachType = AttachType.TraceUprobeMulti;
  }
  if (definition.attachByBtf && target.attachBtfId === 0) {
    const name = target.attachTarget ?? target.program.attachTarget;
    if (name === undefined) {
      throw prepareFailure(
        state,
        target,
        LoaderErrno.Invalid,
        'no BTF-based attach target is specified, use bpf_program__set_attach_target()',
      );
    }
    findAttachTarget(state, target, name);
  }
  if (MULTI.has(target.expectedAttachType)) target.attachBtfFd = multiModuleFd(state, target);
  return { expectedAttachType, flags };
}

const MULTI: ReadonlySet<number> = new Set([
  AttachType.TraceFentryMulti,
  AttachType.TraceFexitMulti,
  AttachType.TraceFsessionMulti,
]);

/** Without a log first, unless one is asked for; then with one that grows while it does not fit. */
function attempt(
  state: LoadState,
  target: ProgramState,
  load: Omit<Parameters<typeof progLoad>[1], 'log'>,
): { fd: number; log: string } {
  const wanted = target.log;
  let level = wanted?.level ?? 0;
  const fixed = wanted?.buffer?.length ?? wanted?.size;
  let size = fixed ?? 0;
  for (;;) {
    if (level > 0 && fixed === undefined) size = nextLogSize(size) ?? size;
    const buffer = level > 0 ? (wanted?.buffer ?? logBuffer(size)) : undefined;
    if (buffer !== undefined) buffer[0] = 0;
    const fd = progLoad(state.system, { ...load, log: buffer && { buffer, level } });
    if (fd >= 0) return { fd, log: buffer === undefined ? '' : logText(buffer) };
    if (buffer === undefined) {
      level = 1;
      continue;
    }
    const grows = fixed === undefined && nextLogSize(size) !== undefined;
    if (fd === -LoaderErrno.NoSpace && grows) continue;
    if (wanted?.levelWhereRefused !== undefined && level !== wanted.levelWhereRefused) {
      level = wanted.levelWhereRefused;
      continue;
    }
    return { fd, log: explainPoison(state, target, logText(buffer)) };
  }
}

/** Constants stay as long as the program does. */
function bindConstants(state: LoadState, { fd, program }: ProgramState): void {
  const constants = state.maps.filter(({ map }) => map.origin === 'rodata');
  if (constants.length === 0 || !state.features.has('prog-bind-map')) return;
  for (const { map, fd: mapFd } of constants) {
    const result = progBindMap(state.system, fd, mapFd);
    if (result < 0) {
      state.warn(`prog '${program.name}': failed to bind map '${map.sectionName}': ${errnoName(result)}`);
    }
  }
}
