// `__arg_ctx` for kernels that do not know it: global functions get clones of their types in which the argument is what
// the verifier takes for a context. libbpf.c bpf_program_fixup_func_info, need_func_arg_type_fixup, clone_func_btf_info.

import { type Btf, BtfKind, decodeType, isModifier, skipModifiersAndTypedefs } from '@btfq/btf-format';
import type { BtfEditor } from '../btf-edit.ts';
import { ProgramType } from '../uapi/program-type.ts';
import type { LoadState, ProgramState } from './state.ts';

/** The struct that a program type's context is; types without a named one are not here. */
const CONTEXT: Readonly<Record<number, string>> = {
  [ProgramType.CgroupDevice]: 'bpf_cgroup_dev_ctx',
  [ProgramType.CgroupSkb]: '__sk_buff',
  [ProgramType.CgroupSock]: 'bpf_sock',
  [ProgramType.CgroupSockAddr]: 'bpf_sock_addr',
  [ProgramType.CgroupSockopt]: 'bpf_sockopt',
  [ProgramType.CgroupSysctl]: 'bpf_sysctl',
  [ProgramType.FlowDissector]: '__sk_buff',
  [ProgramType.Kprobe]: 'bpf_user_pt_regs_t',
  [ProgramType.LwtIn]: '__sk_buff',
  [ProgramType.LwtOut]: '__sk_buff',
  [ProgramType.LwtSeg6local]: '__sk_buff',
  [ProgramType.LwtXmit]: '__sk_buff',
  [ProgramType.Netfilter]: 'bpf_nf_ctx',
  [ProgramType.PerfEvent]: 'bpf_perf_event_data',
  [ProgramType.RawTracepoint]: 'bpf_raw_tracepoint_args',
  [ProgramType.RawTracepointWritable]: 'bpf_raw_tracepoint_args',
  [ProgramType.SchedAct]: '__sk_buff',
  [ProgramType.SchedCls]: '__sk_buff',
  [ProgramType.SkLookup]: 'bpf_sk_lookup',
  [ProgramType.SkMsg]: 'sk_msg_md',
  [ProgramType.SkReuseport]: 'sk_reuseport_md',
  [ProgramType.SkSkb]: '__sk_buff',
  [ProgramType.SockOps]: 'bpf_sock_ops',
  [ProgramType.SocketFilter]: '__sk_buff',
  [ProgramType.Xdp]: 'xdp_md',
};

const TAG = 'arg:ctx';

/** Changes the program's func_info and adds to the BTF, where its functions have such arguments. */
export function fixContextArguments(state: LoadState, target: ProgramState): void {
  const { funcInfo } = target;
  const { kernelBtf: btf } = state.object;
  const { btf: editor } = state;
  if (funcInfo === undefined || btf === undefined || editor === undefined) return;
  if (state.features.has('arg-ctx-tag')) return;
  const context = CONTEXT[target.type];
  if (context === undefined) return;
  const view = new DataView(funcInfo.bytes.buffer, funcInfo.bytes.byteOffset, funcInfo.bytes.byteLength);
  const typeAt = (record: number) => record * funcInfo.recordSize + 4;
  const originals = Array.from({ length: funcInfo.count }, (_, i) => view.getUint32(typeAt(i), true));
  let pointer = 0;
  for (let id = 1; id < btf.typeCount; id++) {
    if (btf.kind(id) !== BtfKind.DeclTag || btf.name(id) !== TAG) continue;
    const tag = decodeType(btf, id);
    if (tag.kind !== BtfKind.DeclTag) continue;
    const func = decodeType(btf, tag.type);
    // linkage may have been changed since; that of hidden functions is only when the BTF is loaded
    if (func.kind !== BtfKind.Func || func.linkage !== 1) continue;
    const prototype = decodeType(btf, func.type);
    if (prototype.kind !== BtfKind.FuncProto) continue;
    const record = originals.indexOf(tag.type);
    const argument = tag.componentIdx;
    const parameter = prototype.params[argument];
    if (record < 0 || argument < 0 || parameter === undefined) continue;
    if (!needsFix(btf, target.type, state.kernel.machine ?? 'x86_64', parameter.type, context)) {
      if (!isCanonical(btf, target.type, parameter.type, context)) {
        state.warn(
          `prog '${target.program.name}': subprog '${func.name}' arg#${argument} is expected to be of \`struct ${context} *\` type`,
        );
      }
      continue;
    }
    let clone = view.getUint32(typeAt(record), true);
    if (clone === tag.type) {
      clone = cloneFunction(editor, tag.type, target.program.name);
      view.setUint32(typeAt(record), clone, true);
    }
    if (pointer === 0) {
      const struct = editor.add(editor.string(context), BtfKind.Struct << 24, 0);
      pointer = editor.add(0, BtfKind.Ptr << 24, struct);
    }
    editor.add(editor.string(TAG), BtfKind.DeclTag << 24, clone, argument);
    editor.setWord(editor.word(clone, 2), 3 + argument * 2 + 1, pointer);
  }
}

/** Copies a FUNC and its prototype; parameters keep their names. */
function cloneFunction(editor: BtfEditor, func: number, placeholder: string): number {
  const prototype = editor.word(func, 2);
  const count = editor.vlen(prototype);
  const params = Array.from({ length: count * 2 }, (_, i) => editor.word(prototype, 3 + i));
  const clone = editor.add(0, ((BtfKind.FuncProto << 24) | count) >>> 0, editor.word(prototype, 2), ...params);
  editor.string(placeholder); // libbpf names the clone so for a moment, and the string stays
  return editor.add(editor.word(func, 0), editor.word(func, 1), clone);
}

/** What the pointer points to, and on the way there a typedef of that name. */
function pointeeOf(btf: Btf, typeId: number): { readonly id: number; readonly typedef: string } | undefined {
  const pointer = skipModifiersAndTypedefs(btf, typeId);
  if (btf.kind(pointer) !== BtfKind.Ptr) return undefined;
  let id = btf.sizeOrType(pointer);
  for (let left = btf.typeCount; left > 0 && isModifier(btf.kind(id)); left--) id = btf.sizeOrType(id);
  const typedef = btf.kind(id) === BtfKind.Typedef ? btf.name(id) : '';
  return { id: skipModifiersAndTypedefs(btf, id), typedef };
}

function isCanonical(btf: Btf, programType: number, typeId: number, context: string): boolean {
  const pointee = pointeeOf(btf, typeId);
  if (pointee === undefined) return false;
  const registers = programType === ProgramType.Kprobe || programType === ProgramType.PerfEvent;
  if (registers && pointee.typedef === 'bpf_user_pt_regs_t') return true;
  return btf.kind(pointee.id) === BtfKind.Struct && btf.name(pointee.id) === context;
}

/** Whether the argument is something that libbpf knows for a context, and the verifier does not. */
function needsFix(btf: Btf, programType: number, machine: string, typeId: number, context: string): boolean {
  const pointee = pointeeOf(btf, typeId);
  if (pointee === undefined || isCanonical(btf, programType, typeId, context)) return false;
  const kind = btf.kind(pointee.id);
  if (kind === BtfKind.Unknown) return true;
  const name = btf.name(pointee.id);
  const isStruct = kind === BtfKind.Struct;
  switch (programType) {
    case ProgramType.Kprobe:
      return isStruct && name === 'pt_regs';
    case ProgramType.PerfEvent:
      return isStruct && name === (REGISTERS[machine] ?? 'pt_regs');
    case ProgramType.RawTracepoint:
    case ProgramType.RawTracepointWritable:
      return kind === BtfKind.Int && btf.sizeOrType(pointee.id) === 8;
    default:
      return false;
  }
}

/** What bpf_user_pt_regs_t is, where it is not struct pt_regs. */
const REGISTERS: Readonly<Record<string, string>> = {
  aarch64: 'user_pt_regs',
  arm64: 'user_pt_regs',
  s390x: 'user_pt_regs',
  riscv64: 'user_regs_struct',
  loongarch64: 'user_pt_regs',
};
