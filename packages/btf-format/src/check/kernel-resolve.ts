// What a kernel asks of types together: that each leads to something with a size where one is needed, in at most 32
// steps and not in a circle. kernel/bpf/btf.c: btf_check_all_types, btf_resolve and the `resolve` of each kind.

import { BtfKind } from '../kinds.ts';
import type { Btf } from '../btf.ts';
import { checkFunc, checkFuncProto } from './kernel-functions.ts';
import { hasNoSize, isComposite, isModifierOrTypedef, isSourceOnly, needsResolve } from './kernel-kinds.ts';
import { checkMember, isRegularInt } from './kernel-members.ts';
import { type Violation, violation } from './problem.ts';
import type { ResolvedTypes } from './resolved-types.ts';

/** MAX_RESOLVE_DEPTH. */
const MAX_DEPTH = 32;

const NOT_VISITED = 0;
const VISITED = 1;
const RESOLVED = 2;
/** Reported already: what leads here is neither resolved nor reported again. */
const FAILED = 3;

/** Decides which kinds end the search: RESOLVE_TBD, RESOLVE_PTR, RESOLVE_STRUCT_OR_ARRAY. */
type Mode = 'open' | 'pointer' | 'composite';

/** What a step says: the type is done, another must be resolved first, or a rule does not hold. */
type Step =
  | { readonly done: number; readonly size: number }
  | { readonly first: number }
  | { readonly wrong: Violation };

/** A problem of a type, as found while types were resolved. */
export type TypeViolation = Violation & { readonly typeId: number };

/** The types of one BTF without base, and how far each is resolved. */
export class Resolution implements ResolvedTypes {
  readonly pointerBytes: number;
  readonly violations: TypeViolation[] = [];
  readonly #btf: Btf;
  readonly #states: Uint8Array;
  readonly #resolvedIds: Uint32Array;
  readonly #resolvedSizes: Uint32Array;
  /** Types under way and the next member of each. */
  readonly #stack: { readonly id: number; next: number }[] = [];
  #mode: Mode = 'open';

  constructor(btf: Btf, pointerBytes: number) {
    this.#btf = btf;
    this.pointerBytes = pointerBytes;
    this.#states = new Uint8Array(btf.typeCount);
    this.#resolvedIds = new Uint32Array(btf.typeCount);
    this.#resolvedSizes = new Uint32Array(btf.typeCount);
  }

  kind(id: number): BtfKind {
    return this.#btf.kind(id);
  }

  vlen(id: number): number {
    return this.#btf.vlen(id);
  }

  third(id: number): number {
    return this.#btf.sizeOrType(id);
  }

  /** The nth word after `struct btf_type`. */
  word(id: number, n: number): number {
    return this.#btf.words[this.#btf.wordAt(id) + 3 + n]!;
  }

  isResolved(id: number): boolean {
    return this.#states[id] === RESOLVED;
  }

  isFailed(id: number): boolean {
    return this.#states[id] === FAILED;
  }

  report(typeId: number, wrong: Violation): void {
    this.violations.push({ ...wrong, typeId });
  }

  /** btf_check_all_types. */
  checkAll(): void {
    for (let id = 1; id < this.#btf.typeCount; id++) {
      if (needsResolve(this.kind(id)) && this.#states[id] === NOT_VISITED) this.resolve(id);
      if (this.kind(id) === BtfKind.FuncProto) {
        const wrong = checkFuncProto(this, this.#btf, id);
        if (wrong) this.report(id, wrong);
      }
    }
  }

  /** btf_resolve: a type and all that it needs. False, and reported, where a rule does not hold. */
  resolve(root: number): boolean {
    this.#mode = 'open';
    this.#push(root);
    while (this.#stack.length > 0) {
      const top = this.#stack.at(-1) as { id: number; next: number };
      const step = this.#step(top.id, top);
      if ('first' in step) {
        if (this.#states[step.first] === FAILED) return this.#fail(top.id, undefined);
        const wrong = this.#push(step.first);
        if (wrong) return this.#fail(root, wrong); // reported of the type that was to be resolved
      } else if ('wrong' in step) {
        return this.#fail(top.id, step.wrong);
      } else {
        this.#stack.pop();
        this.#states[top.id] = RESOLVED;
        this.#resolvedIds[top.id] = step.done;
        this.#resolvedSizes[top.id] = step.size;
      }
    }
    return this.#isValid(root) || this.#fail(root, violation('resolve', 'Invalid resolve state'));
  }

  #fail(id: number, wrong: Violation | undefined): false {
    if (wrong) this.report(id, wrong);
    for (const entry of this.#stack) this.#states[entry.id] = FAILED;
    this.#states[id] = FAILED;
    this.#stack.length = 0;
    return false;
  }

  /** env_stack_push. */
  #push(id: number): Violation | undefined {
    if (this.#stack.length === MAX_DEPTH) return violation('depth', `Exceeded max resolving depth:${MAX_DEPTH}`);
    if (this.#states[id] !== NOT_VISITED) return violation('loop', 'Loop detected');
    this.#states[id] = VISITED;
    this.#stack.push({ id, next: 0 });
    if (this.#mode === 'open') {
      const kind = this.kind(id);
      if (kind === BtfKind.Ptr) this.#mode = 'pointer';
      else if (isComposite(kind) || kind === BtfKind.Array) this.#mode = 'composite';
    }
    return undefined;
  }

  /** Whether a type must be resolved before the one that refers to it, in the mode at hand. */
  #mustComeFirst(id: number): boolean {
    return !this.#isSink(this.kind(id)) && !this.isResolved(id);
  }

  /** env_type_is_resolve_sink. */
  #isSink(kind: BtfKind): boolean {
    switch (this.#mode) {
      case 'open':
        return !needsResolve(kind);
      case 'pointer':
        return !isModifierOrTypedef(kind) && kind !== BtfKind.Ptr;
      case 'composite':
        return !isModifierOrTypedef(kind) && kind !== BtfKind.Array && !isComposite(kind);
    }
  }

  #step(id: number, top: { next: number }): Step {
    switch (this.kind(id)) {
      case BtfKind.Ptr:
        return this.#stepPointer(id);
      case BtfKind.Var:
        return this.#stepVar(id);
      case BtfKind.Array:
        return this.#stepArray(id);
      case BtfKind.Struct:
      case BtfKind.Union:
        return this.#stepComposite(id, top);
      case BtfKind.Datasec:
        return this.#stepDatasec(id, top);
      case BtfKind.DeclTag:
        return this.#stepDeclTag(id);
      case BtfKind.Func: {
        const wrong = checkFunc(this, id);
        return wrong ? { wrong } : { done: this.third(id), size: 0 };
      }
      default:
        return this.#stepModifier(id);
    }
  }

  /** btf_modifier_resolve. */
  #stepModifier(id: number): Step {
    const next = this.third(id);
    if (isSourceOnly(this.kind(next))) return { wrong: violation('type-id', 'Invalid type_id') };
    return this.#mustComeFirst(next) ? { first: next } : this.#conclude(next);
  }

  /** btf_ptr_resolve. A modifier may have stopped at a pointer, which may lead back here: it is followed too. */
  #stepPointer(id: number): Step {
    const next = this.third(id);
    if (isSourceOnly(this.kind(next))) return { wrong: violation('type-id', 'Invalid type_id') };
    if (this.#mustComeFirst(next)) return { first: next };
    const behind = this.#pointerBehind(next);
    return behind === undefined ? this.#conclude(next) : { first: behind };
  }

  /** btf_var_resolve: as a pointer, but what it leads to must have a size. */
  #stepVar(id: number): Step {
    const next = this.third(id);
    if (isSourceOnly(this.kind(next))) return { wrong: violation('type-id', 'Invalid type_id') };
    if (this.#mustComeFirst(next)) return { first: next };
    const behind = this.#pointerBehind(next);
    if (behind !== undefined) return { first: behind };
    const sized = this.sized(next);
    return sized ? { done: sized.id, size: 0 } : { wrong: violation('type-id', 'Invalid type_id') };
  }

  #pointerBehind(next: number): number | undefined {
    if (!isModifierOrTypedef(this.kind(next))) return undefined;
    const resolved = this.#resolvedIds[next]!;
    return this.kind(resolved) === BtfKind.Ptr && this.#mustComeFirst(resolved) ? resolved : undefined;
  }

  /** What a pointer or modifier leads to: something with a size, or void, a forward declaration or a prototype. */
  #conclude(next: number): Step {
    const sized = this.sized(next);
    if (sized) return { done: sized.id, size: 0 };
    const end = this.isResolved(next) ? this.#resolvedIds[next]! : next;
    const kind = this.kind(end);
    if (kind === BtfKind.Unknown || kind === BtfKind.Fwd || kind === BtfKind.FuncProto) return { done: end, size: 0 };
    return { wrong: violation('type-id', 'Invalid type_id') };
  }

  /** btf_array_resolve. */
  #stepArray(id: number): Step {
    const [element, index, count] = [this.word(id, 0), this.word(id, 1), this.word(id, 2)];
    const invalid = (what: string): Step => ({ wrong: violation('type-id', what) });
    if (hasNoSize(this.kind(index)) || isSourceOnly(this.kind(index))) return invalid('Invalid index');
    if (this.#mustComeFirst(index)) return { first: index };
    const sizedIndex = this.sized(index);
    const isIndex = sizedIndex && this.kind(sizedIndex.id) === BtfKind.Int && isRegularInt(this, sizedIndex.id);
    if (!isIndex) return invalid('Invalid index');

    if (hasNoSize(this.kind(element)) || isSourceOnly(this.kind(element))) return invalid('Invalid elem');
    if (this.#mustComeFirst(element)) return { first: element };
    const sized = this.sized(element);
    if (sized === undefined) return invalid('Invalid elem');
    if (this.kind(sized.id) === BtfKind.Int && !isRegularInt(this, sized.id)) return invalid('Invalid array of int');
    if (count !== 0 && sized.size > Math.floor(0xffffffff / count)) {
      return { wrong: violation('size', 'Array size overflows U32_MAX') };
    }
    return { done: sized.id, size: sized.size * count };
  }

  /** btf_struct_resolve. */
  #stepComposite(id: number, top: { next: number }): Step {
    const flag = this.#btf.kindFlag(id);
    const size = this.third(id);
    const vlen = this.vlen(id);
    for (let i = top.next; i < vlen; i++) {
      const [type, offset] = [this.word(id, i * 3 + 1), this.word(id, i * 3 + 2)];
      if (hasNoSize(this.kind(type)) || isSourceOnly(this.kind(type))) {
        return { wrong: violation('type-id', 'Invalid member', i) };
      }
      if (this.#mustComeFirst(type)) {
        top.next = i;
        return { first: type };
      }
      const wrong = checkMember(this, size, type, offset, flag);
      if (wrong) return { wrong: { ...wrong, element: i } };
    }
    return { done: 0, size: 0 };
  }

  /** btf_datasec_resolve. */
  #stepDatasec(id: number, top: { next: number }): Step {
    this.#mode = 'open';
    const vlen = this.vlen(id);
    for (let i = top.next; i < vlen; i++) {
      const [variable, size] = [this.word(id, i * 3), this.word(id, i * 3 + 2)];
      if (this.kind(variable) !== BtfKind.Var) return { wrong: violation('type-id', 'Not a VAR kind member', i) };
      if (this.#mustComeFirst(variable)) {
        // the kernel goes on with the next one, and never holds the size of this one against its type
        top.next = i + 1;
        return { first: variable };
      }
      const sized = this.sized(this.third(variable));
      if (sized === undefined) return { wrong: violation('type-id', 'Invalid type', i) };
      if (size < sized.size) return { wrong: violation('size', 'Invalid size', i) };
    }
    return { done: 0, size: 0 };
  }

  /** btf_decl_tag_resolve. */
  #stepDeclTag(id: number): Step {
    const next = this.third(id);
    const kind = this.kind(next);
    const holdsTags = kind === BtfKind.Func || isComposite(kind) || kind === BtfKind.Var || kind === BtfKind.Typedef;
    if (!holdsTags) return { wrong: violation('type-id', 'Invalid type_id') };
    if (this.#mustComeFirst(next)) return { first: next };
    const component = this.word(id, 0) | 0;
    if (component !== -1) {
      const parts = kind === BtfKind.Func ? this.vlen(this.third(next)) : isComposite(kind) ? this.vlen(next) : 0;
      if (component >= parts) return { wrong: violation('component', 'Invalid component_idx') };
    }
    return { done: next, size: 0 };
  }

  /** btf_type_id_size: the type with a size that `id` is or leads to; undefined where there is none (yet). */
  sized(id: number): { readonly id: number; readonly size: number } | undefined {
    const own = this.#ownSize(id);
    if (own !== undefined) return { id, size: own };
    const kind = this.kind(id);
    if (!isModifierOrTypedef(kind) && kind !== BtfKind.Var) return undefined;
    const resolved = this.#resolvedIds[id]!;
    const size = this.#ownSize(resolved);
    return size === undefined ? undefined : { id: resolved, size };
  }

  #ownSize(id: number): number | undefined {
    switch (this.kind(id)) {
      case BtfKind.Int:
      case BtfKind.Struct:
      case BtfKind.Union:
      case BtfKind.Enum:
      case BtfKind.Enum64:
      case BtfKind.Datasec:
      case BtfKind.Float:
        return this.third(id);
      case BtfKind.Array:
        return this.#resolvedSizes[id]!;
      case BtfKind.Ptr:
        return this.pointerBytes;
      default:
        return undefined;
    }
  }

  /** btf_resolve_valid. */
  #isValid(id: number): boolean {
    const kind = this.kind(id);
    const end = this.kind(this.#resolvedIds[id]!);
    if (kind === BtfKind.Array) {
      const sized = this.sized(this.word(id, 0));
      return sized !== undefined && !isModifierOrTypedef(this.kind(sized.id));
    }
    if (kind === BtfKind.Ptr || kind === BtfKind.Var || isModifierOrTypedef(kind)) {
      return !isModifierOrTypedef(end) && end !== BtfKind.Var && end !== BtfKind.Datasec;
    }
    return true;
  }
}
