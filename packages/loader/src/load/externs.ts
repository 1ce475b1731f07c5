// Externs resolved against a kernel: configuration, symbols without type, typed variables, kfuncs. libbpf.c
// bpf_object__resolve_externs and what it calls.

import { BtfKind, skipModifiersAndTypedefs } from '@btfq/btf-format';
import { typesAreCompatible, WORK_LIMIT } from '@btfq/core-reloc';
import { LoaderErrno } from '../errors.ts';
import { readKconfig, setVirtualExterns } from './kconfig.ts';
import type { ExternState, LoadState } from './state.ts';
import { findKernelType } from './vmlinux.ts';

const MAX_FD_INDEX = 32767;

/** Fills in every extern, or fails as libbpf does. */
export function resolveExterns(state: LoadState): void {
  const { externs } = state;
  if (externs.length === 0) return;
  if (setVirtualExterns(state)) readKconfig(state);
  const ksyms = externs.filter(({ extern }) => extern.kind !== 'kconfig');
  if (ksyms.some(({ extern }) => extern.typeId === 0)) readSymbols(state);
  for (const target of ksyms) {
    if (target.extern.typeId === 0) continue;
    if (target.extern.kind === 'ksym-variable') resolveVariable(state, target);
    else resolveFunction(state, target);
  }
  for (const { extern, found } of externs) {
    if (!found && !extern.weak)
      throw state.fail(LoaderErrno.NoProcess, `extern '${extern.name}' (strong): not resolved`);
  }
}

/** Also typed variables take their address from here first; what counts for them comes from BTF. */
function readSymbols(state: LoadState): void {
  const { symbols } = state.kernel;
  if (symbols === undefined) throw state.fail(LoaderErrno.Invalid, 'failed to open /proc/kallsyms: -ENOENT');
  const variables = new Map<string, ExternState>();
  for (const target of state.externs)
    if (target.extern.kind === 'ksym-variable') variables.set(target.extern.name, target);
  for (const { address, type, name } of symbols(new Set(variables.keys()))) {
    const suffix = type === 'd' ? name.indexOf('.llvm.') : -1;
    const target = variables.get(suffix < 0 ? name : name.slice(0, suffix));
    if (target === undefined) continue;
    if (target.found && target.address !== address) {
      const [one, other] = [target.address.toString(16), address.toString(16)];
      throw state.fail(LoaderErrno.Invalid, `extern (ksym) '${name}': resolution is ambiguous: 0x${one} or 0x${other}`);
    }
    target.found = true;
    target.address = address;
  }
}

function resolveVariable(state: LoadState, target: ExternState): void {
  const { extern } = target;
  const found = findKernelType(state, extern.name, BtfKind.Var);
  if (found === undefined) {
    if (extern.weak) return;
    throw state.fail(LoaderErrno.Invalid, `extern (var ksym) '${extern.name}': not found in kernel BTF`);
  }
  const { btf, id, module } = found;
  const kernelType = skipModifiersAndTypedefs(btf, btf.sizeOrType(id));
  const local = state.object.btf;
  if (local === undefined || typesAreCompatible(local, extern.typeId, btf, kernelType, { left: WORK_LIMIT }) <= 0) {
    throw state.fail(
      LoaderErrno.Invalid,
      `extern (var ksym) '${extern.name}': incompatible types, expected [${extern.typeId}] ${local?.name(extern.typeId)}, but kernel has [${kernelType}] ${btf.name(kernelType)}`,
    );
  }
  target.found = true;
  target.kernelBtfFd = module?.fd ?? 0;
  target.kernelBtfId = id;
}

function resolveFunction(state: LoadState, target: ExternState): void {
  const { extern } = target;
  const found = findKernelType(state, extern.essentialName, BtfKind.Func);
  if (found === undefined) {
    if (extern.weak) return;
    throw state.fail(LoaderErrno.Invalid, `extern (func ksym) '${extern.name}': not found in kernel or module BTFs`);
  }
  const { btf, id, module } = found;
  const prototype = btf.sizeOrType(id);
  const local = state.object.btf;
  if (local === undefined || typesAreCompatible(local, extern.typeId, btf, prototype, { left: WORK_LIMIT }) <= 0) {
    if (extern.weak) return;
    throw state.fail(
      LoaderErrno.Invalid,
      `extern (func ksym) '${extern.name}': func_proto [${extern.typeId}] incompatible with ${module?.name ?? 'vmlinux'} [${prototype}]`,
    );
  }
  if (module !== undefined && module.fdIndex === 0) {
    const { fdArray } = state;
    if (fdArray.length === MAX_FD_INDEX) throw state.fail(LoaderErrno.Invalid);
    if (fdArray.length === 0) fdArray.push(0);
    module.fdIndex = fdArray.length;
    fdArray.push(module.fd);
  }
  target.found = true;
  target.kernelBtfId = id;
  target.fdIndex = module?.fdIndex ?? 0;
  target.kernelBtfFd = module?.fd ?? 0;
}
