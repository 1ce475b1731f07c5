// The minimal BTF of every kernel for the objects, as an archive in a layout that a reader knows.
import { useState } from 'preact/hooks';
import { useAddressState } from '../address/address.ts';
import { AskError } from '../ask/ask.ts';
import { ask, source } from '../ask/source.ts';
import { type BundleFormat, MakeBundleDocument, type MakeBundleMutation } from '../generated/operations.ts';
import { Loading, Problem } from '../parts/answer.tsx';
import { byteSize, plural } from '../parts/words.ts';

export const FORMATS: readonly (readonly [BundleFormat, string])[] = [
  ['DIR', 'plain: ID/VERSION_ID/ARCH/RELEASE.btf'],
  ['BCC', 'bcc: min_core_btfs.tar.gz'],
  ['TRACEE', 'tracee'],
  ['INSPEKTOR_GADGET', 'Inspektor Gadget'],
  ['DATADOG', 'Datadog agent'],
  ['KYANOS', 'kyanos'],
  ['EUNOMIA', 'eunomia'],
  ['FLAT', 'flat: RELEASE.btf'],
];

type Bundle = MakeBundleMutation['minimalBtf'];

export function BundleMaker({ files }: { readonly files: readonly File[] }) {
  const [state, change] = useAddressState();
  const asked = (state.get('layout') ?? '').toUpperCase().replaceAll('-', '_');
  const format = FORMATS.find(([word]) => word === asked)?.[0] ?? 'DIR';
  const [made, set] = useState<{
    bundle?: Bundle;
    error?: AskError;
    busy?: boolean;
    format?: BundleFormat;
    url?: string | undefined;
    name?: string | undefined;
  }>({});
  const make = async () => {
    set({ busy: true });
    try {
      const { minimalBtf } = await ask(MakeBundleDocument, { objects: [...files], format });
      const archive = await source.bundle?.(minimalBtf.id);
      set({ bundle: minimalBtf, format, url: archive?.url ?? source.href(minimalBtf.url), name: archive?.name });
    } catch (error) {
      set({ error: error instanceof AskError ? error : new AskError(String(error), 'PAGE') });
    }
  };
  return (
    <>
      <div class="filters">
        <label class="choose">
          <span>Layout</span>
          <select
            value={format}
            onChange={(event) =>
              change({ layout: event.currentTarget.value.toLowerCase().replaceAll('_', '-') }, { replace: true })
            }
          >
            {FORMATS.map(([word, title]) => (
              <option key={word} value={word}>
                {title}
              </option>
            ))}
          </select>
        </label>
        <button type="button" onClick={make} disabled={made.busy === true}>
          Make the bundle
        </button>
      </div>
      {made.busy && <Loading what={`the minimal BTF of every kernel for ${plural(files.length, 'object')}`} />}
      {made.error && <Problem error={made.error} retry={make} />}
      {made.bundle && (
        <p role="status">
          <a class="button" href={made.url ?? ''} download={made.name ?? true}>
            Download {byteSize(made.bundle.bytes)}
          </a>{' '}
          {plural(made.bundle.kernels, 'kernel')}, {plural(made.bundle.distinct, 'distinct file')}, layout{' '}
          {made.format?.toLowerCase().replaceAll('_', '-')}.
        </p>
      )}
    </>
  );
}
