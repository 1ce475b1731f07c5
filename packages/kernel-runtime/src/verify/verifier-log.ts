// What the verifier's log says at its end: how much there was to verify. kernel/bpf/verifier.c print_verification_stats().

/** The numbers of the verifier's own lines. */
export interface VerifierStats {
  readonly insns: number;
  readonly max_states_per_insn: number;
  readonly total_states: number;
  readonly peak_states: number;
  readonly mark_read: number;
  /** Stack depths as the kernel prints them: `80`, or `56+8` for the program and its subprograms. */
  readonly stack?: string;
}

const PROCESSED =
  /^processed (\d+) insns \(limit \d+\) max_states_per_insn (\d+) total_states (\d+) peak_states (\d+) mark_read (\d+)/gm;

/** The last statistics of a log; undefined where the verifier did not come that far. */
export function verifierStats(log: string): VerifierStats | undefined {
  const found = [...log.matchAll(PROCESSED)].at(-1);
  if (found === undefined) return undefined;
  const [insns, maxStates, total, peak, markRead] = found.slice(1).map(Number) as [
    number,
    number,
    number,
    number,
    number,
  ];
  const stack = [...log.matchAll(/stack depth ([^\n]*)/g)].at(-1)?.[1];
  return {
    insns,
    max_states_per_insn: maxStates,
    total_states: total,
    peak_states: peak,
    mark_read: markRead,
    ...(stack === undefined ? {} : { stack }),
  };
}
