// Questions to a kernel's types, each answered once: functions, structs, enumerators, in the kernel and its modules.

import { type Btf, BtfKind, decodeType, findByName, skipModifiersAndTypedefs } from '@btfq/btf-format';
import type { TargetKernel } from '@btfq/core-reloc';
import type { LoadKernel, TypeAt } from './load-kernel.ts';
import { type VersionRange, versionRange } from './version.ts';

/** A kernel with what was already looked up. */
export class KernelView {
  readonly kernel: LoadKernel;
  readonly vmlinux: Btf;
  readonly target: Btf | TargetKernel;
  private readonly found = new Map<string, TypeAt | undefined>();
  private readonly enums = new Map<string, ReadonlyMap<string, bigint> | undefined>();
  private range: VersionRange | undefined;
  /** Declarations, as `kind name`, that all answers since `startAsking` rest on: kernels that agree in these answer alike. */
  asked = new Set<string>();
  private readonly behind = new Map<string, readonly string[]>();

  constructor(kernel: LoadKernel) {
    this.kernel = kernel;
    this.target = kernel.target;
    this.vmlinux = 'vmlinux' in kernel.target ? kernel.target.vmlinux : kernel.target;
  }

  /** Whether the kernel's modules are known: then what is not in them is nowhere. */
  get modulesKnown(): boolean {
    return this.kernel.modulesKnown ?? this.modules !== undefined;
  }

  /** Forgets what was asked, but not the answers. */
  startAsking(): void {
    this.asked = new Set();
  }

  /** Modules whose types are known; undefined where nothing is known of modules. */
  get modules(): TargetKernel['modules'] {
    return 'vmlinux' in this.target ? this.target.modules : undefined;
  }

  /** The first type of a name and kind, in the kernel, else in its modules. */
  find(kind: BtfKind, name: string): TypeAt | undefined {
    const key = `${kind} ${name}`;
    this.asked.add(key);
    for (const other of this.behind.get(key) ?? NOTHING) this.asked.add(other);
    if (this.found.has(key)) return this.found.get(key);
    const at = this.lookUp(kind, name, key);
    this.found.set(key, at);
    return at;
  }

  inKernel(kind: BtfKind, name: string): TypeAt | undefined {
    const at = this.find(kind, name);
    return at?.module === 'vmlinux' ? at : undefined;
  }

  private lookUp(kind: BtfKind, name: string, key: string): TypeAt | undefined {
    const { declared } = this.kernel;
    if (declared !== undefined) {
      const others: string[] = [];
      const at = declared(kind, name, (otherKind, other) => void others.push(`${otherKind} ${other}`));
      if (others.length > 0) this.behind.set(key, others);
      for (const other of others) this.asked.add(other);
      return at;
    }
    const id = findByName(this.vmlinux, name, kind);
    return id === undefined || id === 0 ? this.inModules(kind, name) : { btf: this.vmlinux, module: 'vmlinux', id };
  }

  private inModules(kind: BtfKind, name: string): TypeAt | undefined {
    for (const { name: module, btf } of this.modules ?? []) {
      const id = findByName(btf, name, kind);
      if (id !== undefined && id >= btf.startId) return { btf, module, id };
    }
    return undefined;
  }

  has(kind: BtfKind, name: string): boolean {
    return this.inKernel(kind, name) !== undefined;
  }

  /** Enumerators of the kernel's own enum of that name; undefined where it has none. */
  enumerators(name: string): ReadonlyMap<string, bigint> | undefined {
    const at = this.inKernel(BtfKind.Enum, name) ?? this.inKernel(BtfKind.Enum64, name);
    if (this.enums.has(name)) return this.enums.get(name);
    let values: ReadonlyMap<string, bigint> | undefined;
    if (at !== undefined) {
      values = enumeratorsOf(at);
    }
    this.enums.set(name, values);
    return values;
  }

  /** Names of the members of a struct; undefined where there is no such struct. */
  members(struct: string): readonly string[] | undefined {
    const at = this.find(BtfKind.Struct, struct);
    if (at === undefined) return undefined;
    const type = decodeType(at.btf, at.id);
    return type.kind === BtfKind.Struct ? type.members.map(({ name }) => name) : undefined;
  }

  /** Parameters of a function, or of a typedef of a pointer to one. */
  prototype(at: TypeAt): { btf: Btf; id: number; parameters: number; variadic: boolean } | undefined {
    let id = skipModifiersAndTypedefs(at.btf, at.btf.kind(at.id) === BtfKind.Func ? at.btf.sizeOrType(at.id) : at.id);
    if (at.btf.kind(id) === BtfKind.Ptr) id = skipModifiersAndTypedefs(at.btf, at.btf.sizeOrType(id));
    const type = decodeType(at.btf, id);
    if (type.kind !== BtfKind.FuncProto) return undefined;
    const last = type.params.at(-1);
    return { btf: at.btf, id, parameters: type.params.length, variadic: last !== undefined && last.type === 0 };
  }

  /** Names in enum bpf_func_id, without BPF_FUNC_. */
  get helperNames(): ReadonlySet<string> | undefined {
    const values = this.enumerators('bpf_func_id');
    if (values === undefined) return undefined;
    let names = helperNames.get(values);
    if (names === undefined) {
      names = new Set([...values.keys()].map((name) => name.replace(/^BPF_FUNC_/, '')));
      helperNames.set(values, names);
    }
    return names;
  }

  get version(): VersionRange {
    this.asked.add(`${BtfKind.Enum} bpf_func_id`);
    this.range ??= versionRange(this.kernel.release, this.kernel.sourceVersion, this.helperNames);
    return this.range;
  }
}

/** Small BTFs of single enums are shared by kernels. */
const enumerators = new WeakMap<Btf, Map<number, ReadonlyMap<string, bigint>>>();

function enumeratorsOf({ btf, id }: TypeAt): ReadonlyMap<string, bigint> | undefined {
  let own = enumerators.get(btf);
  if (own === undefined) enumerators.set(btf, (own = new Map()));
  let values = own.get(id);
  if (values === undefined) {
    const type = decodeType(btf, id);
    if (type.kind !== BtfKind.Enum && type.kind !== BtfKind.Enum64) return undefined;
    own.set(id, (values = new Map(type.values.map((entry) => [entry.name, entry.value]))));
  }
  return values;
}

const NOTHING: readonly string[] = [];
const helperNames = new WeakMap<ReadonlyMap<string, bigint>, ReadonlySet<string>>();
