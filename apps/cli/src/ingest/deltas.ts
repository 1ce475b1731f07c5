// Deltas that a thread which reads makes for the one that writes: of a kernel without a relative it has long read the next one
// while that enters declarations. Who comes first takes the work: what is not begun when it is waited for is done by the one who waits.

import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import {
  type CompleteDelta,
  completeDelta,
  type DeltaSide,
  sharedSide,
  type StartDelta,
} from '@btfq/btf-index/prepare';

/** What becomes of a delta: first of two numbers that both threads see. */
const State = { asked: 0, begun: 1, takenBack: 2, done: 3 } as const;

/** To the thread that reads. */
interface Asked {
  readonly number: number;
  readonly base: DeltaSide;
  readonly target: DeltaSide;
  readonly state: Int32Array;
}

/** From it; without a delta where making it failed. */
interface Made {
  readonly number: number;
  readonly delta: CompleteDelta | undefined;
}

/** A thread that does not answer for so long is not waited for: it may have ended. */
const MOST_MS = 60_000;

/** Makes the deltas that a port asks for. */
export function makeDeltas(port: MessagePort): void {
  port.on('message', ({ number, base, target, state }: Asked) => {
    if (Atomics.compareExchange(state, 0, State.asked, State.begun) !== State.asked) return;
    let delta: CompleteDelta | undefined;
    try {
      delta = completeDelta(base, target);
    } catch {
      // whoever asked makes it again, and has the error where it belongs
    }
    port.postMessage({ number, delta } satisfies Made);
    Atomics.store(state, 0, State.done);
    Atomics.notify(state, 0);
  });
}

/** The other end: asks for deltas, those of kernels in shared memory. */
export function askForDeltas(port: MessagePort): StartDelta {
  let asked = 0;
  return (baseSide, targetSide) => {
    const [base, target] = [sharedSide(baseSide), sharedSide(targetSide)];
    if (base === undefined || target === undefined) return () => undefined;
    const number = ++asked;
    const state = new Int32Array(new SharedArrayBuffer(4));
    port.postMessage({ number, base, target, state } satisfies Asked);
    return () => {
      if (Atomics.compareExchange(state, 0, State.asked, State.takenBack) === State.asked) return undefined;
      if (Atomics.wait(state, 0, State.begun, MOST_MS) === 'timed-out') return undefined;
      for (;;) {
        const made = receiveMessageOnPort(port)?.message as Made | undefined;
        if (made === undefined || made.number === number) return made?.delta;
      }
    };
  };
}
