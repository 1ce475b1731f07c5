// Program types and map types that a kernel has: the arrays of operations that are indexed by type, with a null pointer for
// what was configured out (kernel/bpf/syscall.c: bpf_prog_types, bpf_map_types; verifier.c: bpf_verifier_ops).

import { type KernelView, pointersIn } from '../kernel-view.ts';
import { type TableName, tableRange } from '../locate/located.ts';
import { enumeratorsOf } from '../types/enumerators.ts';

/** One type that the kernel's BTF names, and whether it is there. */
export interface KernelType {
  /** Without its prefix: `KPROBE`, `HASH`. */
  readonly name: string;
  readonly value: number;
  /** Address of its operations; 0 where the kernel was built without it. */
  readonly operations: bigint;
}

/** Program types; undefined where the array cannot be found. */
export function programTypes(view: KernelView): readonly KernelType[] | undefined {
  // Both arrays are made from one list (include/linux/bpf_types.h); the verifier's is the one that its functions tell.
  return typesOf(view, 'programTypes', 'BPF_PROG_TYPE_') ?? verifierOps(view);
}

/** Map types; undefined where the array cannot be found. */
export function mapTypes(view: KernelView): readonly KernelType[] | undefined {
  return typesOf(view, 'mapTypes', 'BPF_MAP_TYPE_');
}

/** The verifier's operations by program type: their first member is `get_func_proto`. */
export function verifierOps(view: KernelView): readonly KernelType[] | undefined {
  return typesOf(view, 'verifierOps', 'BPF_PROG_TYPE_');
}

function typesOf(view: KernelView, array: TableName, prefix: string): readonly KernelType[] | undefined {
  const { memory, btf } = view;
  const range = tableRange(view, array);
  if (range === undefined) return undefined;
  const { start, end } = range;
  const count = Math.min(Number(end - start) / memory.wordSize, 256);
  const pointers = pointersIn(memory, start, start + BigInt(Math.floor(count) * memory.wordSize));
  if (pointers === undefined) return undefined;
  const types: KernelType[] = [];
  for (const [full, value] of enumeratorsOf(btf, prefix)) {
    const name = full.slice(prefix.length);
    // Of several names of one number the first counts that does not say `_DEPRECATED`: libbpf's.
    const known = types.findIndex((type) => type.value === value);
    if (name === 'UNSPEC' || (known >= 0 && !types[known]?.name.endsWith('_DEPRECATED'))) continue;
    if (known >= 0) types.splice(known, 1);
    const operations = pointers[value] ?? 0n;
    types.push({ name, value, operations: isAddress(view, operations) ? operations : 0n });
  }
  return types.sort((a, b) => a.value - b.value);
}

/** Behind an array's last entry lies something else: what points nowhere is none of its entries. */
function isAddress({ memory }: KernelView, address: bigint): boolean {
  return address >> 32n !== 0n && memory.regionOf(address) !== undefined;
}
