// What differs between two kernels, filtered by kind, by what happened and by text; rows come as one scrolls.
import { useAddressState } from '../address/address.ts';
import { kernelName } from '../address/kernel-id.ts';
import { useAsk } from '../ask/use-ask.ts';
import { type ChangeKind, DiffCountsDocument, type TypeKind } from '../generated/operations.ts';
import { previousOf } from '../kernels/kernels-view.tsx';
import { Answer } from '../parts/answer.tsx';
import { ChoosePair } from '../parts/choose-pair.tsx';
import { DataTable } from '../parts/data-table.tsx';
import { Lead, Page } from '../parts/page.tsx';
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
  const counts = useAsk(DiffCountsDocument, from && to ? { from, to } : undefined);
  return (
    <Page title="Two kernels" plain>
      <ChoosePair ids={kernels} from={from} to={to} onChange={change} />
      {from && to ? (
        <Answer of={counts} what="the difference">
          {({ diff }) => (
            <>
              <Lead>
                From {kernelName(from).release} to {kernelName(to).release}: {plural(diff.added, 'declaration')} came,{' '}
                {diff.removed.toLocaleString('en')} went, {diff.changed.toLocaleString('en')} changed
                {diff.modulesCompared ? ', those of modules among them' : ''}.
              </Lead>
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
              />
              {diff.config !== null && diff.config.length > 0 && kind === '' && text === '' && (
                <DataTable
                  name="configuration"
                  caption={`${plural(diff.config.length, 'symbol')} of the configuration differ`}
                  rows={diff.config}
                  keyOf={({ name }) => name}
                  columns={[
                    { title: 'symbol', text: ({ name }) => name },
                    { title: 'from', text: (one) => one.from ?? '' },
                    { title: 'to', text: (one) => one.to ?? '', wide: true },
                  ]}
                />
              )}
            </>
          )}
        </Answer>
      ) : (
        <p class="nothing">This needs two kernels; the index has {kernels.length}.</p>
      )}
    </Page>
  );
}
