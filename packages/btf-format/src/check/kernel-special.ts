// What a kernel asks of structs with special fields: that they do not overlap, that lists and trees have a lock and nodes
// to hold, and that owning each other ends. kernel/bpf/btf.c: btf_parse_fields, btf_check_and_fixup_fields,
// btf_check_ownership_depth.

import { BtfKind } from '../kinds.ts';
import type { Btf } from '../btf.ts';
import type { TypeViolation } from './kernel-resolve.ts';
import { isBelow } from './release-rules.ts';
import { type Violation, violation } from './problem.ts';
import { type FoundField, memberBits, type SpecialField, SpecialFields, word } from './special-fields.ts';

/** BTF_MAX_OWNERSHIP_DEPTH. */
const MAX_OWNERSHIP = 8;
/** Of struct bpf_list_node and bpf_rb_node. */
const NODE_ALIGN = 8;

const wrong = (message: string, element?: number) => violation('special-field', message, element);

/**
 * The first problem of each struct that a program may allocate; then, if there are none, of what they own. A kernel stops at
 * the first. Not decided here: whether a kptr's struct is one of the kernel's, which needs a destructor there.
 */
export function checkSpecialFields(btf: Btf, release: string | undefined): TypeViolation[] {
  if (release !== undefined && isBelow(release, '6.2')) return [];
  const search = new SpecialFields(btf, release);
  const records = new Map<number, readonly FoundField[]>();
  const found: TypeViolation[] = [];
  for (const id of search.marked()) {
    const fields = search.of(id);
    const problem = 'code' in fields ? fields : checkFields(btf, id, fields);
    if (problem) found.push({ ...problem, typeId: id });
    else if (!('code' in fields)) records.set(id, fields);
  }
  if (found.length > 0) return found;
  for (const [id, fields] of records) {
    const problem = checkHeld(records, fields, release);
    if (problem) found.push({ ...problem, typeId: id });
  }
  if (found.length > 0 || (release !== undefined && isBelow(release, '7.2'))) return found;
  const deep = checkOwnership(records);
  return deep === undefined ? [] : [deep];
}

/** btf_parse_fields. */
function checkFields(btf: Btf, id: number, fields: readonly FoundField[]): Violation | undefined {
  // marked by a member that turned out to be no field: the record would be empty (EFAULT)
  if (fields.length === 0) return wrong('A special type without a special field');
  const size = btf.sizeOrType(id);
  let next = 0;
  for (const field of fields) {
    if (field.offset + field.size > size) {
      return wrong(`A ${field.type} ends at byte ${field.offset + field.size} of a struct of ${size}`);
    }
    if (field.offset < next) return wrong(`A ${field.type} at byte ${field.offset} overlaps the field before it`);
    next = field.offset + field.size;
    const problem = field.holds && checkNode(btf, field as Required<FoundField>);
    if (problem) return problem;
  }
  const has = (...types: SpecialField[]) => fields.some(({ type }) => types.includes(type));
  if (has('bpf_spin_lock') && has('bpf_res_spin_lock')) return wrong('Both a bpf_spin_lock and a bpf_res_spin_lock');
  if (has('bpf_list_head', 'bpf_rb_root') && !has('bpf_spin_lock', 'bpf_res_spin_lock')) {
    return wrong('A bpf_list_head or bpf_rb_root without a bpf_spin_lock beside it');
  }
  if (!has('bpf_refcount') && has('bpf_list_node') && has('bpf_rb_node')) {
    return wrong('Both a bpf_list_node and a bpf_rb_node, and no bpf_refcount');
  }
  return undefined;
}

/** btf_parse_graph_root: the member by which a list or tree holds its structs. */
function checkNode(btf: Btf, { type, holds }: Required<FoundField>): Violation | undefined {
  const nodeType = type === 'bpf_list_head' ? 'bpf_list_node' : 'bpf_rb_node';
  const { typeId, node } = holds;
  let isThere = false;
  for (let i = 0; i < btf.vlen(typeId); i++) {
    if (btf.string(word(btf, typeId, i * 3)) !== node) continue;
    if (isThere) return wrong(`Two members ${node} in what a ${type} holds`);
    const id = word(btf, typeId, i * 3 + 1);
    if (btf.kind(id) !== BtfKind.Struct || btf.name(id) !== nodeType) return wrong(`${node} is not a ${nodeType}`);
    // by the flag of the node's own type, as there
    const bits = memberBits(btf.kindFlag(id), word(btf, typeId, i * 3 + 2));
    if (bits % 8 !== 0 || (bits / 8) % NODE_ALIGN !== 0) return wrong(`${node} is not aligned to ${NODE_ALIGN} bytes`);
    isThere = true;
  }
  return isThere ? undefined : wrong(`What a ${type} holds has no member ${node}`);
}

/** btf_check_and_fixup_fields: what is held has a record, and before 7.2 what can be held holds nothing that can. */
function checkHeld(
  records: ReadonlyMap<number, readonly FoundField[]>,
  fields: readonly FoundField[],
  release: string | undefined,
): Violation | undefined {
  const isNode = fields.some(({ type }) => type === 'bpf_list_node' || type === 'bpf_rb_node');
  for (const { type, holds } of fields) {
    if (holds === undefined) continue;
    const record = records.get(holds.typeId);
    if (record === undefined) return wrong(`What a ${type} holds has no special fields of its own`);
    const hasRoot = record.some((field) => field.holds !== undefined);
    if (release !== undefined && isBelow(release, '7.2') && isNode && hasRoot) {
      return wrong(`A ${type} in what can be held itself holds structs that hold others`);
    }
  }
  return undefined;
}

/**
 * btf_check_ownership_depth: at most eight structs hold one another, and none holds itself. Kptrs to a program's own structs
 * count there too; which of them are the kernel's is not known here, so they are left out.
 */
function checkOwnership(records: ReadonlyMap<number, readonly FoundField[]>): TypeViolation | undefined {
  const depths = new Map<number, number>();
  const depthOf = (id: number, left: number): number | undefined => {
    if (left === 0) return undefined;
    let depth = depths.get(id);
    if (depth === undefined) {
      depth = 1;
      for (const { holds } of records.get(id) ?? []) {
        if (holds === undefined) continue;
        const below = depthOf(holds.typeId, left - 1);
        if (below === undefined) return undefined;
        depth = Math.max(depth, below + 1);
      }
      depths.set(id, depth);
    }
    return depth > left ? undefined : depth;
  };
  for (const id of records.keys()) {
    if (depthOf(id, MAX_OWNERSHIP) !== undefined) continue;
    return { ...wrong(`Structs that hold one another, in a circle or more than ${MAX_OWNERSHIP} deep`), typeId: id };
  }
  return undefined;
}
