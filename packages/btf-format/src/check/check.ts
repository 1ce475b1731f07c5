// checkBtf: what libbpf, or a kernel, would refuse in a BTF, and where, as data. The kernel's rules are those of
// kernel/bpf/btf.c (7.2), in its order.

import { isModifierOrTypedef } from './kernel-kinds.ts';
import { Resolution } from './kernel-resolve.ts';
import { checkRecord, MAX_TYPE_ID } from './kernel-records.ts';
import { checkSections, MAX_SIZE } from './kernel-sections.ts';
import { checkSpecialFields } from './kernel-special.ts';
import { isBelow, rulesOf } from './release-rules.ts';
import type { BtfProblem, Violation } from './problem.ts';
import { BtfError } from '../errors.ts';
import { BtfKind } from '../kinds.ts';
import { pointerSize } from '../layout.ts';
import { type Btf, parseBtf } from '../btf.ts';
import { type BtfFeature, featuresMissingIn } from '../sanitize.ts';

/** Which kernel to ask, and about what. */
export interface KernelCheck {
  /** A release such as `5.10`: kinds younger than it are refused. Default: the newest that is known. */
  readonly release?: string | undefined;
  /**
   * `program`: all that BPF_BTF_LOAD asks. `kernel`: what a kernel asks of its own BTF and of its modules'; these are
   * not resolved. Default: `kernel` for split BTF, which no program has, else `program`.
   */
  readonly as?: 'program' | 'kernel' | undefined;
  /** Bytes of a pointer there. Default: as the types say, else 8. */
  readonly pointerSize?: 4 | 8 | undefined;
}

/** What to check beyond what libbpf asks. */
export interface CheckOptions {
  readonly base?: Btf | undefined;
  readonly kernel?: boolean | KernelCheck | undefined;
}

/**
 * Everything found, in the order in which libbpf or the kernel would come upon it; empty where all is well. What
 * libbpf refuses is one problem: nothing can be said of what comes after it. A kernel stops at its first problem too;
 * here each record has its first, and then each type that cannot be resolved, unless that is because of another one.
 *
 * ```ts
 * for (const { typeId, message } of checkBtf(bytes, { kernel: { release: '5.10' } })) console.log(typeId, message);
 * ```
 *
 * Not covered: whether the struct of a kptr is one of the kernel's, for which it wants a destructor of its own. LOC_PARAM,
 * LOC_PROTO and LOCSEC are kinds that no released kernel knows (7.2 is the newest that this follows): `kind`. Throws
 * `invalid-argument` for a release that is none.
 */
export function checkBtf(bytes: Uint8Array, options: CheckOptions = {}): BtfProblem[] {
  const { base, kernel = false } = options;
  let btf: Btf;
  try {
    btf = parseBtf(bytes, { base });
  } catch (error) {
    if (!(error instanceof BtfError)) throw error;
    return [libbpfProblem(error)];
  }
  return kernel === false ? [] : checkAsKernel(btf, kernel === true ? {} : kernel);
}

function libbpfProblem({ code, message, typeId, offset, expected }: BtfError): BtfProblem {
  return {
    level: 'libbpf',
    code,
    message,
    ...(typeId === undefined ? {} : { typeId }),
    ...(offset === undefined ? {} : { offset }),
    ...(expected === undefined ? {} : { expected }),
  };
}

/** The kernel's level, for BTF that is parsed already. */
export function checkAsKernel(btf: Btf, options: KernelCheck = {}): BtfProblem[] {
  const { release, as = btf.base ? 'kernel' : 'program' } = options;
  const missing = new Set<BtfFeature>(release === undefined ? [] : featuresMissingIn(release));
  const whole = checkWhole(btf, as, !missing.has('layout'));
  if (whole) return [whole];

  const problems: BtfProblem[] = [];
  const rules = rulesOf(release).filter(({ name }) => name !== 'tags-first'); // asked of whole chains, below
  for (let id = btf.startId; id < btf.typeCount; id++) {
    const wrong =
      checkInfo(btf, id, missing) ??
      checkRecord(btf, id, (kind) => knowsKind(kind, missing)) ??
      checkAge(btf, id, missing) ??
      firstOf(rules, ({ check }) => check(btf, id));
    if (wrong) problems.push(problemOf(btf, id, wrong));
  }
  // references of broken records lead anywhere: the kernel does not follow them either
  if (problems.length > 0) return problems;

  if (as === 'program' && btf.base === undefined) {
    const resolution = new Resolution(btf, options.pointerSize ?? pointerSize(btf) ?? 8);
    resolution.checkAll();
    for (const { typeId, ...wrong } of resolution.violations) problems.push(problemOf(btf, typeId, wrong));
    if (problems.length > 0) return problems;
  }
  const hasTagOrder = release !== undefined && isBelow(release, '7.2') && !isBelow(release, '5.18');
  const chain = checkChains(btf, hasTagOrder);
  if (chain) return [chain];
  if (as !== 'program' || btf.base !== undefined) return [];
  return checkSpecialFields(btf, release).map(({ typeId, ...wrong }) => problemOf(btf, typeId, wrong));
}

function firstOf<T, R>(all: readonly T[], visit: (one: T) => R | undefined): R | undefined {
  for (const one of all) {
    const found = visit(one);
    if (found !== undefined) return found;
  }
  return undefined;
}

function checkWhole(btf: Btf, as: 'program' | 'kernel', knowsLayout: boolean): BtfProblem | undefined {
  const { bytes, header } = btf;
  if (as === 'program' && bytes.length > MAX_SIZE) {
    return { level: 'kernel', code: 'too-big', message: `${bytes.length} bytes`, expected: `at most ${MAX_SIZE}` };
  }
  const section = checkSections(bytes, header, btf.base !== undefined, knowsLayout);
  if (section) return { level: 'kernel', ...section };
  if (btf.typeCount - 1 <= MAX_TYPE_ID) return undefined;
  const message = 'Exceeded max num of types';
  return { level: 'kernel', code: 'too-big', message, typeId: MAX_TYPE_ID + 1, expected: `at most ${MAX_TYPE_ID}` };
}

function knowsKind(kind: BtfKind, missing: ReadonlySet<BtfFeature>): boolean {
  switch (kind) {
    case BtfKind.Func:
    case BtfKind.FuncProto:
      return !missing.has('func');
    case BtfKind.Var:
    case BtfKind.Datasec:
      return !missing.has('datasec');
    case BtfKind.Float:
      return !missing.has('float');
    case BtfKind.DeclTag:
      return !missing.has('declTag');
    case BtfKind.TypeTag:
      return !missing.has('typeTag');
    case BtfKind.Enum64:
      return !missing.has('enum64');
    default:
      return kind > BtfKind.Unknown && kind < BtfKind.Enum64;
  }
}

/** Before 7.1 there were 16 bits of vlen and 5 of kind, and the others had to be 0. */
function checkInfo(btf: Btf, id: number, missing: ReadonlySet<BtfFeature>): Violation | undefined {
  const info = btf.info(id);
  if (!missing.has('layout') || (info & 0x60ff0000) === 0) return undefined;
  return { code: 'info', message: `Invalid btf_info:${info.toString(16)}` };
}

/** Rules that were loosened later, of kinds that the kernel knows. */
function checkAge(btf: Btf, id: number, missing: ReadonlySet<BtfFeature>): Violation | undefined {
  const kind = btf.kind(id);
  const vlen = btf.vlen(id);
  if (kind === BtfKind.Func && vlen !== 0 && missing.has('funcGlobal')) return { code: 'info', message: 'vlen != 0' };
  if (kind === BtfKind.Enum && btf.kindFlag(id) && missing.has('enum64')) {
    return { code: 'info', message: 'Invalid btf_info kind_flag' };
  }
  if (kind === BtfKind.Datasec && missing.has('qmarkDatasec') && btf.name(id).startsWith('?')) {
    return { code: 'name', message: 'Invalid name' };
  }
  return undefined;
}

/**
 * btf_check_modifier_chain_length: at most 32 modifiers and typedefs in a row. Its forerunner btf_check_type_tags (6.18
 * has it, 7.2 no longer) also wants type tags to come before all other modifiers: `tagsFirst`.
 */
function checkChains(btf: Btf, tagsFirst: boolean): BtfProblem | undefined {
  const MAX_CHAIN = 32;
  // up to here every chain was followed to its end
  let good = btf.startId - 1;
  for (let id = btf.startId; id < btf.typeCount; id++) {
    if (!isModifierOrTypedef(btf.kind(id))) continue;
    let inTags = true;
    let at = id;
    for (let left = MAX_CHAIN; isModifierOrTypedef(btf.kind(at)); left--) {
      if (left === 0) return problemOf(btf, id, { code: 'depth', message: 'Max chain length or cycle detected' });
      const isTag = btf.kind(at) === BtfKind.TypeTag;
      if (tagsFirst && isTag && !inTags) {
        return problemOf(btf, id, { code: 'tag-order', message: "Type tags don't precede modifiers" });
      }
      inTags &&= isTag;
      if (at <= good) break;
      at = btf.sizeOrType(at);
    }
    good = id;
  }
  return undefined;
}

function problemOf(btf: Btf, typeId: number, wrong: Violation): BtfProblem {
  return { level: 'kernel', ...wrong, typeId, offset: btf.header.typeOff + btf.wordAt(typeId) * 4 };
}
