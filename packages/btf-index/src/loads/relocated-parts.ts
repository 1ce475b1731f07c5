// What the relocations of an object become on the kernels of an index, worked out once for each layout of each root type: kernels
// that differ in one type share the results of all others, and objects share the types.

import { BtfKind, encodeBtf, parseBtf } from '@btfq/btf-format';
import {
  type BpfObject,
  explainReason,
  holdsOffset,
  patchedCode,
  patchedTwice,
  questionsOf,
  type RelocationResult,
  RelocationKind,
  relocateSome,
  type RootName,
  rootNames,
  type TargetKernel,
} from '@btfq/core-reloc';
import type { Relocated } from '@btfq/load-check';
import type { Kernel } from '../answer-types.ts';
import { Closures } from '../bundle/closures.ts';
import { mayLookBehindPointers } from '../bundle/equivalence-key.ts';
import { declaredTarget } from '../bundle/partial-btf.ts';
import type { BtfIndex } from '../store/btf-index.ts';
import { contains } from '../store/content-tree.ts';
import { classesOf, type Partition, partitionBy, refine, spread, undivided } from './partition.ts';
import type { Slots } from './slots.ts';

/** An object's relocations on all kernels that are asked. */
export interface RelocatedObject {
  /** By kernel: alike are those whose relocations all become the same. */
  readonly alike: Partition;
  /** The same, whatever the offsets of fields are that instructions hold. */
  readonly butOffsets: Partition;
  /** By the offsets of fields in some instructions, given as `section offset`. */
  byOffsets(places: ReadonlySet<string>): Partition;
  /** For a kernel, by its number; undefined where the index does not say and its whole BTF has to be asked. */
  of(kernel: number): Relocated | undefined;
}

/** What one root type of an object makes of its relocations. */
interface Part {
  /** By kernel: a number for its results, the same where they are alike; -1 where its whole BTF has to be asked. */
  readonly number: Int32Array;
  /** The same but for the offsets of fields. */
  readonly butOffsets: Int32Array;
  readonly results: ReadonlyMap<number, readonly RelocationResult[]>;
}

export class RelocatedParts {
  private readonly kernels: readonly Kernel[];
  private readonly slots: Slots;
  private readonly closures: Closures;
  private readonly roots = new Map<string, Root>();

  constructor(index: BtfIndex, kernels: readonly Kernel[], slots: Slots) {
    this.kernels = kernels;
    this.slots = slots;
    this.closures = new Closures(index);
  }

  /** Undefined where every kernel's whole BTF has to be asked. */
  of(object: BpfObject): RelocatedObject | undefined {
    const names = rootNames(object);
    if (patchedTwice(object) || mayLookBehindPointers(object)) return undefined;
    const kept = names.every(({ kinds }) => kinds.every((kind) => KEPT.has(kind)));
    if (!kept) return undefined;
    const byName = indexesByRoot(object);
    const parts = names.map((root) => this.part(object, root, byName.get(root.name) ?? []));
    const others = relocateSome(object, NOTHING, byName.get('') ?? []);
    return this.joined(parts, others);
  }

  private joined(parts: readonly Part[], others: readonly RelocationResult[]): RelocatedObject {
    const { kernels, slots } = this;
    const whole = new Uint8Array(kernels.length);
    for (const { number } of parts) {
      number.forEach((each, i) => {
        if (each === -1) whole[i] = 1;
      });
    }
    // those are only sure to be alike where their contents are
    const bySlot = whole.includes(1)
      ? partitionBy([...whole], (each, i) => (each === 1 ? slots.of[i] : -1))
      : undivided(kernels.length);
    const joint = (numbers: readonly Int32Array[]) =>
      numbers.reduce(
        (all, own) =>
          refine(
            all,
            partitionBy([...own], (each) => each),
          ),
        bySlot,
      );
    const alike = joint(parts.map(({ number }) => number));
    const butOffsets = joint(parts.map((part) => part.butOffsets));
    const known = new Map<number, Relocated>();
    const join = (kernel: number): Relocated => {
      const results: RelocationResult[] = [];
      const all = [...others, ...parts.flatMap((part) => part.results.get(part.number[kernel] as number) ?? [])];
      for (const result of all) results[result.relocation.index] = result;
      return { results, code: patchedCode(results) };
    };
    return {
      alike,
      butOffsets,
      byOffsets: (places) =>
        parts.reduce((all, part) => refine(all, offsetsIn(part, places)), undivided(kernels.length)),
      of: (kernel) => {
        if (whole[kernel] === 1) return undefined;
        const number = alike.of[kernel] as number;
        let found = known.get(number);
        if (found === undefined) known.set(number, (found = join(kernel)));
        return found;
      },
    };
  }

  private part(object: BpfObject, root: RootName, indexes: readonly number[]): Part {
    const { kinds, name } = root;
    const key = `${name} ${kinds.join(' ')}`;
    let known = this.roots.get(key);
    if (known === undefined) this.roots.set(key, (known = this.root(root)));
    const exact = new Map<string, number>();
    const shapes = new Map<string, number>();
    const results = new Map<number, readonly RelocationResult[]>();
    const numberIn = (numbers: Map<string, number>, text: string) =>
      numbers.get(text) ?? numbers.set(text, numbers.size).size - 1;
    const byClass = known.classes.map((target): readonly [exact: number, shape: number] => {
      if (target === undefined) return [-1, -1];
      const own = relocateSome(object, target, indexes);
      const number = numberIn(exact, own.map((each) => wordsOf(each, true)).join('\n'));
      if (!results.has(number)) results.set(number, own);
      return [number, numberIn(shapes, own.map((each) => wordsOf(each, false)).join('\n'))];
    });
    const { of } = known.alike;
    return {
      number: Int32Array.from(of, (each) => byClass[each]?.[0] as number),
      butOffsets: Int32Array.from(of, (each) => byClass[each]?.[1] as number),
      results,
    };
  }

  /** The kernels by their declarations of a root type and what it contains by value, with a small target for each class. */
  private root({ name, kinds }: RootName): Root {
    const { slots, kernels } = this;
    const wanted = kinds.map((kind) => (kind === BtfKind.Enum64 ? BtfKind.Enum : kind));
    const { entries, own } = this.closures.of(name, wanted);
    let bySlot = undivided(slots.count);
    for (const [kind, id] of entries) bySlot = refine(bySlot, slots.signatureOf(kind, id));
    // a type that the kernel lacks may be one of its modules
    const order = partitionBy(
      kernels,
      (kernel) => `${kernel.littleEndian} ${kernel.pointerSize} ${(kernel.modules ?? 0) > 0}`,
    );
    const alike = refine(spread(bySlot, slots.of), order);
    const classes = classesOf(alike).map(([first = 0]): TargetKernel | undefined => {
      const kernel = kernels[first] as Kernel;
      const position = slots.positions[slots.of[first] as number] as number;
      const has = (row: { readonly set: number }) => contains(slots.rows.ranges(row.set), position);
      const rows = entries.map(([kind, id]) => slots.rows.declared(kind, id).filter(has));
      const lacks = wanted.some((kind) => !rows.some((some, i) => own.has(i) && some.some((row) => row.kind === kind)));
      if (lacks && (kernel.modules ?? 0) > 0) return undefined;
      const vmlinux = declaredTarget(slots.rows, rows.flat(), kernel);
      return vmlinux && { vmlinux, modules: [] };
    });
    return { alike, classes };
  }
}

/** The kernels by the results of one root type at some instructions. */
function offsetsIn({ number, results }: Part, places: ReadonlySet<string>): Partition {
  const said = new Map<number, string>();
  for (const [key, own] of results) {
    const some = own.filter(({ relocation }) => places.has(`${relocation.section} ${relocation.insnOff}`));
    if (some.length === 0) return undivided(number.length);
    said.set(key, some.map(({ newValue }) => newValue).join());
  }
  return partitionBy([...number], (each) => said.get(each));
}

interface Root {
  /** By kernel. */
  readonly alike: Partition;
  /** By class: what relocations are done against; undefined where the whole BTF has to be asked. */
  readonly classes: readonly (TargetKernel | undefined)[];
}

/** Indexes of relocations by the name of their root; those that need no target under ''. */
function indexesByRoot(object: BpfObject): Map<string, number[]> {
  const found = new Map<string, number[]>();
  const names = new Set(rootNames(object).map(({ name }) => name));
  questionsOf(object).ofRecord.forEach(({ rootName, spec, kind }, i) => {
    const asks = spec !== undefined && kind !== RelocationKind.TypeIdLocal && names.has(rootName);
    const name = asks ? rootName : '';
    const own = found.get(name);
    if (own === undefined) found.set(name, [i]);
    else own.push(i);
  });
  return found;
}

/** All that answers say of a result; ids of the target's types say nothing. `offsets`: with those of fields. */
function wordsOf(result: RelocationResult, offsets: boolean): string {
  const { outcome, reason, newValue, patched, relocation } = result;
  if (outcome === 'applied') {
    if (relocation.kind === RelocationKind.TypeIdTarget) return 'applied';
    const isOffset = relocation.kind === RelocationKind.FieldByteOffset && holdsOffset(patched?.[0] ?? 0);
    // the instruction itself may access another number of bytes
    return offsets || !isOffset ? `${newValue} ${patched?.join()}` : `${patched?.[0]} ${patched?.[1]}`;
  }
  const { candidates } = result;
  const tried = candidates.map(({ matched, refusal, name }) => `${matched} ${refusal} ${name}`);
  return `${outcome} ${reason} ${explainReason(result)} ${tried.join(', ')}`;
}

/** Kinds of declarations that the index distinguishes as far as relocations do. */
const KEPT: ReadonlySet<number> = new Set([
  BtfKind.Struct,
  BtfKind.Union,
  BtfKind.Enum,
  BtfKind.Enum64,
  BtfKind.Typedef,
]);

/** A target for relocations that ask none. */
const NOTHING = parseBtf(encodeBtf({ words: new Uint32Array(), strings: new Uint8Array(1), littleEndian: true }));
