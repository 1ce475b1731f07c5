// Maps: whether the kernel has their type, and takes their sizes. libbpf creates all maps of an object before it loads a
// program. kernel/bpf/syscall.c map_create, map_alloc_check of each type.

import { type Btf, BtfKind, decodeType, skipModifiersAndTypedefs } from '@btfq/btf-format';
import { codeReferences } from '@btfq/core-reloc';
import { type LoaderMap, MapType, mapTypeWord, ProgramType } from '@btfq/loader';
import type { LoadReason } from '../reason.ts';
import { version } from '../kernel/version.ts';
import { type ObjectContext, type ProgramContext, reason, startOf } from './context.ts';
import { limitReason } from './map-limits.ts';

/** A function that every kernel with the map type has, built in or not by configuration: it is called through a table. */
const ALLOCATORS: Readonly<Record<number, string>> = {
  [MapType.Hash]: 'htab_map_alloc',
  [MapType.Array]: 'array_map_alloc',
  [MapType.LpmTrie]: 'trie_alloc',
  [MapType.StackTrace]: 'stack_map_alloc',
  [MapType.Devmap]: 'dev_map_alloc',
  [MapType.Sockmap]: 'sock_map_alloc',
  [MapType.Cpumap]: 'cpu_map_alloc',
  [MapType.Xskmap]: 'xsk_map_alloc',
  [MapType.Sockhash]: 'sock_hash_alloc',
  [MapType.CgroupStorage]: 'cgroup_storage_map_alloc',
  [MapType.ReuseportSockarray]: 'reuseport_array_alloc',
  [MapType.Ringbuf]: 'ringbuf_map_alloc',
  [MapType.SkStorage]: 'bpf_sk_storage_map_alloc',
  [MapType.InodeStorage]: 'inode_storage_map_alloc',
  [MapType.TaskStorage]: 'task_storage_map_alloc',
  [MapType.BloomFilter]: 'bloom_map_alloc',
  [MapType.CgrpStorage]: 'cgroup_storage_map_alloc',
  [MapType.Arena]: 'arena_map_alloc',
};

/** Types that take no number of entries, or fill it in themselves. */
const WITHOUT_ENTRIES: ReadonlySet<number> = new Set([
  MapType.CgroupStorage,
  MapType.PercpuCgroupStorage,
  MapType.SkStorage,
  MapType.InodeStorage,
  MapType.TaskStorage,
  MapType.CgrpStorage,
  MapType.StructOps,
]);

export function mapReasons(context: ObjectContext): LoadReason[] {
  return context.requirements.object.maps
    .filter(({ autocreate }) => autocreate)
    .flatMap((map) => globalDataReason(context, map) ?? mapReason(context, map) ?? []);
}

/** Sections of global data became maps in Linux 5.2; libbpf refuses the object where the kernel has none. */
function globalDataReason(context: ObjectContext, map: LoaderMap): LoadReason | undefined {
  if (map.origin === 'maps' || map.origin === 'struct_ops' || context.view.version.most >= version('5.2'))
    return undefined;
  return reason(context, {
    code: 'map-type',
    message: `the kernel has no global data (Linux 5.2), which the object keeps in ${map.sectionName}`,
    needed: map.sectionName,
    evidence: 'release',
    wholeObject: true,
    loaders: ['libbpf', 'cilium'],
  });
}

function mapReason(context: ObjectContext, map: LoaderMap): LoadReason | undefined {
  const { view, requirements } = context;
  const word = mapTypeWord(map.type) ?? `type ${map.type}`;
  const enumerator = `BPF_MAP_TYPE_${word.toUpperCase()}`;
  const common = { needed: word, wholeObject: true } as const;
  const aliases = OLD_NAMES[map.type] ?? [];
  if (view.hasEnumerator('bpf_map_type', enumerator, ...aliases) === false) {
    return reason(context, {
      ...common,
      code: 'map-type',
      message: `the kernel has no maps of type ${word}, which '${map.name}' is`,
      evidence: 'btf',
    });
  }
  const allocator = ALLOCATORS[map.type];
  // only where the kernel's functions are in its types at all
  if (
    allocator !== undefined &&
    view.has(BtfKind.Func, 'array_map_alloc') &&
    !hasAllocator(context, map.type, allocator)
  ) {
    return reason(context, {
      ...common,
      code: 'map-type',
      verdict: 'conditional',
      message: `the kernel seems to be built without maps of type ${word}, which '${map.name}' is`,
      evidence: 'btf',
    });
  }
  const entries = requirements.maxEntries.get(map.name) ?? map.maxEntries;
  if (entries === 0 && map.type !== MapType.PerfEventArray && !WITHOUT_ENTRIES.has(map.type)) {
    return reason(context, {
      ...common,
      code: 'map-key',
      verdict: 'conditional',
      message: `user space must give the map '${map.name}' its number of entries`,
      needed: 'max_entries',
      evidence: 'object',
    });
  }
  return unsetReason(context, map) ?? limitReason(context, map);
}

/** Sizes that user space has still to give. */
function unsetReason(context: ObjectContext, map: LoaderMap): LoadReason | undefined {
  if (!SIZED.has(map.type) || (map.keySize !== 0 && map.valueSize !== 0)) return undefined;
  const unset = map.keySize === 0 ? 'key' : 'value';
  return reason(context, {
    code: 'map-key',
    verdict: 'conditional',
    message: `user space must give the map '${map.name}' the size of its ${unset}s`,
    needed: `${unset}_size`,
    evidence: 'object',
    wholeObject: true,
  });
}

/** Types that take neither keys nor values of no size: htab_map_alloc_check, array_map_alloc_check. */
const SIZED: ReadonlySet<number> = new Set([
  MapType.Hash,
  MapType.Array,
  MapType.PercpuHash,
  MapType.PercpuArray,
  MapType.LruHash,
  MapType.LruPercpuHash,
]);

/** is_tracing_prog_type of kernel/bpf/verifier.c: programs that may run anywhere. */
const TRACING_TYPES: ReadonlySet<number> = new Set([
  ProgramType.Kprobe,
  ProgramType.Tracepoint,
  ProgramType.PerfEvent,
  ProgramType.RawTracepoint,
  ProgramType.RawTracepointWritable,
]);

/** Maps with lists or trees in their values, which such programs may not use: check_map_prog_compatibility. */
export function mapUseReasons(context: ProgramContext): LoadReason[] {
  const { view, requirements, needs } = context;
  const { object, core } = requirements;
  const { btf } = object;
  if (core === undefined || btf === undefined || !TRACING_TYPES.has(needs.program.type)) return [];
  const referred = new Set<string>();
  for (const func of needs.functions) {
    for (const [offset, reference] of codeReferences(core).get(func.section.name) ?? []) {
      if (offset < func.offset || offset >= func.offset + func.size) continue;
      if (reference.kind === 'map') referred.add(reference.name);
      else if (reference.kind === 'data') referred.add(reference.section);
    }
  }
  for (const map of object.maps) {
    if (!referred.has(map.name) && !referred.has(map.sectionName)) continue;
    const special = specialField(btf, map.valueTypeId, 0);
    if (special === undefined || !view.has(BtfKind.Struct, special)) continue;
    return [
      reason(context, {
        code: 'map-type',
        message: `tracing programs may not use a map with a struct ${special} in it, as '${map.name}' has`,
        needed: special,
        evidence: 'release',
        place: startOf(context),
      }),
    ];
  }
  return [];
}

/** The list or tree in a value's type, directly or in a struct of it; kernels that know one find it by its name. */
function specialField(btf: Btf, typeId: number, depth: number): string | undefined {
  if (typeId === 0 || depth > 4) return undefined;
  const id = skipModifiersAndTypedefs(btf, typeId);
  const type = decodeType(btf, id);
  if (type.kind === BtfKind.Datasec) {
    for (const { type: variable } of type.vars) {
      const found = specialField(btf, btf.sizeOrType(variable), depth + 1);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  if (type.kind !== BtfKind.Struct) return undefined;
  if (type.name === 'bpf_list_head' || type.name === 'bpf_rb_root') return type.name;
  for (const member of type.members) {
    const found = specialField(btf, member.type, depth + 1);
    if (found !== undefined) return found;
  }
  return undefined;
}

function hasAllocator({ view }: ObjectContext, type: number, allocator: string): boolean {
  if (view.has(BtfKind.Func, allocator)) return true;
  return type === MapType.SkStorage && view.has(BtfKind.Func, 'sk_storage_map_alloc');
}

/** Names that an enumerator had before. */
const OLD_NAMES: Readonly<Record<number, readonly string[]>> = {
  [MapType.CgroupStorage]: ['BPF_MAP_TYPE_CGROUP_STORAGE_DEPRECATED'],
  [MapType.PercpuCgroupStorage]: ['BPF_MAP_TYPE_PERCPU_CGROUP_STORAGE_DEPRECATED'],
};
