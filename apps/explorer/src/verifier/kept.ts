// The kernels of the index whose verifiers are kept with it: their list, from the server or from beside the published index, and where each
// one lies.
import { useEffect, useState } from 'preact/hooks';
import { source } from '../ask/source.ts';

/** A kept verifier. */
export interface KeptKernel {
  readonly url: string;
  /** Bytes; undefined where the file is not made before it is asked for. */
  readonly size: number | undefined;
}

/** By the kernel's id. */
export type KeptKernels = ReadonlyMap<string, KeptKernel>;

const base = document.baseURI.replace(/[#?].*$/, '');
let found: Promise<KeptKernels> | undefined;

/** Undefined until the list is there; without one it is empty. `isReady`: it is known who answers the page. */
export function useKept(isReady: boolean): KeptKernels | undefined {
  const [kept, setKept] = useState<KeptKernels>();
  useEffect(() => {
    if (!isReady) return;
    found ??= find();
    found.then(setKept, () => {
      found = undefined;
      setKept(new Map());
    });
  }, [isReady]);
  return kept;
}

async function find(): Promise<KeptKernels> {
  const name = source.kind === 'server' ? 'verifiers.json' : await publishedList();
  if (name === undefined) return new Map();
  const { verifiers } = (await json(name)) as {
    readonly verifiers: readonly { readonly kernel: string; readonly file: string; readonly size?: number }[];
  };
  return new Map(verifiers.map(({ kernel, file, size }) => [kernel, { url: new URL(file, base).href, size }]));
}

async function publishedList(): Promise<string | undefined> {
  const { verifiers } = (await json('index.json')) as { readonly verifiers?: string };
  return verifiers;
}

async function json(name: string): Promise<unknown> {
  const answer = await fetch(new URL(name, base), { cache: 'no-cache' });
  if (!answer.ok) throw new Error(`status ${answer.status}`);
  return answer.json();
}
