// The answers about an object: what it contains and needs, and the results on each kernel.
import { ObjectFileDocument, ObjectMatrixDocument } from '../generated/operations.ts';
import { Answer } from '../parts/answer.tsx';
import { DataTable } from '../parts/data-table.tsx';
import { Part } from '../parts/page.tsx';
import { plural } from '../parts/words.ts';
import { LoadsMatrix } from './loads-matrix.tsx';
import type { BpfObject, MatrixRow } from './object-types.ts';
import { Outcomes } from './outcomes.tsx';
import { RelocationTable } from './relocation-table.tsx';
import { useFileAsk } from './use-file-ask.ts';

export function ObjectAnswer({ file }: { readonly file: File }) {
  const asked = useFileAsk(ObjectFileDocument, file, { file });
  const matrix = useFileAsk(ObjectMatrixDocument, file, { file });
  return (
    <Answer of={asked} what="the object">
      {({ object }) => (
        <>
          <LoadsMatrix file={file} />
          <Answer of={matrix} what="what becomes of it on every kernel">
            {(data) => (
              <Part title="Its CO-RE relocations">
                <p>{verdictText(object, data.object.matrix)}</p>
                <RelocationTable object={object} rows={data.object.matrix} />
                <details>
                  <summary>Kernel by kernel</summary>
                  <Outcomes object={object} rows={data.object.matrix} />
                </details>
              </Part>
            )}
          </Answer>
          <div class="columns">
            <DataTable
              name={`${object.name}-programs`}
              caption={plural(object.programs.length, 'program')}
              rows={object.programs}
              keyOf={({ name, section }) => `${section} ${name}`}
              columns={[
                { title: 'program', text: ({ name }) => name },
                { title: 'section', text: ({ section }) => section },
                { title: 'instructions', text: ({ instructions }) => instructions, numeric: true },
              ]}
            />
            <DataTable
              name={`${object.name}-maps`}
              caption={plural(object.maps.length, 'map')}
              rows={object.maps}
              keyOf={({ name }) => name}
              empty="It has no maps."
              columns={[
                { title: 'map', text: ({ name }) => name },
                { title: 'type', text: ({ type }) => type ?? '' },
                { title: 'key', text: ({ keySize }) => keySize ?? '', numeric: true },
                { title: 'value', text: ({ valueSize }) => valueSize ?? '', numeric: true },
                { title: 'entries', text: ({ maxEntries }) => maxEntries ?? '', numeric: true },
              ]}
            />
          </div>
          <p class="dim">
            License {object.license === null ? 'none' : `“${object.license}”`}, {object.littleEndian ? 'little' : 'big'}{' '}
            endian, SHA-256 <code class="hash">{object.sha256}</code>
          </p>
        </>
      )}
    </Answer>
  );
}

/** Which kernels break it, in a sentence. */
function verdictText(object: BpfObject, rows: readonly MatrixRow[]): string {
  const count = (test: (row: MatrixRow) => boolean): number =>
    rows.filter(test).reduce((sum, { kernels }) => sum + kernels.length, 0);
  const all = count(() => true);
  const failing = count(({ failed }) => failed > 0);
  const poisoned = count(({ failed, poisoned: some }) => failed === 0 && some > 0);
  if (object.relocations.length === 0) return 'It has no CO-RE relocations: its types are those it was compiled with.';
  const good = all - failing - poisoned;
  const parts = [
    failing > 0 ? `On ${plural(failing, 'kernel')} libbpf refuses it: a relocation cannot be resolved.` : '',
    poisoned > 0
      ? `On ${plural(poisoned, 'kernel')} some accesses have no counterpart: harmless where the program asks first whether the field exists, refused where it can reach them.`
      : '',
    good > 0
      ? `On ${good === all ? `all ${all} kernels` : plural(good, 'kernel')} every one of its ${plural(object.relocations.length, 'relocation')} resolves.`
      : '',
  ];
  return parts.filter(Boolean).join(' ');
}
