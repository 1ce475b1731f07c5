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
  /** The kernels that have them, where it is not most. */
  readonly releases?: string;
}
