// A question of a view: loading, an error with a way to try again, or the answer. Answers are kept, so that going back
// costs nothing.
import { useEffect, useState } from 'preact/hooks';
import { AskError, type Document } from './ask.ts';
import { ask } from './source.ts';

/** What a view knows of its question. `data` of an earlier question stays while a new one is under way (`stale`). */
export interface Asked<Data> {
  readonly data: Data | undefined;
  readonly error: AskError | undefined;
  readonly stale: boolean;
  readonly retry: () => void;
}

const KEPT = 300;
const answers = new Map<string, Promise<unknown>>();
const arrived = new Map<string, unknown>();

/** Asks once for each document and variables; what failed is asked again next time. */
export function askOnce<Data, Variables>(document: Document<Data, Variables>, variables: Variables): Promise<Data> {
  const key = keyOf(document, variables);
  let answer = answers.get(key) as Promise<Data> | undefined;
  if (answer === undefined) {
    answer = ask(document, variables);
    answers.set(key, answer);
    answer.then(
      (data) => arrived.set(key, data),
      () => answers.delete(key),
    );
    for (const old of answers.keys()) {
      if (answers.size <= KEPT) break;
      answers.delete(old);
      arrived.delete(old);
    }
  }
  return answer;
}

const keyOf = (document: string, variables: unknown): string => `${document}\0${JSON.stringify(variables)}`;

/** Asks when the document or the variables change; `undefined` variables ask nothing. */
export function useAsk<Data, Variables>(
  document: Document<Data, Variables>,
  variables: Variables | undefined,
): Asked<Data> {
  const key = variables === undefined ? '' : keyOf(document, variables);
  const [state, set] = useState<{ key: string; data?: Data | undefined; error?: AskError }>({ key: '' });
  const [attempt, setAttempt] = useState(0);
  // The key stands for document and variables
  useEffect(() => {
    if (variables === undefined) return;
    let left = false;
    askOnce(document, variables).then(
      (data) => left || set({ key, data }),
      (error) => left || set({ key, error: error instanceof AskError ? error : new AskError(String(error), 'PAGE') }),
    );
    return () => {
      left = true;
    };
  }, [key, attempt]);
  const known = arrived.get(key) as Data | undefined;
  const current = state.key === key;
  return {
    data: known ?? (current ? state.data : key === '' ? undefined : state.data),
    error: current && known === undefined ? state.error : undefined,
    stale: known === undefined && !current,
    retry: () => setAttempt(attempt + 1),
  };
}
