// The bpf() commands that libbpf uses while it loads an object, each with its attributes. libbpf bpf.c. All return what
// the kernel returns: a file descriptor or 0, or a negative error number.

import { Attributes, BpfCommand, cString } from './user-memory.ts';
import type { BpfSystem } from './system.ts';

const EAGAIN = 11;
const E2BIG = 7;
/** PROG_LOAD_ATTEMPTS. */
const LOAD_ATTEMPTS = 5;

/** What BPF_MAP_CREATE is given. Numbers that are left out are 0. */
export interface MapCreate {
  readonly type: number;
  readonly name?: string | undefined;
  readonly keySize: number;
  readonly valueSize: number;
  readonly maxEntries: number;
  readonly flags?: number;
  readonly innerMapFd?: number;
  readonly numaNode?: number;
  readonly btfFd?: number;
  readonly btfKeyTypeId?: number;
  readonly btfValueTypeId?: number;
  readonly btfVmlinuxValueTypeId?: number;
  readonly valueTypeBtfFd?: number;
  readonly extra?: bigint;
}

/** BPF_MAP_CREATE. */
export function mapCreate(system: BpfSystem, map: MapCreate): number {
  const attributes = new Attributes(92)
    .u32(0, map.type)
    .u32(4, map.keySize)
    .u32(8, map.valueSize)
    .u32(12, map.maxEntries)
    .u32(16, map.flags ?? 0)
    .u32(20, map.innerMapFd ?? 0)
    .u32(24, map.numaNode ?? 0)
    .name(28, map.name ?? '')
    .u32(48, map.btfFd ?? 0)
    .u32(52, map.btfKeyTypeId ?? 0)
    .u32(56, map.btfValueTypeId ?? 0)
    .u32(60, map.btfVmlinuxValueTypeId ?? 0)
    .u64(64, map.extra ?? 0n)
    .u32(72, map.valueTypeBtfFd ?? 0);
  return attributes.call(system, BpfCommand.MapCreate);
}

/** BPF_MAP_UPDATE_ELEM with flags 0. */
export function mapUpdate(system: BpfSystem, fd: number, key: Uint8Array, value: Uint8Array): number {
  return new Attributes(32).u32(0, fd).pointer(8, key).pointer(16, value).call(system, BpfCommand.MapUpdateElem);
}

/** BPF_MAP_FREEZE: user space may no longer write. */
export function mapFreeze(system: BpfSystem, fd: number): number {
  return new Attributes(4).u32(0, fd).call(system, BpfCommand.MapFreeze);
}

/** Records of .BTF.ext for the kernel. */
export interface InfoRecords {
  readonly bytes: Uint8Array;
  readonly recordSize: number;
  readonly count: number;
}

/** What BPF_PROG_LOAD is given. Numbers that are left out are 0. */
export interface ProgLoad {
  readonly type: number;
  readonly name?: string | undefined;
  readonly license: string;
  readonly insns: Uint8Array;
  readonly expectedAttachType?: number;
  readonly kernelVersion?: number;
  readonly flags?: number;
  readonly btfFd?: number;
  readonly funcInfo?: InfoRecords | undefined;
  readonly lineInfo?: InfoRecords | undefined;
  readonly attachBtfId?: number;
  /** Of a module's BTF or, with `attachesToProgram`, of a program; the kernel has one field for both. */
  readonly attachFd?: number;
  /** Descriptors that instructions name by index. */
  readonly fdArray?: Uint8Array | undefined;
  /** Where the verifier writes its log. With `level` 0 it is used only where the kernel refuses, with level 1. */
  readonly log?: { readonly buffer: Uint8Array; readonly level: number } | undefined;
}

/** BPF_PROG_LOAD as bpf_prog_load does it: up to five attempts, and again with what the kernel hints at. */
export function progLoad(system: BpfSystem, program: ProgLoad): number {
  const { funcInfo, lineInfo, log } = program;
  const attributes = new Attributes(168)
    .u32(0, program.type)
    .u32(4, program.insns.length / 8)
    .pointer(8, program.insns)
    .pointer(16, cString(program.license))
    .u32(40, program.kernelVersion ?? 0)
    .u32(44, program.flags ?? 0)
    .name(48, program.name ?? '')
    .u32(68, program.expectedAttachType ?? 0)
    .u32(72, program.btfFd ?? 0)
    .u32(76, funcInfo?.recordSize ?? 0)
    .pointer(80, funcInfo?.bytes)
    .u32(88, funcInfo?.count ?? 0)
    .u32(92, lineInfo?.recordSize ?? 0)
    .pointer(96, lineInfo?.bytes)
    .u32(104, lineInfo?.count ?? 0)
    .u32(108, program.attachBtfId ?? 0)
    .u32(112, program.attachFd ?? 0)
    .pointer(120, program.fdArray);
  const useLog = (level: number) => {
    if (log !== undefined) attributes.u32(24, level).u32(28, log.buffer.length).pointer(32, log.buffer);
  };
  if (log !== undefined && log.level > 0) useLog(log.level);
  let result = attempt(system, attributes);
  // the kernel writes the record sizes that it knows where those of the object are longer
  for (const [info, offset] of [
    [funcInfo, 76],
    [lineInfo, 92],
  ] as const) {
    const known = attributes.get(offset);
    if (result !== -E2BIG || info === undefined || info.count === 0 || known >= info.recordSize) continue;
    attributes.pointer(offset + 4, zeroTails(info, known)).u32(offset, info.recordSize);
    result = attempt(system, attributes);
  }
  if (result < 0 && log !== undefined && log.level === 0) {
    useLog(1);
    result = attempt(system, attributes);
  }
  return result;
}

function attempt(system: BpfSystem, attributes: Attributes): number {
  for (let left = LOAD_ATTEMPTS; ; left--) {
    const result = attributes.call(system, BpfCommand.ProgLoad);
    if (result !== -EAGAIN || left <= 1) return result;
  }
}

/** A copy in which the kernel finds zeros beyond what it knows of each record. */
function zeroTails({ bytes, recordSize, count }: InfoRecords, known: number): Uint8Array {
  const copy = Uint8Array.from(bytes);
  for (let i = 0; i < count; i++) copy.fill(0, i * recordSize + known, (i + 1) * recordSize);
  return copy;
}

/** BPF_PROG_LOAD with attributes that end before those of recent kernels: what two of libbpf's probes send. */
export function progLoadShort(system: BpfSystem, type: number, insns: Uint8Array, name: string): number {
  const attributes = new Attributes(148)
    .u32(0, type)
    .u32(4, insns.length / 8)
    .pointer(8, insns)
    .pointer(16, cString('GPL'))
    .name(48, name);
  return attempt(system, attributes);
}

/** BPF_BTF_LOAD. */
export function btfLoad(system: BpfSystem, btf: Uint8Array, log?: Uint8Array): number {
  const attributes = new Attributes(40).pointer(0, btf).u32(16, btf.length);
  if (log !== undefined) attributes.pointer(8, log).u32(20, log.length).u32(24, 1);
  return attributes.call(system, BpfCommand.BtfLoad);
}

/** BPF_BTF_GET_NEXT_ID: the next id, or an error. */
export function btfGetNextId(system: BpfSystem, id: number): { result: number; next: number } {
  const attributes = new Attributes(12).u32(0, id);
  return { result: attributes.call(system, BpfCommand.BtfGetNextId), next: attributes.get(4) };
}

/** BPF_BTF_GET_FD_BY_ID. */
export function btfGetFdById(system: BpfSystem, id: number): number {
  return new Attributes(16).u32(0, id).call(system, BpfCommand.BtfGetFdById);
}

/** Bytes of struct bpf_btf_info, struct bpf_map_info and struct bpf_prog_info in libbpf 1.8. */
export const InfoSize = { Btf: 32, Map: 104, Prog: 232 } as const;

/** BPF_OBJ_GET_INFO_BY_FD. `fill` may place memory for the pointers of the struct. */
export function objGetInfo(
  system: BpfSystem,
  fd: number,
  size: number,
  fill?: (info: DataView, place: (bytes: Uint8Array) => bigint) => void,
): { result: number; info: DataView } {
  const bytes = new Uint8Array(size);
  const info = new DataView(bytes.buffer);
  const attributes = new Attributes(16).u32(0, fd).u32(4, size).pointer(8, bytes);
  fill?.(info, (region) => BigInt(attributes.place(region)));
  return { result: attributes.call(system, BpfCommand.ObjGetInfoByFd), info };
}

/** BPF_OBJ_GET: the object that is pinned at a path. */
export function objGet(system: BpfSystem, path: string): number {
  return new Attributes(20).pointer(0, cString(path)).call(system, BpfCommand.ObjGet);
}

/** BPF_OBJ_PIN. */
export function objPin(system: BpfSystem, fd: number, path: string): number {
  return new Attributes(20).pointer(0, cString(path)).u32(8, fd).call(system, BpfCommand.ObjPin);
}

/** BPF_PROG_BIND_MAP. */
export function progBindMap(system: BpfSystem, program: number, map: number): number {
  return new Attributes(12).u32(0, program).u32(4, map).call(system, BpfCommand.ProgBindMap);
}

/** BPF_LINK_CREATE without a target; `fill` writes the part of the attach type (from offset 16 on). */
export function linkCreate(
  system: BpfSystem,
  program: number,
  attachType: number,
  fill?: (attributes: Attributes) => void,
): number {
  const attributes = new Attributes(64).u32(0, program).u32(4, 0xffffffff).u32(8, attachType);
  fill?.(attributes);
  return attributes.call(system, BpfCommand.LinkCreate);
}
