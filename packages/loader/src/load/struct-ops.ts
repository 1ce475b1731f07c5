// struct_ops variables fitted to the kernel's struct of that name. libbpf.c find_struct_ops_kern_types,
// bpf_map__init_kern_struct_ops, bpf_object_adjust_struct_ops_autoload.

import {
  type Btf,
  BtfKind,
  type BtfMember,
  decodeType,
  essentialName,
  findByName,
  resolveSize,
  skipModifiersAndTypedefs,
} from '@btfq/btf-format';
import { LoaderErrno } from '../errors.ts';
import { ProgramType } from '../uapi/program-type.ts';
import type { LoadState, MapState } from './state.ts';
import { findKernelType, type KernelType } from './vmlinux.ts';

const MAX_VALUE_SIZE = 1 << 24;

/** Values of maps as the kernel lays them out, and for programs what they implement. */
export function initKernelStructOps(state: LoadState): void {
  for (const map of state.maps) if (map.map.structOps !== undefined && map.autocreate) initMap(state, map);
}

/** A struct_ops program is loaded where a map that is created points to it, whatever its section says. */
export function adjustStructOpsAutoload(state: LoadState): void {
  for (const target of state.programs) {
    if (target.type !== ProgramType.StructOps) continue;
    const users = state.maps.filter(({ functions }) =>
      functions.some(({ program }) => program === target.program.index),
    );
    if (users.length > 0) target.autoload = users.some(({ autocreate }) => autocreate);
  }
}

interface KernelStruct {
  readonly value: KernelType;
  readonly structId: number;
  readonly members: readonly BtfMember[];
  /** Of the struct within the value, in bytes. */
  readonly offset: number;
}

function kernelStruct(state: LoadState, name: string): KernelStruct {
  const essential = essentialName(name);
  const valueName = `bpf_struct_ops_${essential}`;
  const missing = (what: string) =>
    state.fail(LoaderErrno.NoProcess, `struct_ops init_kern: struct ${what} is not found in kernel BTF`);
  const value = findKernelType(state, valueName, BtfKind.Struct);
  if (value === undefined) throw missing(valueName);
  const structId = findByName(value.btf, essential, BtfKind.Struct);
  if (structId === undefined)
    throw state.fail(LoaderErrno.NoEntry, `struct_ops init_kern: struct ${essential} is not found in kernel BTF`);
  const data = membersOf(value.btf, value.id).find(({ type }) => type === structId);
  if (data === undefined) {
    throw state.fail(
      LoaderErrno.Invalid,
      `struct_ops init_kern: struct ${essential} data is not found in struct ${valueName}`,
    );
  }
  return { value, structId, members: membersOf(value.btf, structId), offset: Math.floor(data.bitOffset / 8) };
}

function membersOf(btf: Btf, id: number): readonly BtfMember[] {
  const type = decodeType(btf, id);
  return type.kind === BtfKind.Struct || type.kind === BtfKind.Union ? type.members : [];
}

function initMap(state: LoadState, target: MapState): void {
  const { structOps, name } = target.map;
  const local = state.object.btf;
  if (structOps === undefined || local === undefined) return;
  const kernel = kernelStruct(state, local.name(structOps.typeId));
  const { btf, module } = kernel.value;
  const size = btf.sizeOrType(kernel.value.id);
  const bad = (what: string) => state.fail(LoaderErrno.NotSupported, `struct_ops init_kern ${name}: ${what}`);
  if (size > MAX_VALUE_SIZE) throw bad(`a value of ${size} bytes`);
  target.moduleBtfFd = module?.fd;
  target.definition.valueSize = size;
  target.kernelValueTypeId = kernel.value.id;
  const out = new Uint8Array(size);
  target.kernelValue = out;

  membersOf(local, structOps.typeId).forEach((member, i) => {
    const from = Math.floor(member.bitOffset / 8);
    const bytes = resolveSize(local, member.type, 8);
    if (bytes === undefined)
      throw state.fail(
        LoaderErrno.Invalid,
        `struct_ops init_kern ${name}: failed to resolve the size of member ${member.name}`,
      );
    const content = structOps.data.subarray(from, from + bytes);
    const slot = target.functions[i] as MapState['functions'][number];
    const index = kernel.members.findIndex((m) => m.name === member.name);
    const kernelMember = kernel.members[index];
    if (kernelMember === undefined) {
      // a pointer to a program counts as content: libbpf keeps the program's address there
      if (slot.program !== undefined || content.some((byte) => byte !== 0)) {
        throw bad(`Cannot find member ${member.name} in kernel BTF`);
      }
      state.warn(`struct_ops ${name}: member ${member.name} not found in kernel, skipping it as it's set to zero`);
      return;
    }
    if (member.bitfieldSize !== 0 || kernelMember.bitfieldSize !== 0)
      throw bad(`bitfield ${member.name} is not supported`);
    const to = kernel.offset + Math.floor(kernelMember.bitOffset / 8);
    const type = skipModifiersAndTypedefs(local, member.type);
    const kernelType = skipModifiersAndTypedefs(btf, kernelMember.type);
    if (local.kind(type) !== btf.kind(kernelType)) {
      throw bad(`Unmatched member type ${member.name} ${local.kind(type)} != ${btf.kind(kernelType)}(kernel)`);
    }
    if (local.kind(type) === BtfKind.Ptr) {
      if (slot.program === undefined) return;
      const pointee = skipModifiersAndTypedefs(btf, btf.sizeOrType(kernelType));
      if (btf.kind(pointee) !== BtfKind.FuncProto) throw bad(`kernel member ${member.name} is not a func ptr`);
      assignProgram(state, target, member.name, slot.program, { structId: kernel.structId, index, fd: module?.fd });
      slot.kernelOffset = to;
      return;
    }
    const kernelSize = resolveSize(btf, kernelType, 8);
    if (kernelSize !== bytes)
      throw bad(`Error in size of member ${member.name}: ${bytes} != ${kernelSize ?? -22}(kernel)`);
    out.set(content, to);
  });
}

/** The program implements this member: of the same struct, wherever it is used. */
function assignProgram(
  state: LoadState,
  target: MapState,
  member: string,
  program: number,
  kernel: { readonly structId: number; readonly index: number; readonly fd: number | undefined },
): void {
  const used = state.programs[program];
  if (used === undefined || used.type !== ProgramType.StructOps) {
    throw state.fail(
      LoaderErrno.NotSupported,
      `struct_ops init_kern ${target.map.name}: member ${member} is not a struct_ops program`,
    );
  }
  if (kernel.fd !== undefined) used.attachBtfFd = kernel.fd;
  if (used.attachBtfId === 0) {
    used.attachBtfId = kernel.structId;
    used.expectedAttachType = kernel.index;
  }
  if (used.attachBtfId !== kernel.structId || used.expectedAttachType !== kernel.index) {
    const { name, sectionName } = used.program;
    throw state.fail(
      LoaderErrno.Invalid,
      `struct_ops init_kern ${target.map.name} func ptr ${member}: invalid reuse of prog ${name} in sec ${sectionName}`,
    );
  }
}
