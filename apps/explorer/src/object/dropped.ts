// The files that were dropped, objects and kernel images: kept while the page is open, so that going elsewhere and back loses
// none.
import { useSyncExternalStore } from 'preact/compat';

class Dropped {
  private files: readonly File[] = [];
  private readonly listeners = new Set<() => void>();

  /** Adds files; one of the same name takes the place of the earlier. */
  readonly add = (added: Iterable<File>): void => {
    const next = new Map(this.files.map((file) => [file.name, file]));
    for (const file of added) next.set(file.name, file);
    this.set([...next.values()]);
  };

  /** Takes a file away. */
  readonly remove = (file: File): void => this.set(this.files.filter((one) => one !== file));

  readonly use = (): readonly File[] =>
    useSyncExternalStore(
      (listener) => {
        this.listeners.add(listener);
        return () => this.listeners.delete(listener);
      },
      () => this.files,
    );

  private set(next: readonly File[]): void {
    this.files = next;
    for (const listener of this.listeners) listener();
  }
}

const objects = new Dropped();
const images = new Dropped();
export const { add: addFiles, remove: removeFile, use: useFiles } = objects;
export const { add: addImages, remove: removeImage, use: useImages } = images;
