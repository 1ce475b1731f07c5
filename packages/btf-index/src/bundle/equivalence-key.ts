// Which kernels answer an object alike, without reading any of their BTF: those whose declarations of the object's names
// are the same rows, with all that these contain by value.

import { BtfKind } from '@btfq/btf-format';
import { type BpfObject, type CoreRelocation, RelocationKind, relocationBasis, rootNames } from '@btfq/core-reloc';
import type { Kernel } from '../answer-types.ts';
import type { BtfIndex } from '../store/btf-index.ts';
import { type DeclarationRow, type Rows, rowsOf } from '../store/row-cache.ts';
import { followContents, rowsOfEssentialName } from './closures.ts';

/** What a kernel has of what an object asks for. */
export interface KernelDeclarations {
  /** Kernels with the same key give the same results. */
  readonly key: string;
  readonly rows: readonly DeclarationRow[];
  /** Whether it lacks a type of some name altogether: then its modules may have it. */
  readonly lacksSome: boolean;
}

/** Kinds of declarations that the index distinguishes as far as relocations do. */
const KEPT: ReadonlySet<number> = new Set([BtfKind.Struct, BtfKind.Union, BtfKind.Enum, BtfKind.Typedef]);

/**
 * The declarations of each kernel, by its id, that decide every answer for these objects. undefined where an object asks
 * for what the index does not say: integers and functions by name, or what is behind a typedef's pointer.
 */
export function declarationsFor(
  index: BtfIndex,
  objects: readonly BpfObject[],
  kernels: readonly Kernel[],
): ReadonlyMap<number, KernelDeclarations> | undefined {
  const roots = new Map<string, Set<number>>();
  for (const object of objects) {
    if (mayLookBehindPointers(object)) return undefined;
    for (const { name, kinds } of rootNames(object)) {
      const seen = roots.get(name) ?? new Set();
      roots.set(name, seen);
      for (const kind of kinds) seen.add(kind === BtfKind.Enum64 ? BtfKind.Enum : kind);
    }
  }
  for (const kinds of roots.values()) for (const kind of kinds) if (!KEPT.has(kind)) return undefined;
  return new Finder(index, kernels).find(roots);
}

/**
 * A key for each kernel, by its id: kernels with the same key give the same results for these objects. Where the index
 * cannot say, it is that of the whole BTF, which is always right.
 */
export function answerKeys(
  index: BtfIndex,
  objects: readonly BpfObject[],
  kernels: readonly Kernel[],
): ReadonlyMap<number, string> {
  const declared = declarationsFor(index, objects, kernels);
  return new Map(kernels.map((kernel) => [kernel.id, answerKey(kernel, declared?.get(kernel.id))]));
}

/**
 * The key of one kernel. Where it lacks a type of some name its modules may have it: then it answers for itself alone,
 * unless `modules` says that they are not looked at.
 */
export function answerKey(kernel: Kernel, declared: KernelDeclarations | undefined, modules = true): string {
  const key = declared?.key ?? kernel.sha256;
  return modules && (kernel.modules ?? 0) > 0 && declared?.lacksSome !== false ? `${key} modules of ${kernel.id}` : key;
}

/** Whether a relocation asks for what the index does not say: what is behind a pointer. */
export function mayLookBehindPointers(object: BpfObject): boolean {
  return object.relocations.some((relocation) => looksBehindPointers(object, relocation));
}

/** Whether it matters if a type behind a pointer is defined or only declared: that the index does not say. */
function looksBehindPointers({ btf }: BpfObject, { kind, typeId }: CoreRelocation): boolean {
  if (kind === RelocationKind.TypeMatches) return true;
  return relocationBasis(kind) === 'type' && typeId < btf.typeCount && btf.kind(typeId) === BtfKind.Typedef;
}

class Finder {
  private readonly index: BtfIndex;
  private readonly rows: Rows;
  private readonly kernels: readonly Kernel[];
  private readonly seen = new Set<string>();
  private readonly queue: (readonly [kind: number, name: number])[] = [];

  constructor(index: BtfIndex, kernels: readonly Kernel[]) {
    this.index = index;
    this.rows = rowsOf(index);
    this.kernels = kernels;
  }

  find(roots: ReadonlyMap<string, ReadonlySet<number>>): Map<number, KernelDeclarations> {
    const found = new Map(
      this.kernels.map(({ id }) => [id, { rows: [] as DeclarationRow[], roots: new Set<number>() }]),
    );
    const catalog = this.index.catalog();
    /** Which root each of the first entries of the queue stands for. */
    const rootOf: number[] = [];
    let count = 0;
    for (const [name, kinds] of roots) {
      const names = rowsOfEssentialName(this.index, name);
      for (const kind of kinds) {
        for (const id of names) {
          this.add(kind, id);
          rootOf[this.queue.length - 1] ??= count;
        }
        count++;
      }
    }
    // grows while it is walked
    for (let i = 0; i < this.queue.length; i++) {
      const [kind, name] = this.queue[i] as readonly [number, number];
      const root = rootOf[i];
      for (const row of this.rows.declared(kind, name)) {
        followContents(this.rows, row, (other, text) => this.add(other, text));
        for (const id of catalog.kernelIdsIn(this.rows.ranges(row.set))) {
          const own = found.get(id);
          if (own === undefined) continue;
          own.rows.push(row);
          if (root !== undefined) own.roots.add(root);
        }
      }
    }
    return new Map(
      this.kernels.map(({ id, littleEndian, pointerSize }) => {
        const { rows, roots: has } = found.get(id) as { rows: DeclarationRow[]; roots: Set<number> };
        const key = `${littleEndian ? 'le' : 'be'}${pointerSize ?? ''} ${rows.map((row) => row.id).join(' ')}`;
        return [id, { key, rows, lacksSome: has.size < count }];
      }),
    );
  }

  private add(kind: number, name: number): void {
    const key = `${kind} ${name}`;
    if (this.seen.has(key)) return;
    this.seen.add(key);
    this.queue.push([kind, name]);
  }
}
