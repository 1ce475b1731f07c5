// struct_ops: structs of the kernel whose functions programs may be (kernel/bpf/bpf_struct_ops.c).

import { type Btf, BtfKind, decodeType, findByName } from '@btfq/btf-format';
import type { KernelView } from '../kernel-view.ts';
import { readPointer, structField } from '../types/struct-fields.ts';

/** One struct. */
export interface StructOps {
  /** `tcp_congestion_ops`. */
  readonly name: string;
  readonly members: readonly StructOpsMember[];
}

/** One member, in the struct's order. */
export interface StructOpsMember {
  readonly name: string;
  /** A function, which a program may be, or a value that is set. */
  readonly kind: 'function' | 'data';
  /** Whether a program may be it; undefined for data, and where the kernel decides in a way that its image does not show. */
  readonly supported: boolean | undefined;
}

/** One that was registered, whose `struct bpf_struct_ops` is at an address: a function without a stub is refused. */
export function structOpsOf({ memory, btf, idTypes }: KernelView, name: string, at: bigint): StructOps {
  const stubs = structField(btf, 'bpf_struct_ops', 'cfi_stubs');
  const asksStubs = findByName(btf, 'bpf_struct_ops_supported', BtfKind.Func) !== undefined;
  const table = stubs && asksStubs ? readPointer(memory, at, stubs) : undefined;
  return {
    name,
    members: membersOf(idTypes, name, (offset) => {
      const stub = table ? memory.word(table + BigInt(offset)) : undefined;
      return stub === undefined ? undefined : stub !== 0n;
    }),
  };
}

const PREFIX = 'bpf_struct_ops_';

/** Those of kernels that list them when they are built (before 6.9): each has a struct for its value. */
export function structOpsInTypes({ btf }: KernelView): StructOps[] | undefined {
  if (findByName(btf, 'bpf_struct_ops', BtfKind.Struct) === undefined) return [];
  const found: StructOps[] = [];
  for (let id = btf.startId; id < btf.typeCount; id++) {
    if (btf.kind(id) !== BtfKind.Struct) continue;
    const value = btf.name(id);
    const name = value.slice(PREFIX.length);
    if (!value.startsWith(PREFIX) || structField(btf, value, 'data') === undefined) continue;
    if (findByName(btf, name, BtfKind.Struct) === undefined) continue;
    found.push({ name, members: membersOf(btf, name, () => undefined) });
  }
  return found.sort((a, b) => (a.name < b.name ? -1 : 1));
}

function membersOf(btf: Btf, name: string, supported: (offset: number) => boolean | undefined): StructOpsMember[] {
  const id = findByName(btf, name, BtfKind.Struct);
  const type = id === undefined ? undefined : decodeType(btf, id);
  if (type?.kind !== BtfKind.Struct) return [];
  return type.members.map((member) => {
    const kind = isFunction(btf, member.type) ? 'function' : 'data';
    return { name: member.name, kind, supported: kind === 'data' ? undefined : supported(member.bitOffset / 8) };
  });
}

function isFunction(btf: Btf, id: number): boolean {
  const type = decodeType(btf, id);
  // 0 stands for void.
  return type.kind === BtfKind.Ptr && type.type !== 0 && decodeType(btf, type.type).kind === BtfKind.FuncProto;
}
