// What changes while an object is loaded: the object itself stays as it was opened. One state a load.

import type { Btf } from '@btfq/btf-format';
import type { CoreRelocation } from '@btfq/core-reloc';
import { featuresOf, type Features } from '../kernel/features.ts';
import type { BpfSystem, LoaderKernel } from '../kernel/system.ts';
import { BtfEditor } from '../btf-edit.ts';
import type {
  LoaderExtern,
  LoaderMap,
  LoaderObject,
  LoaderProgram,
  LoaderRelocation,
  MapDefinition,
} from '../object/model.ts';
import { ringBufferSize } from '../object/map-definition.ts';
import { MapType } from '../uapi/map-type.ts';
import { LoadFailure } from './failure.ts';
import type { LoadOptions, VerifierLog } from './options.ts';

/** Records of .BTF.ext as they are collected for one program and its subprograms. */
export interface CollectedInfo {
  recordSize: number;
  count: number;
  bytes: Uint8Array;
}

/** A function on its way. */
export interface ProgramState {
  readonly program: LoaderProgram;
  autoload: boolean;
  type: number;
  expectedAttachType: number;
  flags: number;
  /** From the options: what it attaches to, in place of what its section says. */
  readonly attachTarget: string | undefined;
  readonly attachProgramFd: number;
  attachBtfId: number;
  attachBtfFd: number;
  readonly log: VerifierLog | undefined;
  /** Its instructions and, behind them, those of the subprograms that were appended. */
  code: Uint8Array;
  /** Of the code so far; instructions counted from the program's first. */
  references: LoaderRelocation[];
  /** Where map descriptors go once maps exist. */
  readonly mapInsns: { readonly insn: number; readonly map: number }[];
  readonly core: { readonly insn: number; readonly relocation: CoreRelocation }[];
  funcInfo: CollectedInfo | undefined;
  lineInfo: CollectedInfo | undefined;
  /** Appended subprograms: where they begin in `.text` and in this program, in instructions. */
  readonly appended: { readonly index: number; readonly section: number; readonly own: number }[];
  /** Where this subprogram was appended to the program that is being put together; 0 where it was not. */
  place: number;
  exceptionCallback: number | undefined;
  fd: number;
}

/** A map on its way. */
export interface MapState {
  readonly map: LoaderMap;
  readonly definition: { -readonly [K in keyof MapDefinition]: MapDefinition[K] };
  autocreate: boolean;
  readonly pinPath: string | undefined;
  /** Initial content; of `.kconfig` the values are written into it. */
  readonly data: Uint8Array | undefined;
  /** struct_ops: by member the program, and where its descriptor goes in the kernel's struct. */
  readonly functions: { program: number | undefined; kernelOffset: number }[];
  kernelValueTypeId: number;
  kernelValue: Uint8Array | undefined;
  moduleBtfFd: number | undefined;
  reused: boolean;
  pinned: boolean;
  fd: number;
}

/** An extern and what it was found to be. */
export interface ExternState {
  readonly extern: LoaderExtern;
  found: boolean;
  /** Typeless ksyms. */
  address: bigint;
  /** Typed ones: id in the kernel's BTF, and the module's descriptor, 0 for vmlinux. */
  kernelBtfId: number;
  kernelBtfFd: number;
  /** For calls: the module's index among `fdArray`, 0 for vmlinux. */
  fdIndex: number;
}

/** BTF of a module that the kernel has loaded. */
export interface ModuleState {
  readonly name: string;
  readonly id: number;
  readonly fd: number;
  readonly btf: Btf;
  fdIndex: number;
}

/** All of it. */
export class LoadState {
  readonly object: LoaderObject;
  readonly kernel: LoaderKernel;
  readonly options: LoadOptions;
  readonly features: Features;
  readonly programs: readonly ProgramState[];
  readonly maps: readonly MapState[];
  readonly externs: readonly ExternState[];
  /** The object's BTF, still to be changed: functions may be made static, and clones of some added. */
  readonly btf: BtfEditor | undefined;
  btfFd: number | undefined;
  readonly modules: ModuleState[] = [];
  modulesLoaded = false;
  /** Descriptors of modules whose functions are called; index 0 stays free. */
  readonly fdArray: number[] = [];
  readonly jumpTables: { readonly program: number; readonly offset: number; readonly fd: number }[] = [];
  arenaDataOffset = 0;
  /** Everything but the programs is in the kernel. */
  prepared = false;
  /** Set while vmlinux BTF counts as loaded. */
  vmlinux: Btf | undefined;
  /** libbpf's warnings and notes. */
  readonly messages: string[] = [];

  constructor(object: LoaderObject, kernel: LoaderKernel, options: LoadOptions) {
    this.object = object;
    this.kernel = kernel;
    this.options = options;
    this.features = featuresOf(kernel);
    this.programs = object.programs.map((program) => programState(program, options));
    this.maps = object.maps.map((map) => mapState(map, options, kernel.pageSize ?? 4096));
    this.externs = object.externs.map((extern) => ({
      extern,
      found: false,
      address: 0n,
      kernelBtfId: 0,
      kernelBtfFd: 0,
      fdIndex: 0,
    }));
    this.btf = object.kernelBtf && new BtfEditor(object.kernelBtf);
  }

  get system(): BpfSystem {
    return this.kernel.system;
  }

  /** Notes a warning. */
  warn(message: string): void {
    this.messages.push(message);
  }

  /** The load ends here. */
  fail(errno: number, message?: string): LoadFailure {
    if (message !== undefined) this.warn(message);
    return new LoadFailure(Math.abs(errno));
  }
}

function programState(program: LoaderProgram, options: LoadOptions): ProgramState {
  const settings = program.subprogram ? undefined : options.programs?.(program);
  return {
    program,
    autoload: settings?.autoload ?? program.autoload,
    type: settings?.type ?? program.type,
    expectedAttachType: settings?.expectedAttachType ?? program.expectedAttachType,
    flags: settings?.flags ?? 0,
    attachTarget: settings?.attachTarget,
    attachProgramFd: settings?.attachProgramFd ?? 0,
    attachBtfId: 0,
    attachBtfFd: 0,
    log: settings?.log ?? options.log,
    code: Uint8Array.from(program.code),
    references: [...program.relocations],
    mapInsns: [],
    core: [],
    funcInfo: undefined,
    lineInfo: undefined,
    appended: [],
    place: 0,
    exceptionCallback: undefined,
    fd: -1,
  };
}

function mapState(map: LoaderMap, options: LoadOptions, pageSize: number): MapState {
  const settings = options.maps?.(map);
  const definition = { ...definitionOf(map) };
  if (settings?.type !== undefined) definition.type = settings.type;
  if (settings?.keySize !== undefined) definition.keySize = settings.keySize;
  if (settings?.valueSize !== undefined) definition.valueSize = settings.valueSize;
  if (settings?.flags !== undefined) definition.flags = settings.flags;
  if (settings?.maxEntries !== undefined) {
    const isRing = definition.type === MapType.Ringbuf || definition.type === MapType.UserRingbuf;
    definition.maxEntries = isRing ? ringBufferSize(settings.maxEntries, pageSize) : settings.maxEntries;
  }
  const data = settings?.data ?? map.data;
  return {
    map,
    definition,
    autocreate: settings?.autocreate ?? map.autocreate,
    pinPath: settings?.pinPath === undefined ? map.pinPath : (settings.pinPath ?? undefined),
    data: data && Uint8Array.from(data),
    functions: (map.structOps?.programs ?? []).map((program) => ({ program, kernelOffset: 0 })),
    kernelValueTypeId: 0,
    kernelValue: undefined,
    moduleBtfFd: undefined,
    reused: false,
    pinned: false,
    fd: -1,
  };
}

function definitionOf(map: MapDefinition): MapDefinition {
  const { name, type, keySize, valueSize, maxEntries, flags, numaNode, extra, keyTypeId, valueTypeId } = map;
  return { name, type, keySize, valueSize, maxEntries, flags, numaNode, extra, keyTypeId, valueTypeId };
}
