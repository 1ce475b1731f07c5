// A question about a file: asked once for each file, and again on demand. Answers are kept by the file itself.
import { useEffect, useState } from 'preact/hooks';
import { AskError, type Document } from '../ask/ask.ts';
import { ask } from '../ask/source.ts';
import type { Asked } from '../ask/use-ask.ts';

const kept = new WeakMap<File, Map<string, Promise<unknown>>>();

export function useFileAsk<Data, Variables>(
  document: Document<Data, Variables>,
  file: File,
  variables: Variables,
): Asked<Data> {
  const key = JSON.stringify([document, { ...variables, file: null }]);
  const [state, set] = useState<{ file?: File; key?: string; data?: Data; error?: AskError }>({});
  const [attempt, setAttempt] = useState(0);
  // The key stands for document and variables
  useEffect(() => {
    let left = false;
    const known = kept.get(file) ?? new Map<string, Promise<unknown>>();
    kept.set(file, known);
    const answer = (known.get(key) as Promise<Data> | undefined) ?? ask(document, variables);
    known.set(key, answer);
    answer.then(
      (data) => left || set({ file, key, data }),
      (error) => {
        known.delete(key);
        if (!left) set({ file, key, error: error instanceof AskError ? error : new AskError(String(error), 'PAGE') });
      },
    );
    return () => {
      left = true;
    };
  }, [file, key, attempt]);
  const current = state.file === file && state.key === key;
  return {
    data: state.file === file ? state.data : undefined,
    error: current ? state.error : undefined,
    stale: !current,
    retry: () => setAttempt(attempt + 1),
  };
}
