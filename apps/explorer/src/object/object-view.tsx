// Your object: drop BPF object files; what they ask of kernels, which kernels they fail on and why, the BTF to ship.
import { DropZone } from '../parts/drop-zone.tsx';
import { source } from '../ask/source.ts';
import { Page, Part } from '../parts/page.tsx';
import { byteSize } from '../parts/words.ts';
import { useIndexFacts } from '../start/index-facts.tsx';
import { VerifierPart } from '../verifier/verifier-part.tsx';
import { BundleMaker } from './bundle-maker.tsx';
import { addFiles, removeFile, useFiles } from './dropped.ts';
import { ObjectAnswer } from './object-answer.tsx';

export function ObjectView() {
  useIndexFacts(); // once the index has answered, it is known who answers
  const files = useFiles();
  return (
    <Page title="Your object" plain>
      <DropZone onFiles={addFiles}>
        <label>
          <strong>Drop .bpf.o files here, or choose them:</strong>{' '}
          <input
            type="file"
            multiple
            accept=".o,.bpf.o"
            onChange={(event) => addFiles(event.currentTarget.files ?? [])}
          />
        </label>
        <p class="dim">
          {source.kind === 'server'
            ? `They are sent to this page’s own server (${location.host || 'this machine'}), read in its memory and not kept.`
            : 'They stay in this page: there is no server, and nothing is uploaded.'}
        </p>
      </DropZone>
      {files.length === 0 && (
        <div class="nothing">
          <p>
            For each object: its programs, maps and CO-RE relocations with their source lines; on which kernels of this
            index it fails, and why; and the smallest BTF that it needs where a kernel has none of its own.
          </p>
        </div>
      )}
      {files.map((file) => (
        <section key={`${file.name} ${file.lastModified} ${file.size}`} class="object" aria-label={file.name}>
          <div class="table-head">
            <h2>
              {file.name} <small class="dim">{byteSize(file.size)}</small>
            </h2>
            <button type="button" class="quiet" onClick={() => removeFile(file)}>
              Take away
            </button>
          </div>
          <ObjectAnswer file={file} />
        </section>
      ))}
      {files.length > 0 && <VerifierPart files={files} />}
      {files.length > 0 && (
        <Part title="Ship the BTF it needs">
          <BundleMaker files={files} />
        </Part>
      )}
    </Page>
  );
}
