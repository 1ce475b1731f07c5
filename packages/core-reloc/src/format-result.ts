// Words for people, and the only place that makes them. Specs read as libbpf's debug output prints them
// (relo_core.c bpf_core_format_spec).

import { type Btf, BtfKind, kindName, skipModifiersAndTypedefs } from '@btfq/btf-format';
import { accessorName } from './access-spec.ts';
import { relocationBasis, relocationKindWord } from './relo-kinds.ts';
import type { CandidateResult, ReasonCode, RefusalCode, RelocationResult, Spec } from './result.ts';
import { enumeratorNameOff, enumeratorValue } from './type-walk.ts';

/**
 * A spec as libbpf writes it: `<byte_off> [12] struct task_struct.mm (0:45 @ offset 1344)`, or
 * `<enumval_value> [9] enum bpf_func_id::BPF_FUNC_d_path = 147`.
 */
export function formatSpec(spec: Spec): string {
  const { btf, kind, rootTypeId } = spec;
  const head = `<${relocationKindWord(kind)}> [${rootTypeId}] ${formatRoot(btf, rootTypeId)}`;
  switch (relocationBasis(kind)) {
    case 'enumval':
      return head + formatEnumerator(spec);
    case 'field':
      return `${head}${formatAccess(spec)} (${spec.raw.join(':')} @ offset ${formatBitOffset(spec.bitOffset)})`;
    default:
      return head;
  }
}

/** The access alone, in C: `task_struct.mm`, `e0::E0A`; for whole types `struct task_struct`. */
export function formatSpecInC(spec: Spec): string {
  const { btf, kind, rootTypeId } = spec;
  const basis = relocationBasis(kind);
  const root = formatRoot(btf, rootTypeId);
  if (basis === 'field') return root + formatAccess(spec);
  const accessor = spec.accessors[0];
  return basis === 'enumval' && accessor ? `${root}::${accessorName(btf, accessor)}` : root;
}

/** `struct task_struct`, `typedef pid_t`; `<anon>` without a name. */
export function formatRoot(btf: Btf, typeId: number): string {
  const kind = btf.kind(typeId);
  const word = kind === BtfKind.Unknown ? 'unknown' : kindName(kind).toLowerCase();
  return `${word} ${btf.name(typeId) || '<anon>'}`;
}

function formatAccess(spec: Spec): string {
  return spec.accessors
    .map((accessor, i) => {
      if (accessor.named) return `.${accessorName(spec.btf, accessor)}`;
      return i > 0 || accessor.index > 0 ? `[${accessor.index}]` : '';
    })
    .join('');
}

function formatBitOffset(bits: number): string {
  return bits % 8 === 0 ? `${bits / 8}` : `${Math.trunc(bits / 8)}.${bits % 8}`;
}

function formatEnumerator(spec: Spec): string {
  const { btf } = spec;
  const id = skipModifiersAndTypedefs(btf, spec.rootTypeId);
  const index = spec.raw[0] ?? 0;
  const bits = btf.kind(id) === BtfKind.Enum ? 32 : 64;
  const value = enumeratorValue(btf, id, index);
  const shown = btf.kindFlag(id) ? BigInt.asIntN(bits, value) : BigInt.asUintN(bits, value);
  return `::${btf.string(enumeratorNameOff(btf, id, index))} = ${shown}`;
}

const REASONS: Readonly<Record<ReasonCode, string>> = {
  'no-candidates': 'the target has no such type',
  'no-match': 'no type of that name in the target fits',
  'memory-size': 'the field has another size, and this load or store cannot be adjusted to it',
  malformed: 'the relocation record is malformed',
  'bad-spec': "the access string does not fit the object's own type",
  'unknown-kind': 'libbpf does not know this kind of relocation',
  'anonymous-type': 'the type has no name to look for in the target',
  'match-failed': 'a type of that name could not be compared',
  'not-computable': 'the value cannot be computed for such a field',
  'offset-ambiguity': 'several types of that name have the field at different offsets',
  'value-ambiguity': 'several types of that name give different values',
  'bad-instruction': 'the instruction is not one that can be relocated',
  'unexpected-value': "the instruction does not hold the value that the object's own type gives",
  'value-too-big': 'the offset does not fit into a load or store (at most 32767)',
  'unexpected-memory-size': "the load or store is not as wide as the object's own field",
  'bad-memory-size': "the target's field is not 1, 2, 4 or 8 bytes wide",
  'truncated-instruction': 'the instruction is cut off',
  limit: 'the types are too deeply nested to compare',
};

/** Why a relocation did not succeed, in words, with both values where the reason is about two: `got 8, expected 65544`. */
export function explainReason(result: Pick<RelocationResult, 'reason' | 'unexpected' | 'resolution'>): string {
  const { reason, unexpected, resolution } = result;
  if (reason === undefined) return '';
  const words = formatReason(reason);
  if (reason === 'memory-size' || reason === 'bad-memory-size') {
    return `${words} (got ${resolution.newSize}, expected ${resolution.originalSize})`;
  }
  if (unexpected === undefined) return words;
  if (reason === 'value-too-big') return `${words} (got ${unexpected.got})`;
  return `${words} (got ${BigInt.asIntN(64, unexpected.got)}, expected ${BigInt.asIntN(64, unexpected.expected)})`;
}

/** A reason in words. */
export function formatReason(reason: ReasonCode): string {
  return REASONS[reason];
}

const REFUSALS: Readonly<Record<RefusalCode, (name: string) => string>> = {
  pruned: () => 'dropped by an earlier relocation of the same type',
  'missing-member': (name) => `has no member ${name}`,
  'incompatible-member': (name) => `its member ${name} has an incompatible type`,
  'not-composite': (name) => `has no struct or union where ${name} is looked for`,
  'not-array': () => 'has no array where one is indexed',
  'index-out-of-range': () => 'has an array of fewer elements',
  'not-enum': () => 'is not an enum',
  'missing-enumerator': (name) => `has no enumerator ${name}`,
  'incompatible-type': () => 'is not compatible',
  'type-mismatch': () => 'does not match',
  error: () => 'cannot be compared',
};

/** Why a candidate was passed over, as the end of a sentence that begins with it; `matches` where it was not. */
export function formatRefusal(candidate: CandidateResult): string {
  const { refusal, name, errno } = candidate;
  if (refusal === undefined) return 'matches';
  return REFUSALS[refusal](name ?? '?') + (errno === 0 ? '' : ` (errno ${errno})`);
}

/** What a relocation does, in one line: `byte_off struct task_struct.mm: 1344 -> 2336`. */
export function formatResult(result: RelocationResult): string {
  const { relocation, localSpec, outcome, originalValue, newValue } = result;
  const what = localSpec === undefined ? `type ${relocation.typeId} ${relocation.access}` : formatSpecInC(localSpec);
  const head = `${relocationKindWord(relocation.kind)} ${what}: `;
  const why = explainReason(result);
  switch (outcome) {
    case 'applied':
      return `${head}${formatValue(originalValue, localSpec)} -> ${formatValue(newValue, result.targetSpec)}${why && ` (${why})`}`;
    case 'poisoned':
      return `${head}poisoned: ${why}`;
    default:
      return `${head}failed: ${why} (errno ${result.errno})`;
  }
}

/**
 * A value of a relocation as people write it. Values are 64 bits wide without a sign; an enumerator's has the sign that its
 * enum gives it, by the spec that it was read from.
 */
export function formatValue(value: bigint | undefined, spec?: Spec): string {
  if (value === undefined) return '?';
  return (isSigned(spec) ? BigInt.asIntN(64, value) : value).toString();
}

/** Whether a spec leads to an enumerator of an enum with signed values. */
function isSigned(spec: Spec | undefined): boolean {
  if (spec === undefined || relocationBasis(spec.kind) !== 'enumval') return false;
  return spec.btf.kindFlag(skipModifiersAndTypedefs(spec.btf, spec.rootTypeId));
}
