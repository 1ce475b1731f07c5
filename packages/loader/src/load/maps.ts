// Maps created and filled. libbpf.c bpf_object__create_maps, bpf_object__create_map, bpf_object__populate_internal_map,
// bpf_object__reuse_map, init_map_in_map_slots, init_prog_array_slots.

import {
  InfoSize,
  type MapCreate,
  mapCreate,
  mapFreeze,
  mapUpdate,
  objGet,
  objGetInfo,
  objPin,
} from '../kernel/calls.ts';
import { LoaderErrno } from '../errors.ts';
import { isMapOfMaps } from '../object/map-definition.ts';
import { MapFlag } from '../object/map-draft.ts';
import type { MapDefinition } from '../object/model.ts';
import { MapType } from '../uapi/map-type.ts';
import { errnoName } from './errno.ts';
import type { LoadState, MapState } from './state.ts';

/** BPF_F_VTYPE_BTF_OBJ_FD. */
const VALUE_TYPE_FD = 1 << 15;

/** Types whose content has no BTF, or whose kernels do not take it. */
const WITHOUT_BTF: ReadonlySet<number> = new Set([
  MapType.PerfEventArray,
  MapType.CgroupArray,
  MapType.StackTrace,
  MapType.ArrayOfMaps,
  MapType.HashOfMaps,
  MapType.Devmap,
  MapType.DevmapHash,
  MapType.Cpumap,
  MapType.Xskmap,
  MapType.Sockmap,
  MapType.Sockhash,
  MapType.Queue,
  MapType.Stack,
  MapType.Arena,
]);

/** Data sections are not mapped into the process where the kernel cannot. libbpf bpf_object__sanitize_maps. */
export function sanitizeMaps(state: LoadState): void {
  for (const target of state.maps) {
    if (isInternal(target) && !state.features.has('array-mmap')) target.definition.flags &= ~MapFlag.Mmapable;
  }
}

/** Made by libbpf for a section. */
function isInternal({ map }: MapState): boolean {
  return map.origin !== 'maps' && map.origin !== 'struct_ops';
}

/** Creates all maps, or none: those that were created are closed where one fails. */
export function createMaps(state: LoadState): void {
  for (const target of state.maps) {
    if (isInternal(target) && !state.features.has('global-data')) target.autocreate = false;
    if (!target.autocreate) continue;
    setDefaultEntries(state, target.definition);
    const errno = createPinned(state, target);
    if (errno < 0) {
      throw state.fail(errno, `map '${target.definition.name}': failed to create: ${errnoName(errno)}`);
    }
  }
}

/** A perf event array without a size gets one entry for each CPU. */
function setDefaultEntries(state: LoadState, definition: { type: number; maxEntries: number }): void {
  if (definition.type === MapType.PerfEventArray && definition.maxEntries === 0) {
    definition.maxEntries = state.kernel.possibleCpus ?? 1;
  }
}

/** Takes what is pinned already, creates what is not, and pins it. 0 or a negative error number. */
function createPinned(state: LoadState, target: MapState): number {
  const { pinPath } = target;
  for (let retried = false; ; retried = true) {
    if (pinPath !== undefined) {
      const errno = reuse(state, target, pinPath);
      if (errno < 0) {
        state.warn(`map '${target.definition.name}': error reusing pinned map`);
        return errno;
      }
    }
    if (!target.reused) {
      const errno = create(state, target);
      if (errno < 0) return errno;
    }
    if (pinPath === undefined || target.pinned) return 0;
    const pinned = objPin(state.system, target.fd, pinPath);
    if (pinned >= 0) {
      target.pinned = true;
      return 0;
    }
    if (retried || pinned !== -LoaderErrno.Exists) {
      state.warn(`map '${target.definition.name}': failed to auto-pin at '${pinPath}': ${errnoName(pinned)}`);
      return pinned;
    }
  }
}

function reuse(state: LoadState, target: MapState, path: string): number {
  const { system } = state;
  const fd = objGet(system, path);
  if (fd === -LoaderErrno.NoEntry) return 0;
  if (fd < 0) {
    state.warn(`couldn't retrieve pinned map '${path}': ${errnoName(fd)}`);
    return fd;
  }
  const { result, info } = objGetInfo(system, fd, InfoSize.Map);
  const { definition } = target;
  const isDevmap = definition.type === MapType.Devmap || definition.type === MapType.DevmapHash;
  const u32 = (offset: number) => info.getUint32(offset, true);
  const flags = isDevmap ? u32(20) & ~MapFlag.ReadOnlyProgram : u32(20);
  const same =
    result >= 0 &&
    u32(0) === definition.type &&
    u32(8) === definition.keySize &&
    u32(12) === definition.valueSize &&
    u32(16) === definition.maxEntries &&
    flags === definition.flags &&
    info.getBigUint64(88, true) === definition.extra;
  if (!same) {
    system.close(fd);
    state.warn(`couldn't reuse pinned map at '${path}': parameter mismatch`);
    return -LoaderErrno.Invalid;
  }
  if (target.fd >= 0) system.close(target.fd);
  target.fd = fd;
  target.reused = true;
  target.pinned = true;
  return 0;
}

function create(state: LoadState, target: MapState): number {
  const { system } = state;
  let innerFd: number | undefined;
  const { inner } = target.map;
  if (isMapOfMaps(target.definition.type) && inner !== undefined) {
    const definition = { ...inner };
    setDefaultEntries(state, definition);
    innerFd = createOne(state, definition, btfIds(state, definition), {});
    if (innerFd < 0) {
      state.warn(`map '${target.definition.name}': failed to create inner map: ${errnoName(innerFd)}`);
      return innerFd;
    }
  }
  const structOps =
    target.map.structOps === undefined
      ? {}
      : {
          btfVmlinuxValueTypeId: target.kernelValueTypeId,
          ...(target.moduleBtfFd === undefined ? {} : { valueTypeBtfFd: target.moduleBtfFd }),
        };
  const fd = createOne(state, target.definition, btfIds(state, target.definition), {
    ...structOps,
    ...(innerFd === undefined ? {} : { innerMapFd: innerFd }),
  });
  if (innerFd !== undefined) system.close(innerFd);
  if (fd < 0) return fd;
  if (target.fd >= 0) system.close(target.fd); // the first attempt's, which somebody else's pin came before
  target.fd = fd;
  const { type, maxEntries } = target.definition;
  if (type === MapType.Arena) system.mmap?.(fd, maxEntries * (state.kernel.pageSize ?? 4096));
  const filled = fill(state, target);
  return filled < 0 ? filled : fillSlots(state, target);
}

type BtfIds = Pick<MapCreate, 'btfFd' | 'btfKeyTypeId' | 'btfValueTypeId'>;

function btfIds(state: LoadState, { type, keyTypeId, valueTypeId }: MapDefinition): BtfIds {
  if (state.btfFd === undefined || WITHOUT_BTF.has(type)) return {};
  const btfValueTypeId = type === MapType.StructOps ? 0 : valueTypeId;
  return { btfFd: state.btfFd, btfKeyTypeId: keyTypeId, btfValueTypeId };
}

/** Where the kernel refuses a map with types, it is asked for one without. */
function createOne(state: LoadState, definition: MapDefinition, btf: BtfIds, more: Partial<MapCreate>): number {
  const { features, system } = state;
  const named = features.has('prog-name') ? definition.name : '';
  features.bumpMemlock();
  const { type, keySize, valueSize, maxEntries, numaNode, extra } = definition;
  const flags = more.valueTypeBtfFd === undefined ? definition.flags : definition.flags | VALUE_TYPE_FD;
  const map = { type, name: named, keySize, valueSize, maxEntries, flags, numaNode, extra, ...more };
  const fd = mapCreate(system, { ...map, ...btf });
  if (fd >= 0 || (!btf.btfKeyTypeId && !btf.btfValueTypeId)) return fd;
  state.warn(`Error in bpf_create_map_xattr(${definition.name}): ${errnoName(fd)}. Retrying without BTF.`);
  return mapCreate(system, map);
}

/** Content of data sections; constants are frozen. */
function fill(state: LoadState, target: MapState): number {
  if (!isInternal(target) || target.data === undefined) return 0;
  const { name, valueSize } = target.definition;
  const value = target.data.length === valueSize ? target.data : resized(target.data, valueSize);
  const updated = mapUpdate(state.system, target.fd, new Uint8Array(4), value);
  if (updated < 0) {
    state.warn(`map '${name}': failed to set initial contents: ${errnoName(updated)}`);
    return updated;
  }
  if (target.map.origin !== 'rodata' && target.map.origin !== 'kconfig') return 0;
  const frozen = mapFreeze(state.system, target.fd);
  if (frozen < 0) state.warn(`map '${name}': failed to freeze as read-only: ${errnoName(frozen)}`);
  return frozen;
}

function resized(data: Uint8Array, size: number): Uint8Array {
  const out = new Uint8Array(size);
  out.set(data.subarray(0, size));
  return out;
}

const word = (value: number) => new Uint8Array(Int32Array.of(value).buffer);

/** Maps within a map. One that is not created yet is not there yet either, and its slot gets an error. */
function fillSlots(state: LoadState, target: MapState): number {
  if (target.definition.type === MapType.ProgArray) return 0;
  for (const [i, slot] of target.map.slots.entries()) {
    if (slot === undefined) continue;
    const inner = state.maps[slot];
    const result = mapUpdate(state.system, target.fd, word(i), word(inner?.fd ?? -1));
    if (result < 0) {
      const { name } = target.definition;
      state.warn(
        `map '${name}': failed to initialize slot [${i}] to map '${inner?.definition.name}' fd=${inner?.fd}: ${errnoName(result)}`,
      );
      return result;
    }
  }
  return 0;
}

/** Programs in program arrays, once they are loaded. */
export function fillProgramArrays(state: LoadState): void {
  for (const target of state.maps) {
    if (target.definition.type !== MapType.ProgArray) continue;
    for (const [i, slot] of target.map.slots.entries()) {
      if (slot === undefined) continue;
      const program = state.programs[slot];
      // libbpf passes the kernel what bpf_program__fd returns for a program that is not loaded: -ENOENT
      const fd = program === undefined || program.fd < 0 ? -LoaderErrno.NoEntry : program.fd;
      const result = mapUpdate(state.system, target.fd, word(i), word(fd));
      if (result < 0) {
        const { name } = target.definition;
        throw state.fail(
          result,
          `map '${name}': failed to initialize slot [${i}] to prog '${program?.program.name}' fd=${fd}: ${errnoName(result)}`,
        );
      }
    }
  }
}
