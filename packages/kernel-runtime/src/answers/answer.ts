// What stands for a kernel function that is answered instead of run.
import type { Session } from '../session.ts';

/** A constant that the function returns, or what the host does instead: it gets the state and returns the value. */
export type Answer = number | ((session: Session) => bigint);

/** Some functions with one answer. */
export interface AnsweredNames {
  /** Names; one that ends with `*` stands for all that begin so. */
  readonly names: string;
  readonly answer: Answer;
  /** Why they are not run. */
  readonly reason: string;
  /** Where they are run after all; `has` tells whether the kernel has a function. */
  readonly unless?: (has: (name: string) => boolean) => boolean;
  /** The kernels that have them, where it is not most. */
  readonly releases?: string;
}
