// Questions to a kernel's types, each answered once: functions, structs, enumerators, in the kernel and its modules.

import { type Btf, BtfKind, decodeType, findByName, resolveSize, skipModifiersAndTypedefs } from '@btfq/btf-format';
import type { TargetKernel } from '@btfq/core-reloc';
import type { LoadKernel, TypeAt } from './load-kernel.ts';
import { helperFloor, type Version, type VersionRange, versionRange } from './version.ts';

/** Something that an answer rests on. */
export interface Asked {
  readonly kind: BtfKind;
  readonly name: string;
  /** What was read of the declaration, and no more; undefined where all of it counts. */
  readonly reading: ((view: KernelView) => unknown) | undefined;
}

/** A kernel with what was already looked up. */
export class KernelView {
  readonly kernel: LoadKernel;
  readonly vmlinux: Btf;
  readonly target: Btf | TargetKernel;
  private readonly found = new Map<string, TypeAt | undefined>();
  private readonly enums = new Map<string, ReadonlyMap<string, bigint> | undefined>();
  private range: VersionRange | undefined;
  /** What all answers rest on, by a key for each: kernels that agree in all of it answer alike. */
  readonly asked = new Map<string, Asked>();
  /** Instructions, as `section offset`, where the offset of a field decided something: of all others it is not asked. */
  readonly offsetsThatMatter = new Set<string>();
  private readonly behind = new Map<string, readonly (readonly [BtfKind, string])[]>();

  constructor(kernel: LoadKernel) {
    this.kernel = kernel;
    this.target = kernel.target;
    this.vmlinux = 'vmlinux' in kernel.target ? kernel.target.vmlinux : kernel.target;
  }

  /** Whether the kernel's modules are known: then what is not in them is nowhere. */
  get modulesKnown(): boolean {
    return this.kernel.modulesKnown ?? this.modules !== undefined;
  }

  /** Modules whose types are known; undefined where nothing is known of modules. */
  get modules(): TargetKernel['modules'] {
    return 'vmlinux' in this.target ? this.target.modules : undefined;
  }

  /** The first type of a name and kind, in the kernel, else in its modules. */
  find(kind: BtfKind, name: string): TypeAt | undefined {
    const key = `${kind} ${name}`;
    this.note(key, kind, name);
    for (const [otherKind, other] of this.behind.get(key) ?? NOTHING)
      this.note(`${otherKind} ${other}`, otherKind, other);
    return this.look(kind, name);
  }

  private note(key: string, kind: BtfKind, name: string, reading?: (view: KernelView) => unknown): void {
    if (!this.asked.has(key)) this.asked.set(key, { kind, name, reading });
  }

  private look(kind: BtfKind, name: string): TypeAt | undefined {
    const key = `${kind} ${name}`;
    if (this.found.has(key)) return this.found.get(key);
    const at = this.lookUp(kind, name, key);
    this.found.set(key, at);
    return at;
  }

  /** What one reading says of a declaration: answers then rest on that, not on the whole declaration. */
  private read<T>(kind: BtfKind, name: string, what: string, reading: (view: KernelView) => T): T {
    this.note(`${kind} ${name} ${what}`, kind, name, reading);
    return reading(this);
  }

  inKernel(kind: BtfKind, name: string): TypeAt | undefined {
    const at = this.find(kind, name);
    return at?.module === 'vmlinux' ? at : undefined;
  }

  private lookUp(kind: BtfKind, name: string, key: string): TypeAt | undefined {
    const { declared } = this.kernel;
    if (declared !== undefined) {
      const others: [BtfKind, string][] = [];
      const at = declared(kind, name, (otherKind, other) => void others.push([otherKind as BtfKind, other]));
      if (others.length > 0) this.behind.set(key, others);
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
    return this.read(kind, name, 'is there', (view) => {
      const { declares } = view.kernel;
      return declares === undefined ? view.look(kind, name)?.module === 'vmlinux' : declares(kind, name);
    });
  }

  /** Whether the kernel's own enum has one of some enumerators; undefined where it has no such enum. */
  hasEnumerator(name: string, ...enumerators: readonly string[]): boolean | undefined {
    return this.read(BtfKind.Enum, name, enumerators.join(' '), (view) => {
      const values = view.enumerators(name);
      return values && enumerators.some((enumerator) => values.has(enumerator));
    });
  }

  /** Whether some enumerator of the kernel's own enum, other than those that count them, has a value. */
  hasEnumValue(name: string, value: number): boolean | undefined {
    return this.read(BtfKind.Enum, name, `= ${value}`, (view) => {
      const values = view.enumerators(name);
      return values && [...values].some(([text, own]) => Number(own) === value && !text.startsWith('__'));
    });
  }

  private enumerators(name: string): ReadonlyMap<string, bigint> | undefined {
    if (this.enums.has(name)) return this.enums.get(name);
    const at = this.look(BtfKind.Enum, name) ?? this.look(BtfKind.Enum64, name);
    const values = at?.module === 'vmlinux' ? enumeratorsOf(at) : undefined;
    this.enums.set(name, values);
    return values;
  }

  /** Whether a struct has a member; undefined where there is no such struct. */
  hasMember(struct: string, member: string): boolean | undefined {
    return this.read(BtfKind.Struct, struct, `.${member}`, (view) => {
      const at = view.look(BtfKind.Struct, struct);
      const type = at && decodeType(at.btf, at.id);
      return type?.kind === BtfKind.Struct ? type.members.some(({ name }) => name === member) : undefined;
    });
  }

  /** Bytes of a struct of the kernel's own; undefined where it has none. */
  structSize(name: string): number | undefined {
    return this.read(BtfKind.Struct, name, 'size', (view) => {
      const at = view.look(BtfKind.Struct, name);
      return at?.module === 'vmlinux' ? resolveSize(at.btf, at.id, 8) : undefined;
    });
  }

  /** Whether the kernel knows a helper, by its name without `bpf_`; undefined where it has no enum of them. */
  hasHelper(name: string): boolean | undefined {
    return this.hasEnumerator('bpf_func_id', `BPF_FUNC_${name}`);
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

  get version(): VersionRange {
    const floor = this.read(BtfKind.Enum, 'bpf_func_id', 'floor', (view) => view.floor());
    this.range ??= versionRange(this.kernel.release, this.kernel.sourceVersion, floor);
    return this.range;
  }

  /** The release of the newest helper that the kernel knows. */
  private floor(): Version {
    const values = this.enumerators('bpf_func_id');
    if (values === undefined) return 0;
    let floor = floors.get(values);
    if (floor === undefined) {
      floors.set(values, (floor = helperFloor((name) => values.has(`BPF_FUNC_${name}`))));
    }
    return floor;
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

const NOTHING: readonly (readonly [BtfKind, string])[] = [];
const floors = new WeakMap<ReadonlyMap<string, bigint>, Version>();
