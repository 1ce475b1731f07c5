// A place to drop files on. What is in it says what is wanted, with a field for those who would rather choose.
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';

export function DropZone({
  onFiles,
  children,
}: {
  readonly onFiles: (files: Iterable<File>) => void;
  readonly children: ComponentChildren;
}) {
  const [over, setOver] = useState(false);
  return (
    <div
      class={over ? 'drop over' : 'drop'}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        onFiles(event.dataTransfer?.files ?? []);
      }}
    >
      {children}
    </div>
  );
}
