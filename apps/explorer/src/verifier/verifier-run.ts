// One kernel's verifier over the objects that were dropped: a worker of its own, which ends with its work.
import type { VerifiedProgram, VerifierAnswer, VerifierRequest } from '@btfq/kernel-runtime';

/** A program's verdict, with the object it is of. */
export interface ProgramVerdict extends VerifiedProgram {
  readonly object: string;
}

/** A kernel: an image that was dropped, or a verifier that the index keeps. */
export type VerifierKernel =
  | { readonly kind: 'image'; readonly image: File }
  | { readonly kind: 'kept'; readonly url: string };

/** How far a run is. */
export interface RunState {
  readonly state: 'opening' | 'running' | 'done' | 'failed';
  /** Of the kernel; empty until it is open. */
  readonly release: string;
  readonly arch: string;
  readonly programs: readonly ProgramVerdict[];
  /** Why the kernel could not be opened, or an object not be read. */
  readonly problems: readonly string[];
}

export const STARTED: RunState = { state: 'opening', release: '', arch: '', programs: [], problems: [] };

/** Runs a kernel's verifier on objects. `tell` gets every state; what is given back stops it. */
export function runVerifier(
  kernel: VerifierKernel,
  objects: readonly File[],
  tell: (state: RunState) => void,
): () => void {
  const worker = new Worker(new URL('./worker-entry.ts', import.meta.url), { type: 'module' });
  let run = STARTED;
  const set = (change: Partial<RunState>) => {
    run = { ...run, ...change };
    tell(run);
  };
  const end = (change: Partial<RunState>) => {
    worker.terminate();
    set(change);
  };
  const send = (request: VerifierRequest) => worker.postMessage(request);
  const next = async (at: number) => {
    const object = objects[at];
    if (object === undefined) return end({ state: 'done' });
    send({ kind: 'verify', id: at + 1, object: new Uint8Array(await object.arrayBuffer()), name: object.name });
  };
  worker.addEventListener('message', ({ data }: MessageEvent<VerifierAnswer>) => {
    switch (data.kind) {
      case 'ready':
        set({ state: 'running', release: data.release, arch: data.arch });
        next(0);
        break;
      case 'program': {
        const { kind: _, id, ...program } = data;
        set({ programs: [...run.programs, { ...program, object: objects[id - 1]!.name }] });
        break;
      }
      case 'done':
        next(data.id);
        break;
      case 'error':
        // The kernel is opened by request 0: without it there is nothing to go on with.
        if (data.id === 0) end({ state: 'failed', problems: [data.message] });
        else {
          set({ problems: [...run.problems, `${objects[data.id - 1]!.name}: ${data.message}`] });
          next(data.id);
        }
    }
  });
  const fail = (problem: string) => end({ state: 'failed', problems: [problem] });
  worker.addEventListener('error', (event) => fail(event.message || 'the worker did not start'));
  tell(run);
  const stop = new AbortController();
  if (kernel.kind === 'image') send({ kind: 'open', id: 0, image: kernel.image });
  else {
    fetchKept(kernel.url, stop.signal).then(
      (kept) => send({ kind: 'open-kept', id: 0, kept }),
      (error: Error) => stop.signal.aborted || fail(error.message),
    );
  }
  return () => {
    stop.abort();
    worker.terminate();
  };
}

async function fetchKept(url: string, signal: AbortSignal): Promise<Blob> {
  const answer = await fetch(url, { signal }).catch((error: unknown) => {
    throw signal.aborted ? error : new Error('it could not be fetched');
  });
  if (!answer.ok) throw new Error(`it could not be fetched: status ${answer.status}`);
  return answer.blob();
}
