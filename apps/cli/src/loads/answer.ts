// The answer of `btfq loads`, before it is printed: for each object the kernels that answer alike, with their answers.

import type { ProgramAnswer } from '@btfq/load-check';

/** The answer of a verifier; its keys are a contract. */
export interface Verified {
  readonly verdict: 'loads' | 'fails' | 'not-known';
  /** The verifier's log; '' where the program did not get that far. */
  readonly log: string;
  /** The numbers of the verifier's own lines; null where it wrote none. */
  readonly stats: VerifiedStats | null;
}

/** As the verifier writes them; `stack` is its text, such as `56+8`. */
export interface VerifiedStats {
  readonly insns: number;
  readonly max_states_per_insn: number;
  readonly total_states: number;
  readonly peak_states: number;
  readonly mark_read: number;
  readonly stack: string | null;
}

/** An answer with that of the verifier; without one where something certain speaks against the program. */
export interface VerifiedAnswer extends ProgramAnswer {
  readonly verified?: Verified;
}

/** Kernels that answer an object alike. */
export interface LoadGroup {
  readonly kernels: readonly string[];
  readonly answers: readonly VerifiedAnswer[];
  /** By kernel, where verifiers were asked: logs and numbers may differ between kernels of a group. */
  readonly answersOf?: ReadonlyMap<string, readonly VerifiedAnswer[]>;
}

/** One object, in one shape. */
export interface ObjectLoads {
  /** The file's name, with the shape's in brackets where it has one. */
  readonly object: string;
  readonly groups: readonly LoadGroup[];
}

/** Kernels in as few words as identify them: all of a few, else the first, the last and their number. */
export function kernelWords(kernels: readonly string[], most = 3): string {
  if (kernels.length <= most) return kernels.join(', ');
  return `${kernels[0]} ... ${kernels.at(-1)} (${kernels.length} kernels)`;
}

/** One cause: a reason, with the programs and kernels that it holds for. */
export interface Cause {
  readonly verdict: 'fails' | 'conditional';
  readonly code: string;
  readonly message: string;
  readonly file: string | undefined;
  readonly line: number | undefined;
  readonly column: number | undefined;
  readonly evidence: string;
  /** Attaching, not loading. */
  readonly attach: boolean;
  readonly programs: readonly { readonly program: string; readonly section: string }[];
  readonly kernels: readonly string[];
  readonly loaders: readonly string[];
}

/** The causes of an object's answers: reasons that say the same at the same line are one, loading before attaching. */
export function causesOf({ groups }: ObjectLoads): Cause[] {
  const found = new Map<string, { cause: Cause; programs: Map<string, string>; kernels: Set<string> }>();
  for (const { kernels, answers } of groups) {
    for (const { program, section, reasons, attach: attaching } of answers) {
      const all = [
        ...reasons.map((each) => ({ ...each, attach: false })),
        ...attaching.reasons.map((each) => ({ ...each, attach: true })),
      ];
      for (const { attach, verdict, code, message, file, line, column, evidence, wholeObject, loaders } of all) {
        const key = [attach, verdict, code, message, wholeObject ? '' : `${file}:${line}`].join('|');
        let entry = found.get(key);
        if (entry === undefined) {
          const cause = {
            verdict,
            code,
            message,
            file,
            line,
            column,
            evidence,
            attach,
            programs: [],
            kernels: [],
            loaders,
          };
          found.set(key, (entry = { cause, programs: new Map(), kernels: new Set() }));
        }
        entry.programs.set(program, section);
        for (const kernel of kernels) entry.kernels.add(kernel);
      }
    }
  }
  const ordered = [...found.values()].sort((a, b) => Number(a.cause.attach) - Number(b.cause.attach));
  return ordered.map(({ cause, programs, kernels }) => ({
    ...cause,
    programs: [...programs].map(([program, section]) => ({ program, section })),
    kernels: [...kernels],
  }));
}
