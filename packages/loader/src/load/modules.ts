// BTF of the modules that a kernel has loaded, asked of the kernel when something is not in vmlinux. libbpf.c
// load_module_btfs; btf.c btf_get_from_fd.

import { type Btf, BtfError, parseBtf } from '@btfq/btf-format';
import { btfGetFdById, btfGetNextId, InfoSize, objGetInfo } from '../kernel/calls.ts';
import { LoaderErrno } from '../errors.ts';
import { errnoName } from './errno.ts';
import type { LoadState, ModuleState } from './state.ts';

/** The most of a module's BTF that is believed. */
const MAX_MODULE_BTF = 1 << 28;

/** The modules, loaded at most once. */
export function loadModules(state: LoadState): readonly ModuleState[] {
  if (state.modulesLoaded) return state.modules;
  state.modulesLoaded = true;
  if (!state.features.has('module-btf')) return state.modules;
  const { system } = state;
  for (let id = 0; ; ) {
    const { result, next } = btfGetNextId(system, id);
    if (result === -LoaderErrno.NoEntry || result === -LoaderErrno.NotPermitted) return state.modules;
    if (result < 0) throw state.fail(result, `failed to iterate BTF objects: ${errnoName(result)}`);
    if (next <= id) return state.modules; // ids only grow: a kernel that says otherwise would never end
    id = next;
    const fd = btfGetFdById(system, id);
    if (fd === -LoaderErrno.NoEntry) continue;
    if (fd < 0) throw state.fail(fd, `failed to get BTF object #${id} FD: ${errnoName(fd)}`);
    const { name, isKernel } = nameOf(state, id, fd);
    if (!isKernel || name === 'vmlinux') {
      system.close(fd);
      continue;
    }
    state.modules.push({ name, id, fd, btf: readBtf(state, name, id, fd), fdIndex: 0 });
  }
}

function nameOf(state: LoadState, id: number, fd: number): { name: string; isKernel: boolean } {
  const name = new Uint8Array(64);
  const { result, info } = objGetInfo(state.system, fd, InfoSize.Btf, (view, place) => {
    view.setBigUint64(16, place(name), true);
    view.setUint32(24, name.length, true);
  });
  if (result < 0) throw state.fail(result, `failed to get BTF object #${id} info: ${errnoName(result)}`);
  const end = name.indexOf(0);
  return {
    name: new TextDecoder().decode(name.subarray(0, end < 0 ? name.length : end)),
    isKernel: info.getUint32(28, true) !== 0,
  };
}

/** First 4096 bytes, then as many as the kernel says. */
function readBtf(state: LoadState, name: string, id: number, fd: number): Btf {
  const ask = (bytes: Uint8Array) =>
    objGetInfo(state.system, fd, InfoSize.Btf, (view, place) => {
      view.setBigUint64(0, place(bytes), true);
      view.setUint32(8, bytes.length, true);
    });
  const fail = (errno: number) =>
    state.fail(errno, `failed to load module [${name}]'s BTF object #${id}: ${errnoName(errno)}`);
  let bytes = new Uint8Array(4096);
  let answer = ask(bytes);
  let size = answer.info.getUint32(8, true);
  if (answer.result >= 0 && size > bytes.length) {
    if (size > MAX_MODULE_BTF) throw fail(LoaderErrno.TooBig);
    bytes = new Uint8Array(size);
    answer = ask(bytes);
    size = answer.info.getUint32(8, true);
  }
  if (answer.result < 0) throw fail(answer.result);
  if (size > bytes.length) throw fail(LoaderErrno.TooBig);
  try {
    return parseBtf(bytes.subarray(0, size), { base: state.vmlinux });
  } catch (cause) {
    if (cause instanceof BtfError) throw fail(LoaderErrno.Invalid);
    throw cause;
  }
}
