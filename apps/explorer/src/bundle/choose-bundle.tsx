// The bundle to look in: one that was dropped or chosen, else what a bundle of this index would hold.
import { DropZone } from '../parts/drop-zone.tsx';
import { useState } from 'preact/hooks';
import { plural } from '../parts/words.ts';
import { type DroppedBundle, readBundle } from './bundle-file.ts';

export function ChooseBundle(props: {
  readonly bundle: DroppedBundle | undefined;
  readonly onChoose: (bundle: DroppedBundle | undefined) => void;
}) {
  const { bundle, onChoose } = props;
  const [wrong, setWrong] = useState('');
  const take = async (files: readonly File[]) => {
    if (files.length === 0) return;
    setWrong('');
    try {
      onChoose(await readBundle(files));
    } catch (error) {
      setWrong(`${files[0]!.name} is not a bundle that can be read: ${(error as Error).message}`);
    }
  };
  return (
    <DropZone onFiles={(files) => take([...files])}>
      {bundle === undefined ? (
        <label>
          <strong>Drop a bundle here, or choose it:</strong>{' '}
          <input
            type="file"
            accept=".tar,.gz,.tgz,.xz"
            onChange={(event) => take([...(event.currentTarget.files ?? [])])}
          />
        </label>
      ) : (
        <p>
          <strong>{bundle.name}</strong>, {plural(bundle.members.size, 'member')}{' '}
          <button type="button" class="quiet" onClick={() => onChoose(undefined)}>
            Take away
          </button>
        </p>
      )}
      {wrong !== '' && <p role="alert">{wrong}</p>}
      <p class="dim">
        {bundle === undefined ? 'A tar, tar.gz or tar.xz. Without one: a bundle of all kernels of this index. ' : ''}It
        stays in this page; nothing is uploaded.
      </p>
    </DropZone>
  );
}
