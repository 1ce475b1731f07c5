// The address of what is shown, all in the fragment: `#/field/task_struct.state?arch=x86_64`. It needs no server that
// rewrites paths, so the same page lies in any folder. This gives wouter its location and search.
import { useSyncExternalStore } from 'preact/compat';

const listeners = new Set<() => void>();
const tell = () => {
  for (const listener of listeners) listener();
};
addEventListener('hashchange', tell);
addEventListener('popstate', tell);

const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};
const split = (): [path: string, search: string] => {
  const whole = location.hash.replace(/^#?\/?/, '/');
  const at = whole.indexOf('?');
  return at < 0 ? [whole, ''] : [whole.slice(0, at), whole.slice(at + 1)];
};

/** Goes to an address of this page. `replace` leaves no step to go back to. */
export function goTo(to: string, options?: { readonly replace?: boolean }): void {
  const url = `#${to.replace(/^#/, '')}`;
  if (options?.replace) history.replaceState(null, '', url);
  else history.pushState(null, '', url);
  tell();
}

/** Location hook for wouter. */
export const useHashPath = (): [string, typeof goTo] => [useSyncExternalStore(subscribe, () => split()[0]), goTo];
useHashPath.hrefs = (href: string): string => `#${href}`;

/** Search hook for wouter. */
export const useHashSearch = (): string => useSyncExternalStore(subscribe, () => split()[1]);

/** The state of a view as the address has it, and how to change it: undefined takes a word out. */
export function useAddressState(): [
  URLSearchParams,
  (changes: Record<string, string | undefined>, options?: { readonly replace?: boolean }) => void,
] {
  const search = useHashSearch();
  const change = (changes: Record<string, string | undefined>, options?: { readonly replace?: boolean }) => {
    const [path, now] = split();
    const params = paramsOf(now);
    for (const [name, value] of Object.entries(changes)) {
      if (value === undefined || value === '') params.delete(name);
      else params.set(name, value);
    }
    goTo(withSearch(path, params), options);
  };
  return [paramsOf(search), change];
}

/** Releases have a plus in them, and people write addresses by hand: it stands for itself, never for a space. */
const paramsOf = (search: string): URLSearchParams => new URLSearchParams(search.replaceAll('+', '%2B'));

/** A path with its search, where there is one; what may stand in a fragment stays readable. */
export function withSearch(path: string, params: URLSearchParams): string {
  const text = params
    .toString()
    .replaceAll('+', '%20')
    .replace(/%(2B|2C|2F|3A)/gi, (escaped) => decodeURIComponent(escaped));
  return text === '' ? path : `${path}?${text}`;
}
