// A kernel's own verifier on the objects that were dropped: of an image that is dropped as well, or of a kernel that the index keeps. All of
// it stays in the page: a worker runs it.
import { addImages, removeImage, useImages } from '../object/dropped.ts';
import { DropZone } from '../parts/drop-zone.tsx';
import { Part } from '../parts/page.tsx';
import { KernelRun } from './kernel-run.tsx';
import { KeptChoice } from './kept-choice.tsx';

export function VerifierPart({ files }: { readonly files: readonly File[] }) {
  const images = useImages();
  return (
    <Part title="What does a kernel’s own verifier say?">
      <DropZone onFiles={addImages}>
        <label>
          <strong>Drop kernel images here, or choose them:</strong>{' '}
          <input type="file" multiple class="image" onChange={(event) => addImages(event.currentTarget.files ?? [])} />
        </label>
        <p class="dim">
          A vmlinuz, vmlinux or Image of x86-64 or arm64, 5.10 or later, as in <code>/boot</code>. It is not booted: a
          worker of this page runs its verifier, and nothing is uploaded.
        </p>
      </DropZone>
      {images.map((image) => (
        <KernelRun
          key={`${image.name} ${image.size} ${image.lastModified}`}
          kernel={{ kind: 'image', image }}
          name={image.name}
          size={image.size}
          files={files}
          onRemove={() => removeImage(image)}
        />
      ))}
      <KeptChoice files={files} />
    </Part>
  );
}
