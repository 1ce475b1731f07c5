// What a kernel can do, found out as libbpf does: by trying. libbpf features.c. Each feature is tried once a kernel, and
// only when somebody asks.

import { AttachType } from '../uapi/attach-type.ts';
import { MapType } from '../uapi/map-type.ts';
import { ProgramType } from '../uapi/program-type.ts';
import {
  btfLoad,
  InfoSize,
  linkCreate,
  mapCreate,
  objGetInfo,
  type ProgLoad,
  progBindMap,
  progLoad,
  progLoadShort,
} from './calls.ts';
import {
  addImm,
  callHelper,
  callProgram,
  EXIT,
  type InsnFields,
  insnBytes,
  loadMapValue,
  movImm,
  movReg,
  RETURN_0,
  storeImm,
} from './insn-bytes.ts';
import { PROBE_BTF } from './probe-btf.ts';
import type { LoaderKernel } from './system.ts';
import { cString } from './user-memory.ts';

const EBADF = 9;
const EINVAL = 22;

/** Helpers that the probes call (enum bpf_func_id). */
const Helper = { probeReadKernel: 113, ktimeGetCoarseNs: 160, getFuncIp: 173, getAttachCookie: 174 };

/** What libbpf wants to know of a kernel while it loads an object: its FEAT_*. */
export type Feature =
  | 'prog-name'
  | 'global-data'
  | 'btf'
  | 'btf-func'
  | 'btf-datasec'
  | 'btf-global-func'
  | 'array-mmap'
  | 'expected-attach-type'
  | 'probe-read-kernel'
  | 'prog-bind-map'
  | 'module-btf'
  | 'btf-float'
  | 'btf-decl-tag'
  | 'btf-type-tag'
  | 'memcg-account'
  | 'bpf-cookie'
  | 'btf-enum64'
  | 'syscall-wrapper'
  | 'uprobe-multi-link'
  | 'arg-ctx-tag'
  | 'btf-qmark-datasec'
  | 'ldimm64-full-range'
  | 'btf-layout';

/** The answers of one kernel so far. */
export class Features {
  readonly #kernel: LoaderKernel;
  readonly #known = new Map<Feature, boolean>();
  #memlockBumped = false;

  constructor(kernel: LoaderKernel) {
    this.#kernel = kernel;
  }

  has(feature: Feature): boolean {
    let known = this.#known.get(feature);
    if (known === undefined) this.#known.set(feature, (known = this.#probe(feature)));
    return known;
  }

  /** What libbpf does before it creates anything: raise the memory limit, where the kernel still counts by it. */
  bumpMemlock(): void {
    if (!this.#memlockBumped && !this.has('memcg-account')) this.#memlockBumped = true;
  }

  #probe(feature: Feature): boolean {
    switch (feature) {
      case 'prog-name':
        return this.#ok(
          progLoadShort(this.#system, ProgramType.SocketFilter, insnBytes(...RETURN_0), 'libbpf_nametest'),
        );
      case 'memcg-account': {
        const insns = insnBytes(callHelper(Helper.ktimeGetCoarseNs), EXIT);
        return this.#ok(progLoadShort(this.#system, ProgramType.SocketFilter, insns, ''));
      }
      case 'global-data':
        return this.#globalData();
      case 'btf':
        return this.#btf(PROBE_BTF.btf);
      case 'btf-func':
        return this.#btf(PROBE_BTF.func);
      case 'btf-global-func':
        return this.#btf(PROBE_BTF.funcGlobal);
      case 'btf-datasec':
        return this.#btf(PROBE_BTF.datasec);
      case 'btf-qmark-datasec':
        return this.#btf(PROBE_BTF.qmarkDatasec);
      case 'btf-float':
        return this.#btf(PROBE_BTF.float);
      case 'btf-decl-tag':
        return this.#btf(PROBE_BTF.declTag);
      case 'btf-type-tag':
        return this.#btf(PROBE_BTF.typeTag);
      case 'btf-enum64':
        return this.#btf(PROBE_BTF.enum64);
      case 'btf-layout':
        return this.#btf(PROBE_BTF.layout);
      case 'array-mmap':
        return this.#ok(this.#array('libbpf_mmap', 4, 1 << 10));
      case 'expected-attach-type':
        return this.#ok(
          this.#load(ProgramType.CgroupSock, RETURN_0, { expectedAttachType: AttachType.CgroupInetSockCreate }),
        );
      case 'probe-read-kernel': {
        const read = [
          movReg(1, 10),
          addImm(1, -8),
          movImm(2, 8),
          movImm(3, 0),
          callHelper(Helper.probeReadKernel),
          EXIT,
        ];
        return this.#ok(this.#load(ProgramType.Tracepoint, read));
      }
      case 'bpf-cookie':
        return this.#ok(this.#load(ProgramType.Tracepoint, [callHelper(Helper.getAttachCookie), EXIT]));
      case 'prog-bind-map':
        return this.#bindMap();
      case 'module-btf':
        return this.#moduleBtf();
      case 'uprobe-multi-link':
        return this.#uprobeMulti();
      case 'arg-ctx-tag':
        return this.#argCtx();
      case 'ldimm64-full-range':
        return this.#fullRange();
      case 'syscall-wrapper':
        return this.#syscallWrapper();
    }
  }

  get #system() {
    return this.#kernel.system;
  }

  /** Whether a call gave a descriptor, which is closed. */
  #ok(fd: number): boolean {
    if (fd >= 0) this.#system.close(fd);
    return fd >= 0;
  }

  #btf(bytes: Uint8Array): boolean {
    this.bumpMemlock();
    return this.#ok(btfLoad(this.#system, bytes));
  }

  #load(type: number, insns: readonly InsnFields[], more: Partial<ProgLoad> = {}): number {
    this.bumpMemlock();
    if (more.name !== undefined) this.has('prog-name');
    return progLoad(this.#system, { type, insns: insnBytes(...insns), license: 'GPL', ...more });
  }

  #array(name: string, valueSize: number, flags = 0): number {
    this.bumpMemlock();
    const named = this.has('prog-name') ? name : '';
    return mapCreate(this.#system, { type: MapType.Array, name: named, keySize: 4, valueSize, maxEntries: 1, flags });
  }

  #globalData(): boolean {
    const map = this.#array('libbpf_global', 32);
    if (map < 0) return false;
    const program = this.#load(ProgramType.SocketFilter, [
      ...loadMapValue(1, map, 16),
      storeImm(1, 0, 42),
      ...RETURN_0,
    ]);
    this.#system.close(map);
    return this.#ok(program);
  }

  #bindMap(): boolean {
    const map = this.#array('libbpf_det_bind', 32);
    if (map < 0) return false;
    const program = this.#load(ProgramType.SocketFilter, RETURN_0);
    const bound = program < 0 ? -1 : progBindMap(this.#system, program, map);
    this.#system.close(map);
    if (program >= 0) this.#system.close(program);
    return bound >= 0;
  }

  /** Kernels that know BTF of modules report the name of a BTF. */
  #moduleBtf(): boolean {
    this.bumpMemlock();
    const fd = btfLoad(this.#system, PROBE_BTF.btf);
    if (fd < 0) return false;
    const { result } = objGetInfo(this.#system, fd, InfoSize.Btf, (info, place) => {
      const name = new Uint8Array(16);
      info.setBigUint64(16, place(name), true);
      info.setUint32(24, name.length, true);
    });
    this.#system.close(fd);
    return result >= 0;
  }

  /** Known, and with the right idea of a process: EBADF for a path that is no file, EINVAL for a wrong pid before that. */
  #uprobeMulti(): boolean {
    const program = this.#load(ProgramType.Kprobe, RETURN_0, { expectedAttachType: AttachType.TraceUprobeMulti });
    if (program < 0) return false;
    const attempt = (pid: number) =>
      linkCreate(this.#system, program, AttachType.TraceUprobeMulti, (attributes) => {
        attributes.pointer(16, cString('/')).pointer(24, new Uint8Array(8)).u32(48, 1).u32(56, pid);
      });
    let link = attempt(0);
    if (link === -EBADF) {
      link = attempt(0xffffffff);
      this.#ok(link);
      this.#system.close(program);
      return link === -EINVAL;
    }
    this.#ok(link);
    this.#system.close(program);
    return false;
  }

  #argCtx(): boolean {
    this.bumpMemlock();
    const btfFd = btfLoad(this.#system, PROBE_BTF.argCtx);
    if (btfFd < 0) return false;
    const records = new Uint8Array(Uint32Array.of(0, 4, 2, 6).buffer);
    const program = this.#load(ProgramType.Kprobe, [callProgram(1), EXIT, callHelper(Helper.getFuncIp), EXIT], {
      name: this.has('prog-name') ? 'det_arg_ctx' : '',
      btfFd,
      funcInfo: { bytes: records, recordSize: 8, count: 2 },
    });
    this.#system.close(btfFd);
    return this.#ok(program);
  }

  /** Told by the verifier's words: which of two refusals it is. */
  #fullRange(): boolean {
    const map = this.#array('arr', 1);
    if (map < 0) return false;
    const buffer = new Uint8Array(1024);
    const program = this.#load(ProgramType.SocketFilter, [...loadMapValue(1, map, 1 << 30), EXIT], {
      name: this.has('prog-name') ? 'global_reloc' : '',
      log: { buffer, level: 0 },
    });
    this.#system.close(map);
    if (this.#ok(program)) return false;
    const log = new TextDecoder('latin1').decode(buffer);
    return !log.includes('direct value offset of') && log.includes('invalid access to map value pointer');
  }

  /** libbpf tries to put a kprobe on the wrapped system call: there must be one, and kprobes. */
  #syscallWrapper(): boolean {
    const prefix = WRAPPER_PREFIX[this.#kernel.machine ?? 'x86_64'];
    if (prefix === undefined) return false;
    const missing = new Set([`__${prefix}_sys_bpf`, 'create_local_trace_kprobe']);
    for (const { name } of this.#kernel.symbols?.(new Set(missing)) ?? []) {
      if (missing.delete(name) && missing.size === 0) return true;
    }
    return false;
  }
}

const WRAPPER_PREFIX: Readonly<Record<string, string>> = {
  x86_64: 'x64',
  i386: 'ia32',
  i686: 'ia32',
  s390x: 's390x',
  arm: 'arm',
  armv7l: 'arm',
  aarch64: 'arm64',
  arm64: 'arm64',
  mips: 'mips',
  mips64: 'mips',
  riscv64: 'riscv',
  ppc: 'powerpc',
  ppc64: 'powerpc',
  ppc64le: 'powerpc',
};

const sessions = new WeakMap<LoaderKernel, Features>();

/** The answers of a kernel, which are kept as long as it is. */
export function featuresOf(kernel: LoaderKernel): Features {
  let features = sessions.get(kernel);
  if (features === undefined) sessions.set(kernel, (features = new Features(kernel)));
  return features;
}
