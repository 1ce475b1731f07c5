// Whether a trampoline can be made for a function: it needs the function's type, and one that registers can hold
// (kernel/bpf/btf.c, btf_distill_func_proto; arch_prepare_bpf_trampoline of x86 and arm64).

import { type Btf, BtfKind, infoKind, infoVlen, skipModifiersAndTypedefs } from '@btfq/btf-format';
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
export function prototypesOf(types: Types): ReadonlyMap<string, Prototype> {
  const { btf } = types;
  const { words, starts, startId } = btf;
  const answers = new Map<number, Prototype>();
  const sizes: Sizes = { known: new Map() };
  const byName = new Map<string, Prototype>();
  // A kernel has 60,000 functions: their words are read as they are.
  for (let i = 0; startId + i < btf.typeCount; i++) {
    const at = starts[i]!;
    if (infoKind(words[at + 1]!) !== BtfKind.Func) continue;
    const proto = words[at + 2]!;
    let answer = answers.get(proto);
    if (answer === undefined) answers.set(proto, (answer = prototypeOf(types, proto, sizes)));
    const name = btf.name(startId + i);
    const other = byName.get(name);
    byName.set(name, other === undefined || other === 'fits' ? answer : other);
  }
  return byName;
}

/** What an argument of a type takes, by id. */
interface Sizes {
  readonly known: Map<number, number>;
}

function prototypeOf({ btf, arch, version }: Types, id: number, sizes: Sizes): Prototype {
  if (btf.kind(id) !== BtfKind.FuncProto) return 'refused';
  const owner = ownerOf(btf, id);
  const { words } = owner;
  const at = owner.starts[id - owner.startId]!;
  const count = infoVlen(words[at + 1]!);
  if (count > MAX_ARGS) return 'refused';
  const returned = words[at + 2]!;
  if (returned !== 0 && sizeOf(btf, returned, sizes) !== SCALAR) return 'refused';
  const takesStructs = version !== undefined && !isBefore(version, STRUCTS_SINCE);
  let registers = 0;
  for (let i = 0; i < count; i++) {
    const param = words[at + 4 + 2 * i]!;
    if (param === 0) return 'refused'; // a variable number of arguments
    const size = sizeOf(btf, param, sizes);
    if (size === SCALAR) registers++;
    else if (!takesStructs || size === 0 || size > 16) return 'refused';
    else registers += Math.ceil(size / 8);
  }
  if (arch === 'x86_64' && registers > X86_REGISTERS) {
    return version === undefined ? 'depends' : isBefore(version, X86_STACK_SINCE) ? 'refused' : 'fits';
  }
  return arch === 'arm64' && registers > ARM64_REGISTERS ? 'depends' : 'fits';
}

function ownerOf(btf: Btf, id: number): Btf {
  let owner = btf;
  while (id < owner.startId && owner.base !== undefined) owner = owner.base;
  return owner;
}

/** What one register holds (__get_type_size): pointers, integers, enums. */
const SCALAR = -1;

/** `SCALAR`, the bytes of a struct or union, or 0 for what cannot be passed. */
function sizeOf(btf: Btf, id: number, { known }: Sizes): number {
  const before = known.get(id);
  if (before !== undefined) return before;
  const at = skipModifiersAndTypedefs(btf, id);
  const kind = btf.kind(at);
  const isScalar = kind === BtfKind.Ptr || kind === BtfKind.Int || kind === BtfKind.Enum || kind === BtfKind.Enum64;
  const size = isScalar ? SCALAR : kind === BtfKind.Struct || kind === BtfKind.Union ? btf.sizeOrType(at) : 0;
  known.set(id, size);
  return size;
}

function isBefore(version: readonly [number, number], since: readonly [number, number]): boolean {
  return version[0] < since[0] || (version[0] === since[0] && version[1] < since[1]);
}
