// Whether a trampoline can be made for a function: it needs the function's type, and one that registers can hold
// (kernel/bpf/btf.c, btf_distill_func_proto; arch_prepare_bpf_trampoline of x86 and arm64).

import { type Btf, BtfKind, decodeType, skipModifiersAndTypedefs } from '@btfq/btf-format';
import type { KernelView } from '../kernel-view.ts';

/** MAX_BPF_FUNC_ARGS. */
const MAX_ARGS = 12;
/** Structs of two registers may be passed from this release on. */
const STRUCTS_SINCE = [6, 0] as const;
/** x86 passes arguments on the stack from this release on; before, there are six registers. */
const X86_STACK_SINCE = [6, 6] as const;
const X86_REGISTERS = 6;
const ARM64_REGISTERS = 8;

/** What a trampoline makes of a function's type. */
export type Prototype = 'fits' | 'refused' | 'depends';

/** Types, and the kernel that has them. */
interface Types extends Pick<KernelView, 'btf' | 'version'> {
  readonly arch: string;
}

/** By name, of all functions in these types; several of one name count as the one that fits least. */
export function prototypesOf(view: Types): ReadonlyMap<string, Prototype> {
  const { btf } = view;
  const byProto = new Map<number, Prototype>();
  const byName = new Map<string, Prototype>();
  for (let id = btf.startId; id < btf.typeCount; id++) {
    if (btf.kind(id) !== BtfKind.Func) continue;
    const proto = btf.sizeOrType(id);
    let answer = byProto.get(proto);
    if (answer === undefined) byProto.set(proto, (answer = prototypeOf(view, proto)));
    const name = btf.name(id);
    const other = byName.get(name);
    byName.set(name, other === undefined || other === 'fits' ? answer : other);
  }
  return byName;
}

function prototypeOf({ btf, arch, version }: Types, id: number): Prototype {
  const type = btf.kind(id) === BtfKind.FuncProto ? decodeType(btf, id) : undefined;
  if (type?.kind !== BtfKind.FuncProto) return 'refused';
  if (type.params.length > MAX_ARGS) return 'refused';
  if (type.returnType !== 0 && !isScalar(btf, type.returnType)) return 'refused';
  const takesStructs = version !== undefined && !isBefore(version, STRUCTS_SINCE);
  let registers = 0;
  for (const { type: param } of type.params) {
    if (param === 0) return 'refused'; // a variable number of arguments
    const size = isScalar(btf, param) ? 8 : takesStructs ? structSize(btf, param) : undefined;
    if (size === undefined || size === 0 || size > 16) return 'refused';
    registers += Math.ceil(size / 8);
  }
  if (arch === 'x86_64' && registers > X86_REGISTERS) {
    return version === undefined ? 'depends' : isBefore(version, X86_STACK_SINCE) ? 'refused' : 'fits';
  }
  return arch === 'arm64' && registers > ARM64_REGISTERS ? 'depends' : 'fits';
}

/** __get_type_size: what one register holds. */
function isScalar(btf: Btf, id: number): boolean {
  const kind = btf.kind(skipModifiersAndTypedefs(btf, id));
  return kind === BtfKind.Ptr || kind === BtfKind.Int || kind === BtfKind.Enum || kind === BtfKind.Enum64;
}

function structSize(btf: Btf, id: number): number | undefined {
  const at = skipModifiersAndTypedefs(btf, id);
  const kind = btf.kind(at);
  return kind === BtfKind.Struct || kind === BtfKind.Union ? btf.sizeOrType(at) : undefined;
}

function isBefore(version: readonly [number, number], since: readonly [number, number]): boolean {
  return version[0] < since[0] || (version[0] === since[0] && version[1] < since[1]);
}
