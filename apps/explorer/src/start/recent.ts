// The questions that were asked last on this machine; kept in the browser alone.
import type { Suggestion } from './suggest.ts';

const KEY = 'btfq.recent';
const KEPT = 8;

/** The last questions, latest first; empty where the browser keeps nothing. */
export function recent(): readonly Suggestion[] {
  try {
    const list: unknown = JSON.parse(localStorage.getItem(KEY) ?? '[]');
    return Array.isArray(list) ? list.filter(isSuggestion) : [];
  } catch {
    return [];
  }
}

/** Keeps a question. */
export function remember(question: Suggestion): void {
  const { kind, name, href } = question;
  const list = [{ kind, name, href, note: '' }, ...recent().filter((one) => one.href !== href)].slice(0, KEPT);
  try {
    localStorage.setItem(KEY, JSON.stringify(list));
  } catch {
    // A browser that keeps nothing does not keep this either.
  }
}

function isSuggestion(one: unknown): one is Suggestion {
  const { kind, name, href } = (one ?? {}) as Record<string, unknown>;
  return typeof kind === 'string' && typeof name === 'string' && typeof href === 'string' && href.startsWith('#/');
}
