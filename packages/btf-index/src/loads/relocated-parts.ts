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
import { mayLookBehindPointers } from '../bundle/equivalence-key.ts';
import { declaredTarget } from '../bundle/partial-btf.ts';
import type { BtfIndex } from '../store/btf-index.ts';
import type { MemberCode } from '../encoding/type-code.ts';
import { firstOfClasses, type Partition, partitionBy, refine, renumbered, spread, undivided } from './partition.ts';
import { keptMembers, type Projection, ProjectedTypes } from './projected-types.ts';
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
  private readonly types: ProjectedTypes;
  /** By names of members. */
  private readonly projections = new Map<string, Projection>();
  private readonly roots = new Map<string, Root>();

  /** `objects`: all that will be asked about. */
  constructor(index: BtfIndex, kernels: readonly Kernel[], slots: Slots, objects: readonly BpfObject[]) {
    this.kernels = kernels;
    this.slots = slots;
    this.types = new ProjectedTypes(index, new Set(objects.flatMap((object) => this.memberNames(object, undefined))));
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
      numbers.reduce((all, own) => refine(all, renumbered(own)), bySlot);
    const alike = joint(parts.map(({ number }) => number));
    const butOffsets = joint(parts.map((part) => part.butOffsets));
    const known = new Map<number, Relocated>();
    const join = (kernel: number): Relocated => {
      const results: RelocationResult[] = [];
      const all = [...others, ...parts.flatMap((part) => part.results.get(part.number[kernel]!) ?? [])];
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
        const number = alike.of[kernel]!;
        let found = known.get(number);
        if (found === undefined) known.set(number, (found = join(kernel)));
        return found;
      },
    };
  }

  private part(object: BpfObject, root: RootName, indexes: readonly number[]): Part {
    const { kinds, name } = root;
    const members = this.memberNames(object, name);
    const key = `${name} ${kinds.join(' ')} ${members.join(' ')}`;
    let known = this.roots.get(key);
    if (known === undefined) this.roots.set(key, (known = this.root(root, this.projection(members))));
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

  /** The rows of the names of members that an object's relocations of one root type name, or those of all. Ascending. */
  private memberNames(object: BpfObject, root: string | undefined): number[] {
    const names = new Set<number>();
    for (const { rootName, spec } of questionsOf(object).list) {
      if (spec === undefined || (root !== undefined && rootName !== root)) continue;
      for (const name of spec.names) {
        const row = name && this.slots.rows.name(utf8.decode(name));
        if (row !== undefined) names.add(row);
      }
    }
    return [...names].sort((a, b) => a - b);
  }

  private projection(members: readonly number[]): Projection {
    const key = members.join(' ');
    let found = this.projections.get(key);
    if (found === undefined) this.projections.set(key, (found = this.types.under(new Set(members))));
    return found;
  }

  /**
   * The kernels by their declarations of a root type and what it contains by value, as far as members are asked for, with a small
   * target for each class.
   */
  private root({ name, kinds }: RootName, projection: Projection): Root {
    const { slots, kernels } = this;
    const wanted = kinds.map((kind) => (kind === BtfKind.Enum64 ? BtfKind.Enum : kind));
    const { entries, own } = projection.closure(name, wanted);
    const byRows = entries.map(([kind, text]) => slots.byRows(kind, text, (row) => projection.keyOf(row)));
    let bySlot = undivided(slots.count);
    for (const { partition } of byRows) bySlot = refine(bySlot, partition);
    // a type that the kernel lacks may be one of its modules
    const order = partitionBy(
      kernels,
      (kernel) => `${kernel.littleEndian} ${kernel.pointerSize} ${(kernel.modules ?? 0) > 0}`,
    );
    const alike = refine(spread(bySlot, slots.of), order);
    const classes = firstOfClasses(alike).map((first): TargetKernel | undefined => {
      const kernel = kernels[first] as Kernel;
      const slot = slots.of[first]!;
      const rows = byRows.map(({ partition, rowsOf }) => rowsOf[partition.of[slot]!] ?? []);
      const lacks = wanted.some((kind) => !rows.some((some, i) => own.has(i) && some.some((row) => row.kind === kind)));
      if (lacks && (kernel.modules ?? 0) > 0) return undefined;
      const kept = (members: readonly MemberCode[]) => keptMembers(slots.rows, members, projection.names);
      const vmlinux = declaredTarget(slots.rows, rows.flat(), kernel, kept);
      return vmlinux && { vmlinux, modules: [] };
    });
    return { alike, classes };
  }
}

const utf8 = new TextDecoder();

/** The kernels by the results of one root type at some instructions. */
function offsetsIn({ number, results }: Part, places: ReadonlySet<string>): Partition {
  const said = new Map<number, string>();
  for (const [key, own] of results) {
    const some = own.filter(({ relocation }) => places.has(`${relocation.section} ${relocation.insnOff}`));
    if (some.length === 0) return undivided(number.length);
    said.set(key, some.map(({ newValue }) => newValue).join());
  }
  const texts = new Map<string | undefined, number>();
  const byNumber = new Map<number, number>();
  for (const key of new Set(number)) {
    const text = said.get(key);
    if (!texts.has(text)) texts.set(text, texts.size);
    byNumber.set(key, texts.get(text)!);
  }
  return texts.size === 1 ? undivided(number.length) : renumbered(number.map((each) => byNumber.get(each)!));
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
