// A choice of the index's kernels whose verifiers are to be asked, kept in the address. Of kernels without one nothing is known.
import { useAddressState } from '../address/address.ts';
import { kernelName } from '../address/kernel-id.ts';
import { ChooseKernel } from '../parts/choose-kernel.tsx';
import { KernelLink } from '../parts/kernel-set.tsx';
import { plural } from '../parts/words.ts';
import { useIndexFacts } from '../start/index-facts.tsx';
import { KernelRun } from './kernel-run.tsx';
import { useKept } from './kept.ts';

const WORD = 'verifier';

export function KeptChoice({ files }: { readonly files: readonly File[] }) {
  const { kernels, asked } = useIndexFacts();
  const kept = useKept(asked.data !== undefined);
  const [state, change] = useAddressState();
  const chosen = state.get(WORD)?.split(',') ?? [];
  const set = (ids: readonly string[]) => change({ [WORD]: ids.join(',') || undefined }, { replace: true });
  const remove = (id: string) => set(chosen.filter((one) => one !== id));
  if (kept === undefined) return null;
  return (
    <>
      <ChooseKernel
        label="Or choose a kernel of this index:"
        ids={kernels}
        chosen={undefined}
        note={(id) => (kept.has(id) ? '' : ': not known')}
        onChoose={(id) => id !== '' && set([...new Set([...chosen, id])])}
      />
      <p class="dim">
        The index keeps the verifiers of {kept.size} of its {plural(kernels.length, 'kernel')}; what others say is not
        known. One that is chosen is fetched, some 6 MB, and run in a worker of this page.
      </p>
      {chosen.map((id) => {
        const found = kept.get(id);
        return found === undefined ? (
          <NotKnown key={id} id={id} isIndexed={kernels.includes(id)} onRemove={() => remove(id)} />
        ) : (
          <KernelRun
            key={found.url}
            kernel={{ kind: 'kept', url: found.url }}
            name={kernelName(id).release}
            size={found.size}
            files={files}
            onRemove={() => remove(id)}
          />
        );
      })}
    </>
  );
}

function NotKnown(props: { readonly id: string; readonly isIndexed: boolean; readonly onRemove: () => void }) {
  const { id, isIndexed, onRemove } = props;
  return (
    <section class="object" aria-label={id}>
      <div class="table-head">
        <h3>{isIndexed ? <KernelLink id={id} /> : id}</h3>
        <button type="button" class="quiet" onClick={onRemove}>
          Take away
        </button>
      </div>
      <p>
        <span class="verdict unknown">not known</span>{' '}
        {isIndexed ? 'The index does not keep its verifier: ' : 'The index has no such kernel.'}
        {isIndexed && <code>btfq ingest --verifier</code>}
        {isIndexed && ' does.'}
      </p>
    </section>
  );
}
