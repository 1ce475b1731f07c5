// What each kind of relocation keeps of its target: bpftool gen.c, btfgen_record_reloc and the functions it calls.

import {
  type Btf,
  BtfKind,
  isModifier,
  kindLayout,
  skipModifiersAndTypedefs,
  infoKind,
  infoVlen,
} from '@btfq/btf-format';
import { RelocationKind, relocationBasis, type Spec } from '@btfq/core-reloc';
import type { Marks } from './marks.ts';

/** Marks what a resolved relocation touches. TYPE_ID_LOCAL touches nothing in the target (btfgen_record_reloc). */
export function markSpec(marks: Marks, spec: Spec): void {
  switch (relocationBasis(spec.kind)) {
    case 'field':
      markField(marks, spec);
      break;
    case 'enumval':
      markType(marks, spec.btf, spec.rootTypeId, false);
      break;
    case 'type':
      if (spec.kind === RelocationKind.TypeIdLocal) return;
      if (spec.kind === RelocationKind.TypeMatches) markTypeMatch(marks, spec.btf, spec.rootTypeId);
      else markType(marks, spec.btf, spec.rootTypeId, true);
      break;
    case undefined:
      break;
  }
}

/** The members along the path, and the type of each (btfgen_record_field_relo). */
function markField(marks: Marks, spec: Spec): void {
  const { btf, raw, rootTypeId } = spec;
  const steps = walk(btf, rootTypeId, raw) ?? walkNames(spec);
  markType(marks, btf, rootTypeId, false);
  for (const { typeId, index } of steps) {
    marks.addMember(btf, typeId, index);
    markType(marks, btf, memberType(btf, typeId, index), false);
  }
}

/** A member on the way to a field. */
interface Step {
  readonly typeId: number;
  readonly index: number;
}

/** The members that raw indexes lead through; undefined where they lead nowhere. */
function walk(btf: Btf, root: number, raw: readonly number[]): Step[] | undefined {
  const steps: Step[] = [];
  let id = root;
  for (const index of raw.slice(1)) {
    id = skipModifiersAndTypedefs(btf, id);
    const kind = btf.kind(id);
    if (kind === BtfKind.Array) id = elementType(btf, id);
    else if ((kind === BtfKind.Struct || kind === BtfKind.Union) && index < btf.vlen(id)) {
      steps.push({ typeId: id, index });
      id = memberType(btf, id, index);
    } else return undefined;
  }
  return steps;
}

/**
 * Differs from libbpf: where a member of that name in an anonymous struct was not compatible, libbpf leaves its indexes in
 * the raw path (bpf_core_match_member), and bpftool reads past the end of a type. Then the named steps give the way.
 */
function walkNames({ btf, rootTypeId, accessors }: Spec): Step[] {
  const steps: Step[] = [];
  let id = rootTypeId;
  for (const { typeId, index, named } of accessors.slice(1)) {
    id = skipModifiersAndTypedefs(btf, id);
    if (named) {
      steps.push(...anonymousWay(btf, id, typeId, 0), { typeId, index });
      id = memberType(btf, typeId, index);
    } else id = elementType(btf, id);
  }
  return steps;
}

/** libbpf's BPF_CORE_SPEC_MAX_LEN: no path is longer. */
const MAX_DEPTH = 64;

/** The anonymous members that lead from one struct to another inside it. */
function anonymousWay(btf: Btf, from: number, to: number, depth: number): Step[] {
  if (from === to || depth === MAX_DEPTH) return [];
  const kind = btf.kind(from);
  if (kind !== BtfKind.Struct && kind !== BtfKind.Union) return [];
  const layer = btf.layerOf(from);
  for (let index = 0; index < btf.vlen(from); index++) {
    if (btf.string(layer.words[layer.wordAt(from) + 3 + index * 3]!) !== '') continue;
    const inner = skipModifiersAndTypedefs(btf, memberType(btf, from, index));
    const rest = anonymousWay(btf, inner, to, depth + 1);
    if (inner === to || rest.length > 0) return [{ typeId: from, index }, ...rest];
  }
  return [];
}

function memberType(btf: Btf, id: number, index: number): number {
  const layer = btf.layerOf(id);
  return layer.words[layer.wordAt(id) + 3 + index * 3 + 1]!;
}

function elementType(btf: Btf, id: number): number {
  const layer = btf.layerOf(id);
  return layer.words[layer.wordAt(id) + 3]!; // marked together with the array
}

/**
 * A type and what it cannot be without: the target of a typedef or modifier, an array's element and index, a
 * prototype's parameters, and behind a pointer only where asked; never the members of a struct (btfgen_mark_type).
 *
 * Differs from libbpf: bpftool gives up at type tags, forward declarations, functions and the like. Here they are kept
 * with what they refer to; and a type that refers to itself ends.
 */
export function markType(marks: Marks, btf: Btf, id: number, followPointers: boolean): void {
  const seen = new Set<number>();
  const stack = [id];
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    if (next === 0 || seen.has(next)) continue;
    seen.add(next);
    marks.addType(btf, next);
    const kind = btf.kind(next);
    if (kind === BtfKind.Struct || kind === BtfKind.Union) continue;
    if (kind === BtfKind.Ptr && !followPointers) continue;
    pushRefs(btf, next, stack);
  }
}

/**
 * All that the match relation may look at: members by value with their types, behind a pointer only the name
 * (btfgen_mark_type_match). An array or prototype behind a pointer counts as by value again, as it does in bpftool.
 *
 * Differs from libbpf: type tags are followed like the other modifiers, where bpftool gives up.
 */
export function markTypeMatch(marks: Marks, btf: Btf, root: number): void {
  const seen = [new Set<number>(), new Set<number>()]; // by value, behind a pointer
  const stack: [id: number, behindPointer: boolean][] = [[root, false]];
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const [id, behindPointer] = next;
    const done = seen[behindPointer ? 1 : 0] as Set<number>;
    if (id === 0 || done.has(id)) continue;
    done.add(id);
    marks.addType(btf, id);
    const kind = btf.kind(id);
    if (kind === BtfKind.Struct || kind === BtfKind.Union) {
      if (behindPointer) continue;
      for (let i = 0; i < btf.vlen(id); i++) marks.addMember(btf, id, i);
    }
    const refs: number[] = [];
    pushRefs(btf, id, refs);
    const inner = kind === BtfKind.Ptr || (behindPointer && (isModifier(kind) || kind === BtfKind.Typedef));
    for (const ref of refs) stack.push([ref, inner]);
  }
}

function pushRefs(btf: Btf, id: number, out: number[]): void {
  const layer = btf.layerOf(id);
  const { words } = layer;
  const at = layer.wordAt(id);
  const info = words[at + 1]!;
  const row = kindLayout(infoKind(info));
  if (row === undefined) return;
  if (row.third === 'type') out.push(words[at + 2]!);
  for (const word of row.infoRefs) out.push(words[at + 3 + word]!);
  for (let i = 0, first = at + 3 + row.infoWords; i < infoVlen(info); i++, first += row.elemWords) {
    for (const word of row.elemRefs) out.push(words[first + word]!);
  }
}
