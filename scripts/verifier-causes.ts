// Why a booted kernel, or libbpf, refused a program, by their own last words: what types and tables decide, with the reasons that
// say so, and what the verifier's own logic decides (values, states, references, locks), which load checks do not judge.
import type { LoadReasonCode } from '../packages/load-check/src/index.ts';

/** What the tool that made the truth says of a program. */
export interface Refusal {
  readonly prog?: string;
  readonly libbpf?: string;
  readonly log?: string;
}

/**
 * - `decided`: by types and tables
 * - `verifier`: by the verifier's logic
 * - `alone`: by how the truth was made: a program that was loaded without those that its tables hold, or with another that fails
 * - `unknown`: the table has no such words
 */
export type CauseClass = 'decided' | 'verifier' | 'alone' | 'unknown';

export interface Cause {
  readonly class: CauseClass;
  /** Reasons that name this cause; empty where it is not decided. */
  readonly codes: readonly LoadReasonCode[];
  /** The words, with numbers replaced. */
  readonly words: string;
}

type Row = readonly [pattern: RegExp, codes: readonly LoadReasonCode[]];

/** What types and tables decide. Words of older and newer kernels side by side. */
const DECIDED: readonly Row[] = [
  [/^kfunc '.*' is referenced but wasn't resolved/, ['kfunc', 'ksym']],
  [/^calling (invalid )?kernel function|^calling kernel functions/, ['kfunc', 'license']],
  [/^failed to resolve CO-RE relocation|^invalid func unknown#195896080/, ['poison', 'relocation']],
  [/^(unknown|invalid) func /, ['helper-unknown', 'helper-type', 'poison']],
  [/^program of this type cannot use helper|^helper call might sleep in a non-sleepable prog/, ['helper-type']],
  [/^sleepable helper .* in non-sleepable prog/, ['helper-type']],
  [/^BPF_CALL uses reserved fields/, ['kfunc', 'instruction']],
  [/uses reserved fields|^unknown opcode|^BPF_ATOMIC uses invalid|can't create jump table/, ['instruction']],
  [/^number of funcs in func_info doesn't match number of subprogs/, ['instruction']],
  [/is not sleepable|^Sleepable program cannot attach to|programs can be sleepable/, ['sleepable', 'attach-target']],
  [/is not modifiable|^The address of function .* cannot be found/, ['attach-target']],
  [/must have a GPL compatible license|GPL-restricted|^cannot call GPL/, ['license']],
  [/^attach to unsupported attach type|^unsupported attach type/, ['attach-type']],
  [/^Global function .* doesn't return scalar/, ['global-function']],
  [/^tracing progs cannot use bpf_/, ['map-type']],
  [/failed to find kernel BTF type ID/, ['attach-target', 'placeholder', 'program-type', 'attach-type']],
  [/\(func ksym\).*not found|\(var ksym\).*not found|\(typeless ksym\)/, ['ksym', 'kfunc']],
  [/\(func ksym\).*incompatible|\(var ksym\).*incompatible/, ['ksym-type']],
  [/: struct_ops init_kern/, ['struct-ops']],
  [/isn't referenced anywhere/, ['struct-ops']],
  [/no BTF-based attach target is specified|attach program FD is not set/, ['attach-not-set']],
  [/missing BPF prog type/, ['section-name']],
  [/failed to create|Error in bpf_create_map_xattr/, ['map-type', 'map-key', 'flags', 'struct-ops']],
  [/\(strong\): not resolved/, ['kconfig', 'kernel-release', 'ksym']],
  [/failed to get kernel version|Kernel doesn't support/, ['kernel-release', 'map-type']],
];

/** The verifier's own logic. */
const VERIFIER: readonly RegExp[] = [
  /^R\d+ |^arg#\d+ |^off \d+ doesn't|^value -?\d+ makes|^variable (ctx|ptr_)|^dereference of modified/,
  /invalid .*access|invalid mem access|must be held for|of different lock|cannot be out of order|AA deadlock/,
  /while holding a lock|reference leak|Unreleased reference|has not been acquired|expects? (refcounted|referenced)/,
  /cannot be used inside|region|irq flag|irq state|rcu|RCU|is missing$|Possibly NULL|initialized dynptr/,
  /At program exit|At async callback|At callback return|Caller passes invalid args|call stack of|only allowed in/,
  /direct access to|not found at offset|has no valid bpf_|type ID argument must be|expects arg#|string is not zero/,
  /call is not allowed in probe|can't modify return value|doesn't match map pointer|Sleepable programs can only use/,
  /use static function instead|from non-GPL compatible program|unsupported member|would lead to|infinite loop|too many|back-edge|unreachable insn/,
  /misaligned|pointer arithmetic|has pointer|math between|min value|max value|unbounded|out of bounds/,
];

const EARLY: readonly LoadReasonCode[] = ['program-type', 'attach-type', 'flags', 'sleepable'];

const ALONE = [/failed to initialize slot/];

/** Lines that are no cause: statistics, states, marks. */
const NO_CAUSE = /^(processed|verification|stack depth|mark_precise|max_states|insns |subprog |parent|regs=|from |$)/;

/** The cause of a refusal. */
export function causeOf({ prog, log = '', libbpf = '' }: Refusal): Cause {
  const inLog = log
    .split('\n')
    .filter((line) => !NO_CAUSE.test(line))
    .at(-1);
  const inLibbpf = libbpf.split('\n').map((line) => line.replace(/^libbpf: (prog|map) '[^']*': /, ''));
  // libbpf tries a map again without types of its content; what it says last of it counts
  const last = inLog ?? inLibbpf.find((line) => !/Retrying without BTF/.test(line)) ?? '';
  const words = last.replace(/0x[0-9a-f]+|\d+/g, 'N').slice(0, 110);
  const other = /prog '([^']*)': BPF program load failed/.exec(libbpf)?.[1];
  if (inLog === undefined && other !== undefined && other !== prog) return { class: 'alone', codes: [], words };
  // a type or attach type that the kernel does not know is refused before the verifier begins its log
  if (inLog === undefined && /BPF program load failed/.test(libbpf)) return { class: 'decided', codes: EARLY, words };
  const row = DECIDED.find(([pattern]) => pattern.test(last));
  if (row !== undefined) return { class: 'decided', codes: row[1], words };
  if (ALONE.some((pattern) => pattern.test(last))) return { class: 'alone', codes: [], words };
  return { class: VERIFIER.some((pattern) => pattern.test(last)) ? 'verifier' : 'unknown', codes: [], words };
}
