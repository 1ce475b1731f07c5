// The kernel's own types: when libbpf needs them, and how it looks names up in them and in its modules. libbpf.c
// obj_needs_vmlinux_btf, bpf_object__load_vmlinux_btf, find_ksym_btf_id.

import { type Btf, type BtfKind, findByName, idsByName } from '@btfq/btf-format';
import { LoaderErrno } from '../errors.ts';
import { ProgramType } from '../uapi/program-type.ts';
import { loadModules } from './modules.ts';
import type { LoadState, ModuleState } from './state.ts';

/** Makes the kernel's BTF known where something needs it. */
export function loadVmlinux(state: LoadState, force = false): void {
  if (state.vmlinux !== undefined || (!force && !needsVmlinux(state))) return;
  const { vmlinux } = state.kernel;
  if (vmlinux === undefined) {
    state.warn("kernel BTF is missing at '/sys/kernel/btf/vmlinux', was CONFIG_DEBUG_INFO_BTF enabled?");
    throw state.fail(LoaderErrno.NoProcess, 'Error loading vmlinux BTF: -ESRCH');
  }
  state.vmlinux = vmlinux;
}

function needsVmlinux(state: LoadState): boolean {
  const { object, options } = state;
  if (object.ext !== undefined && object.ext.coreRelo.sections.length > 0 && options.customBtf === undefined)
    return true;
  if (object.externs.some(({ kind, typeId }) => kind !== 'kconfig' && typeId !== 0)) return true;
  if (object.maps.some(({ origin }) => origin === 'struct_ops')) return true;
  return state.programs.some(({ program, autoload, type, attachProgramFd }) => {
    if (program.subprogram || !autoload) return false;
    if (type === ProgramType.StructOps || type === ProgramType.Lsm) return true;
    return type === ProgramType.Tracing && attachProgramFd === 0;
  });
}

/** A type of the kernel. */
export interface KernelType {
  readonly btf: Btf;
  readonly id: number;
  /** undefined for vmlinux. */
  readonly module: ModuleState | undefined;
}

/** Looks in vmlinux, then in each module's own types. */
export function findKernelType(state: LoadState, name: string, kind: BtfKind): KernelType | undefined {
  const btf = state.vmlinux;
  if (btf === undefined) return undefined;
  const id = findByName(btf, name, kind);
  if (id !== undefined) return id === 0 ? undefined : { btf, id, module: undefined };
  for (const module of loadModules(state)) {
    const own = idsByName(module.btf, name).find((i) => i >= module.btf.startId && module.btf.kind(i) === kind);
    if (own !== undefined) return { btf: module.btf, id: own, module };
  }
  return undefined;
}
