// What creating a map asks for beside its type: sizes of keys and values, flags, what is in a map of maps. The same in every
// release but where a row says otherwise. map_alloc_check of each map type, kernel/bpf/map_in_map.c bpf_map_meta_alloc.

import { type Btf, BtfKind, decodeType, skipModifiersAndTypedefs } from '@btfq/btf-format';
import { type LoaderMap, type MapDefinition, MapType, mapTypeWord } from '@btfq/loader';
import { endOfSeries, version } from '../kernel/version.ts';
import type { LoadReason, LoadReasonCode } from '../reason.ts';
import { type ObjectContext, reason } from './context.ts';

/** Why a map is not created; undefined where nothing here speaks against it. */
export function limitReason(context: ObjectContext, map: LoaderMap): LoadReason | undefined {
  return (
    sizeReason(context, map) ??
    flagReason(context, map) ??
    largeValueReason(context, map) ??
    memoryReason(context, map) ??
    (MAPS_OF_MAPS.has(map.type) ? innerReason(context, map) : undefined)
  );
}

const MAPS_OF_MAPS: ReadonlySet<number> = new Set([MapType.ArrayOfMaps, MapType.HashOfMaps]);

/** What a map type asks of sizes and flags, in every release that has it. */
interface Sizes {
  readonly key?: readonly number[];
  readonly value?: readonly number[];
  /** BPF_F_NO_PREALLOC must be set. */
  readonly noPrealloc?: boolean;
}

const ANY_KEY_INDEX: Sizes = { key: [4] };
const INDEX_TO_FD: Sizes = { key: [4], value: [4] };
const NO_KEY: Sizes = { key: [0] };
const STORAGE: Sizes = { key: [4], noPrealloc: true };

const SIZES: Readonly<Record<number, Sizes>> = {
  [MapType.Array]: ANY_KEY_INDEX,
  [MapType.PercpuArray]: ANY_KEY_INDEX,
  [MapType.StackTrace]: ANY_KEY_INDEX,
  [MapType.ProgArray]: INDEX_TO_FD,
  [MapType.PerfEventArray]: INDEX_TO_FD,
  [MapType.CgroupArray]: INDEX_TO_FD,
  [MapType.ArrayOfMaps]: INDEX_TO_FD,
  [MapType.HashOfMaps]: { value: [4] },
  [MapType.LpmTrie]: { noPrealloc: true },
  [MapType.Queue]: NO_KEY,
  [MapType.Stack]: NO_KEY,
  [MapType.BloomFilter]: NO_KEY,
  [MapType.Ringbuf]: { key: [0], value: [0] },
  [MapType.UserRingbuf]: { key: [0], value: [0] },
  [MapType.SkStorage]: STORAGE,
  [MapType.InodeStorage]: STORAGE,
  [MapType.TaskStorage]: STORAGE,
  [MapType.CgrpStorage]: STORAGE,
};

const NO_PREALLOC = 1;

function sizeReason(context: ObjectContext, map: MapDefinition): LoadReason | undefined {
  const sizes = SIZES[map.type];
  const word = mapTypeWord(map.type) ?? '';
  // what is 0 may wait for user space
  const wrong = (size: number, allowed: readonly number[] | undefined) =>
    size !== 0 && allowed !== undefined && !allowed.includes(size);
  for (const [what, size, allowed] of [
    ['keys', map.keySize, sizes?.key],
    ['values', map.valueSize, sizes?.value],
  ] as const) {
    if (!wrong(size, allowed)) continue;
    const instead = allowed?.[0] === 0 ? `maps of type ${word} have none` : `they must have ${allowed?.join(' or ')}`;
    const message = `the ${what} of the ${word} map '${map.name}' have ${size} bytes: ${instead}`;
    return say(context, { code: 'map-key', message, needed: `${what.slice(0, -1)}_size ${size}` });
  }
  if (sizes?.noPrealloc === true && (map.flags & NO_PREALLOC) === 0) {
    const message = `the ${word} map '${map.name}' lacks the flag BPF_F_NO_PREALLOC, without which the kernel makes none`;
    return say(context, { code: 'flags', message, needed: 'BPF_F_NO_PREALLOC' });
  }
  return undefined;
}

/** Flags of map creation and the release that brought each: enum of include/uapi/linux/bpf.h. */
const FLAGS: readonly (readonly [flag: number, name: string, since: string])[] = [
  [1 << 7, 'BPF_F_RDONLY_PROG', '5.2'],
  [1 << 8, 'BPF_F_WRONLY_PROG', '5.2'],
  [1 << 9, 'BPF_F_CLONE', '5.4'],
  [1 << 10, 'BPF_F_MMAPABLE', '5.5'],
  [1 << 11, 'BPF_F_PRESERVE_ELEMS', '5.10'],
  [1 << 12, 'BPF_F_INNER_MAP', '5.10'],
  [1 << 17, 'BPF_F_SEGV_ON_FAULT', '6.9'],
  [1 << 18, 'BPF_F_NO_USER_CONV', '6.9'],
  [1 << 19, 'BPF_F_RB_OVERWRITE', '6.19'],
];

function flagReason(context: ObjectContext, map: LoaderMap): LoadReason | undefined {
  // libbpf leaves out for its own maps what the kernel does not know
  if (map.origin !== 'maps') return undefined;
  for (const [flag, name, since] of FLAGS) {
    if ((map.flags & flag) === 0 || context.view.version.most >= version(since)) continue;
    const message = `the kernel does not know the flag ${name} of the map '${map.name}' (Linux ${since})`;
    return say(context, { code: 'flags', message, needed: name, evidence: 'release' });
  }
  return undefined;
}

/**
 * The largest values that Linux 5.10 takes with pages of 4 KB, where 6.1 takes larger ones: KMALLOC_MAX_SIZE of
 * array_map_alloc_check, PAGE_SIZE of cgroup_storage_map_alloc.
 */
const LARGEST_VALUES: Readonly<Record<number, number>> = {
  [MapType.Array]: 4 << 20,
  [MapType.CgroupStorage]: 4096,
  [MapType.PercpuCgroupStorage]: 4096,
};
const LARGE_REFUSED = '5.10';
const LARGE_TAKEN = '6.1';

function largeValueReason(context: ObjectContext, map: MapDefinition): LoadReason | undefined {
  const { kernel, version: range } = context.view;
  const most = LARGEST_VALUES[map.type];
  if (most === undefined || map.valueSize <= most || range.least >= version(LARGE_TAKEN)) return undefined;
  const certain = range.most <= endOfSeries(LARGE_REFUSED) && kernel.arch === 'x86_64';
  return say(context, {
    code: 'map-key',
    verdict: certain ? 'fails' : 'conditional',
    message: `the values of '${map.name}' have ${map.valueSize} bytes: Linux ${LARGE_REFUSED} takes ${most}, ${LARGE_TAKEN} more`,
    needed: `value_size ${map.valueSize}`,
    evidence: 'release',
  });
}

/** What an entry takes beside its key and value, at least: struct lpm_trie_node. */
const ENTRY_HEADERS: Readonly<Record<number, number>> = {
  [MapType.Array]: 0,
  [MapType.Hash]: 32,
  [MapType.LpmTrie]: 36,
};

/** Before Linux 5.11 a map's memory is counted when it is made, in 32 bits: bpf_map_charge_init. */
function memoryReason(context: ObjectContext, map: MapDefinition): LoadReason | undefined {
  const header = ENTRY_HEADERS[map.type];
  if (header === undefined || context.view.version.most >= version('5.11')) return undefined;
  const entries = context.requirements.maxEntries.get(map.name) ?? map.maxEntries;
  const bytes = entries * (header + (map.type === MapType.Array ? 0 : map.keySize) + map.valueSize);
  if (bytes < 2 ** 32) return undefined;
  return say(context, {
    code: 'map-key',
    message: `the map '${map.name}' takes more than 4 GB for ${entries} entries, which Linux 5.11 is the first to allow`,
    needed: `max_entries ${entries}`,
    evidence: 'release',
  });
}

/** Types without map_meta_equal: no map of maps takes them. */
const NEVER_INNER: ReadonlySet<number> = new Set([
  MapType.ProgArray,
  MapType.CgroupStorage,
  MapType.PercpuCgroupStorage,
  MapType.StructOps,
]);

function innerReason(context: ObjectContext, map: LoaderMap): LoadReason | undefined {
  const { inner } = map;
  if (inner === undefined) {
    const message = `user space must say what maps are in '${map.name}'`;
    return say(context, { code: 'map-key', verdict: 'conditional', message, needed: 'inner_map_fd' });
  }
  const word = mapTypeWord(inner.type) ?? `type ${inner.type}`;
  if (NEVER_INNER.has(inner.type) || MAPS_OF_MAPS.has(inner.type)) {
    const message = `no map of type ${word} can be in another, as in '${map.name}'`;
    return say(context, { code: 'map-type', message, needed: word });
  }
  return sizeReason(context, inner) ?? innerLockReason(context, map, inner);
}

/** Types whose values may have a lock: map_check_btf of Linux 5.10. */
const WITH_LOCK: ReadonlySet<number> = new Set([MapType.Hash, MapType.Array]);

/** Linux 6.2 is the first to take locks there, with the struct that says where in a value they are. */
function innerLockReason(context: ObjectContext, map: LoaderMap, inner: MapDefinition): LoadReason | undefined {
  const { view, requirements } = context;
  const { btf } = requirements.object;
  if (btf === undefined || !WITH_LOCK.has(inner.type) || view.version.most >= version('6.2')) return undefined;
  if (view.has(BtfKind.Struct, 'btf_record') || !view.has(BtfKind.Struct, 'bpf_spin_lock')) return undefined;
  const lock = lockIn(btf, inner.valueTypeId);
  if (lock === 'none') return undefined;
  return say(context, {
    code: 'map-type',
    verdict: lock === 'certain' ? 'fails' : 'conditional',
    message: `maps within '${map.name}' have a struct bpf_spin_lock in their values, which Linux 6.2 is the first to take`,
    needed: 'bpf_spin_lock',
    evidence: 'btf',
  });
}

/** A lock of a value; libbpf drops the type of a value that the kernel refuses for another field, and the lock with it. */
function lockIn(btf: Btf, typeId: number): 'none' | 'possible' | 'certain' {
  const type = typeId === 0 ? undefined : decodeType(btf, skipModifiersAndTypedefs(btf, typeId));
  if (type?.kind !== BtfKind.Struct) return 'none';
  let locks = 0;
  let tagged = false;
  for (const member of type.members) {
    const id = skipModifiersAndTypedefs(btf, member.type);
    if (btf.kind(id) === BtfKind.Struct && btf.name(id) === 'bpf_spin_lock') locks++;
    else if (btf.kind(id) === BtfKind.Ptr && btf.kind(btf.sizeOrType(id)) === BtfKind.TypeTag) tagged = true;
  }
  if (locks === 0) return 'none';
  return locks === 1 && !tagged ? 'certain' : 'possible';
}

function say(
  context: ObjectContext,
  parts: {
    readonly code: LoadReasonCode;
    readonly verdict?: 'fails' | 'conditional';
    readonly message: string;
    readonly needed: string;
    readonly evidence?: 'btf' | 'release' | 'object';
  },
): LoadReason {
  return reason(context, { ...parts, evidence: parts.evidence ?? 'object', wholeObject: true });
}
