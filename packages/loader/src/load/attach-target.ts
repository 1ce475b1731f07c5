// What a program attaches to, as a BTF id of the kernel, a module or another program. libbpf.c libbpf_find_attach_btf_id,
// find_kernel_btf_id, tracing_multi_mod_fd.

import { BtfError, BtfKind, findByName, parseBtf } from '@btfq/btf-format';
import { btfGetFdById, InfoSize, objGetInfo } from '../kernel/calls.ts';
import { LoaderErrno } from '../errors.ts';
import { AttachType } from '../uapi/attach-type.ts';
import { ProgramType } from '../uapi/program-type.ts';
import { errnoName } from './errno.ts';
import { loadModules } from './modules.ts';
import type { LoadState, ProgramState } from './state.ts';

/** BTF_MAX_NAME_SIZE. */
const MAX_NAME = 128;

/** The name that a target has in BTF, and its kind, by attach type (btf_get_kernel_prefix_kind). */
export function attachTypeName(attachType: number): { readonly prefix: string; readonly kind: BtfKind } {
  switch (attachType) {
    case AttachType.TraceRawTp:
      return { prefix: 'btf_trace_', kind: BtfKind.Typedef };
    case AttachType.LsmMac:
    case AttachType.LsmCgroup:
      return { prefix: 'bpf_lsm_', kind: BtfKind.Func };
    case AttachType.TraceIter:
      return { prefix: 'bpf_iter_', kind: BtfKind.Func };
    default:
      return { prefix: '', kind: BtfKind.Func };
  }
}

/** Finds the program's target and notes it. Fails where there is none. */
export function findAttachTarget(state: LoadState, target: ProgramState, name: string): void {
  if (target.type === ProgramType.Ext || target.attachProgramFd !== 0) {
    if (target.attachProgramFd === 0) {
      throw prepareFailure(state, target, LoaderErrno.Invalid, 'attach program FD is not set');
    }
    target.attachBtfId = programFunction(state, target, name);
    return;
  }
  const found = kernelFunction(state, name, target.expectedAttachType);
  if (typeof found === 'number') {
    throw prepareFailure(state, target, found, `failed to find kernel BTF type ID of '${name}': ${errnoName(found)}`);
  }
  target.attachBtfId = found.id;
  target.attachBtfFd = found.fd;
}

/** libbpf's messages where a program cannot be made ready. */
export function prepareFailure(state: LoadState, { program }: ProgramState, errno: number, what: string) {
  state.warn(`prog '${program.name}': ${what}`);
  return state.fail(errno, `prog '${program.name}': failed to prepare load attributes: ${errnoName(errno)}`);
}

interface Found {
  readonly id: number;
  /** Of the module's BTF, 0 for vmlinux. */
  readonly fd: number;
}

/** `name` or `module:name`; an error number where it is nowhere. */
function kernelFunction(state: LoadState, name: string, attachType: number): Found | number {
  const { prefix, kind } = attachTypeName(attachType);
  const colon = name.indexOf(':');
  const module = colon < 0 ? undefined : name.slice(0, colon);
  const wanted = prefix + (colon < 0 ? name : name.slice(colon + 1));
  // libbpf compares as many characters as the module has, so that `v:` is vmlinux, too
  if (module === undefined || 'vmlinux'.startsWith(module)) {
    if (wanted.length >= MAX_NAME) return LoaderErrno.NameTooLong;
    const id = state.vmlinux && findByName(state.vmlinux, wanted, kind);
    if (id !== undefined && id > 0) return { id, fd: 0 };
  }
  for (const { name: own, btf, fd } of loadModules(state)) {
    if (module !== undefined && !own.startsWith(module)) continue;
    if (wanted.length >= MAX_NAME) return LoaderErrno.NameTooLong;
    const id = findByName(btf, wanted, kind);
    if (id !== undefined && id > 0) return { id, fd };
  }
  return LoaderErrno.NoProcess;
}

/** `fentry.multi/module:pattern`: the module's BTF. 0 where the kernel's is meant. */
export function multiModuleFd(state: LoadState, target: ProgramState): number {
  const name = target.attachTarget ?? target.program.attachTarget;
  const colon = name?.indexOf(':') ?? -1;
  if (name === undefined || colon < 0) return 0;
  const module = loadModules(state).find((m) => m.name === name.slice(0, colon));
  if (module === undefined) {
    throw state.fail(LoaderErrno.Invalid, `prog '${target.program.name}': failed to prepare load attributes: -EINVAL`);
  }
  return module.fd;
}

/** A function of the program that `freplace` and its like attach to. libbpf_find_prog_btf_id. */
function programFunction(state: LoadState, target: ProgramState, name: string): number {
  const { system } = state;
  const fail = (errno: number) =>
    prepareFailure(
      state,
      target,
      errno,
      `failed to find BPF program (FD ${target.attachProgramFd}) BTF ID for '${name}': ${errnoName(errno)}`,
    );
  const { result, info } = objGetInfo(system, target.attachProgramFd, InfoSize.Prog);
  if (result < 0) throw fail(result);
  const btfId = info.getUint32(128, true);
  if (btfId === 0) throw fail(LoaderErrno.Invalid);
  const fd = btfGetFdById(system, btfId);
  if (fd < 0) throw fail(fd);
  try {
    const id = findByName(readBtf(state, fd, fail), name, BtfKind.Func);
    if (id === undefined || id === 0) throw fail(LoaderErrno.NoEntry);
    return id;
  } finally {
    system.close(fd);
  }
}

function readBtf(state: LoadState, fd: number, fail: (errno: number) => Error) {
  const ask = (bytes: Uint8Array) =>
    objGetInfo(state.system, fd, InfoSize.Btf, (view, place) => {
      view.setBigUint64(0, place(bytes), true);
      view.setUint32(8, bytes.length, true);
    });
  let bytes = new Uint8Array(4096);
  let answer = ask(bytes);
  const size = answer.info.getUint32(8, true);
  if (answer.result >= 0 && size > bytes.length && size <= 1 << 28) {
    bytes = new Uint8Array(size);
    answer = ask(bytes);
  }
  if (answer.result < 0) throw fail(answer.result);
  if (size > bytes.length) throw fail(LoaderErrno.TooBig);
  try {
    return parseBtf(bytes.subarray(0, size));
  } catch (cause) {
    if (cause instanceof BtfError) throw fail(LoaderErrno.Invalid);
    throw cause;
  }
}
