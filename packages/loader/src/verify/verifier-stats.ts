// The numbers that the verifier writes at the end of its log (kernel/bpf/verifier.c print_verification_stats), as
// veristat reads them.

/** How much work a program was. They do not depend on the machine. */
export interface VerifierStats {
  /** Instructions that were looked at, each as often as it was. */
  readonly insns: number;
  /** The most that the kernel allows. */
  readonly insnsLimit: number;
  readonly maxStatesPerInsn: number;
  readonly totalStates: number;
  readonly peakStates: number;
  readonly markRead: number;
  /** Bytes of stack of each function, as the verifier writes them: `80`, `56+8`, since 7.1 `56+8 max 64`. undefined where the log does not say. */
  readonly stack: string | undefined;
}

const PROCESSED =
  /^processed (\d+) insns \(limit (\d+)\) max_states_per_insn (\d+) total_states (\d+) peak_states (\d+) mark_read (\d+)/gm;
const STACK = /stack depth (.*)$/gm;

/** The last such numbers of a log; undefined where there are none: a log without level 4, or a program never looked at. */
export function verifierStats(log: string): VerifierStats | undefined {
  const found = [...log.matchAll(PROCESSED)].at(-1)?.slice(1).map(Number);
  if (found === undefined) return undefined;
  const [insns = 0, insnsLimit = 0, maxStatesPerInsn = 0, totalStates = 0, peakStates = 0, markRead = 0] = found;
  const stack = [...log.matchAll(STACK)].at(-1)?.[1];
  return { insns, insnsLimit, maxStatesPerInsn, totalStates, peakStates, markRead, stack };
}
