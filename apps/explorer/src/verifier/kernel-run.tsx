// One kernel's run over the dropped objects: its progress, its errors, the verdicts.
import { useEffect, useState } from 'preact/hooks';
import { byteSize } from '../parts/words.ts';
import { RunTable } from './run-table.tsx';
import { type RunState, runVerifier, STARTED, type VerifierKernel } from './verifier-run.ts';

export function KernelRun(props: {
  readonly kernel: VerifierKernel;
  readonly files: readonly File[];
  /** What it is called until it is open. */
  readonly name: string;
  readonly size: number | undefined;
  readonly onRemove: () => void;
}) {
  const { kernel, files, name, size, onRemove } = props;
  const [run, setRun] = useState<RunState>(STARTED);
  const [attempt, setAttempt] = useState(0);
  const [stop, setStop] = useState<() => void>();
  const key = files.map((file) => `${file.name} ${file.size} ${file.lastModified}`).join('\n');
  const from = kernel.kind === 'kept' ? kernel.url : kernel.image;
  // The key stands for the files, and `from` for the kernel
  useEffect(() => {
    const end = runVerifier(kernel, files, setRun);
    setStop(() => end);
    return end;
  }, [from, key, attempt]);
  const title = run.release === '' ? name : `${run.release}, ${run.arch}`;
  return (
    <section class="object" aria-label={title}>
      <div class="table-head">
        <h3>
          {title} {size !== undefined && <small class="dim">{byteSize(size)}</small>}
        </h3>
        <button
          type="button"
          class="quiet"
          onClick={() => {
            stop?.();
            onRemove();
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
