// A kernel's own verifier on the objects that were dropped: the image stays in the page, a worker runs it.
import { DropZone } from '../parts/drop-zone.tsx';
import { useEffect, useState } from 'preact/hooks';
import { addImages, removeImage, useImages } from '../object/dropped.ts';
import { Part } from '../parts/page.tsx';
import { byteSize } from '../parts/words.ts';
import { RunTable } from './run-table.tsx';
import { type RunState, runVerifier, STARTED } from './verifier-run.ts';

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
        <KernelRun key={`${image.name} ${image.size} ${image.lastModified}`} image={image} files={files} />
      ))}
    </Part>
  );
}

function KernelRun({ image, files }: { readonly image: File; readonly files: readonly File[] }) {
  const [run, setRun] = useState<RunState>(STARTED);
  const [attempt, setAttempt] = useState(0);
  const [stop, setStop] = useState<() => void>();
  const key = files.map(({ name, size, lastModified }) => `${name} ${size} ${lastModified}`).join('\n');
  // The key stands for the files
  useEffect(() => {
    const end = runVerifier(image, files, setRun);
    setStop(() => end);
    return end;
  }, [image, key, attempt]);
  const title = run.release === '' ? image.name : `${run.release}, ${run.arch}`;
  return (
    <section class="object" aria-label={title}>
      <div class="table-head">
        <h3>
          {title} <small class="dim">{byteSize(image.size)}</small>
        </h3>
        <button
          type="button"
          class="quiet"
          onClick={() => {
            stop?.();
            removeImage(image);
          }}
        >
          Take away
        </button>
      </div>
      {(run.state === 'opening' || run.state === 'running') && (
        <p class="running" role="status">
          <span class="bar" aria-hidden="true" />
          {run.state === 'opening'
            ? 'Preparing the kernel: a few seconds…'
            : `Verifying: ${run.programs.length} programs so far…`}
        </p>
      )}
      {run.state === 'failed' && (
        <div class="problem" role="alert">
          <p>
            <strong>Its verifier cannot be run</strong>
          </p>
          <p>{run.problems.join('; ')}.</p>
          <button type="button" onClick={() => setAttempt(attempt + 1)}>
            Try again
          </button>
        </div>
      )}
      {run.state !== 'failed' && run.problems.map((problem) => <p key={problem}>{problem}</p>)}
      {run.programs.length > 0 && <RunTable title={title} programs={run.programs} several={files.length > 1} />}
    </section>
  );
}
