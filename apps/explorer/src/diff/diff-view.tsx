// What differs between two kernels, filtered by kind, by what happened and by text; rows come as one scrolls.
import { useAddressState } from '../address/address.ts';
import { factLink } from '../address/links.ts';
import { useAsk } from '../ask/use-ask.ts';
import { type ChangeKind, DiffConfigDocument, type TypeKind } from '../generated/operations.ts';
import { previousOf } from '../kernels/kernels-view.tsx';
import { ChoosePair } from '../parts/choose-pair.tsx';
import { DataTable } from '../parts/data-table.tsx';
import { useModule } from '../parts/module-choice.tsx';
import { Page } from '../parts/page.tsx';
import { plural } from '../parts/words.ts';
import { useIndexFacts } from '../start/index-facts.tsx';
import { KIND_WORDS } from '../start/suggest.ts';
import { usualKernel } from '../struct/struct-view.tsx';
import { DiffEntries } from './diff-entries.tsx';

const CHANGES: readonly ChangeKind[] = ['ADDED', 'REMOVED', 'CHANGED'];

export function DiffView() {
  const [state, change] = useAddressState();
  const { kernels } = useIndexFacts();
  const to = state.get('to') ?? usualKernel(kernels);
  const from = state.get('from') ?? (to && (previousOf(kernels, to) ?? kernels.find((id) => id !== to)));
  const kind = (state.get('kind') ?? '').toUpperCase();
  const what = (state.get('change') ?? '').toUpperCase();
  const text = state.get('text') ?? '';
  const module = useModule();
  return (
    <Page title="Two kernels" plain>
      <ChoosePair ids={kernels} from={from} to={to} onChange={change} />
      {from && to ? (
        <>
          <div class="filters">
            <label class="choose">
              <span>Kind</span>
              <select value={kind} onChange={(event) => change({ kind: event.currentTarget.value || undefined })}>
                <option value="">all</option>
                {Object.entries(KIND_WORDS).map(([value, word]) => (
                  <option key={value} value={value}>
                    {word}
                  </option>
                ))}
              </select>
            </label>
            <label class="choose">
              <span>What happened</span>
              <select value={what} onChange={(event) => change({ change: event.currentTarget.value || undefined })}>
                <option value="">all</option>
                {CHANGES.map((value) => (
                  <option key={value} value={value}>
                    {value.toLowerCase()}
                  </option>
                ))}
              </select>
            </label>
            <label class="filter">
              <span>Name has</span>
              <input
                type="search"
                value={text}
                placeholder="sched"
                onInput={(event) => change({ text: event.currentTarget.value || undefined }, { replace: true })}
              />
            </label>
          </div>
          <DiffEntries
            from={from}
            to={to}
            kinds={kind in KIND_WORDS ? [kind as TypeKind] : undefined}
            change={CHANGES.includes(what as ChangeKind) ? [what as ChangeKind] : undefined}
            text={text}
            module={module}
          />
          {kind === '' && text === '' && what === '' && module === undefined && <ConfigDiff from={from} to={to} />}
        </>
      ) : (
        <p class="nothing">This needs two kernels; the index has {kernels.length}.</p>
      )}
    </Page>
  );
}

/** Symbols of the configuration that differ, where both are known. */
function ConfigDiff({ from, to }: { readonly from: string; readonly to: string }) {
  const config = useAsk(DiffConfigDocument, { from, to }).data?.diff.config ?? [];
  if (config.length === 0) return null;
  return (
    <DataTable
      name="configuration"
      caption={`${plural(config.length, 'symbol')} of the configuration differ`}
      rows={config}
      keyOf={({ name }) => name}
      columns={[
        {
          title: 'symbol',
          text: ({ name }) => name,
          show: ({ name }) => <a href={factLink('CONFIG', name)}>{name}</a>,
        },
        { title: 'from', text: (one) => one.from ?? '' },
        { title: 'to', text: (one) => one.to ?? '', wide: true },
      ]}
    />
  );
}
