// The object files that were dropped: kept while the page is open, so that going elsewhere and back loses none.
import { useSyncExternalStore } from 'preact/compat';

let files: readonly File[] = [];
const listeners = new Set<() => void>();
const set = (next: readonly File[]) => {
  files = next;
  for (const listener of listeners) listener();
};

/** Adds files; one of the same name takes the place of the earlier. */
export function addFiles(added: Iterable<File>): void {
  const next = new Map(files.map((file) => [file.name, file]));
  for (const file of added) next.set(file.name, file);
  set([...next.values()]);
}

/** Takes a file away. */
export function removeFile(file: File): void {
  set(files.filter((one) => one !== file));
}

/** The files. */
export const useFiles = (): readonly File[] =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => files,
  );
