// What kernels offer BPF programs, kind by kind: which have it, since when.
import { useAddressState } from '../address/address.ts';
import { featureLink } from '../address/links.ts';
import { useAsk } from '../ask/use-ask.ts';
import { FeaturesOverDocument, type FeaturesOverQuery } from '../generated/operations.ts';
import { Answer } from '../parts/answer.tsx';
import { DataTable } from '../parts/data-table.tsx';
import { describeKernels, KernelSet } from '../parts/kernel-set.tsx';
import { Page } from '../parts/page.tsx';
import { plural } from '../parts/words.ts';
import { useIndexFacts } from '../start/index-facts.tsx';
import { idsIn } from './states.ts';

type Feature = FeaturesOverQuery['features'][number];
export const FEATURE_KINDS: Record<string, string> = {
  'program-type': 'program types',
  'map-type': 'map types',
  helper: 'helpers',
  kfunc: 'kfuncs',
  'attach-type': 'attach types',
  'link-type': 'link types',
  command: 'commands of bpf()',
  instruction: 'instructions',
  other: 'others',
};

export function FeaturesView() {
  const [state, change] = useAddressState();
  const { kernels } = useIndexFacts();
  const wanted = state.get('kind') ?? '';
  const kind = wanted in FEATURE_KINDS ? wanted : 'program-type';
  const text = state.get('text') ?? '';
  const asked = useAsk(FeaturesOverDocument, { kind });
  const total = kernels.length;
  return (
    <Page title="Features" plain>
      <p>What the kernels of this index offer BPF programs, by their own tables, their types, or their release.</p>
      <div class="filters">
        <label class="choose">
          <span>Kind</span>
          <select value={kind} onChange={(event) => change({ kind: event.currentTarget.value })}>
            {Object.entries(FEATURE_KINDS).map(([word, title]) => (
              <option key={word} value={word}>
                {title}
              </option>
            ))}
          </select>
        </label>
        <label class="filter">
          <span>Name has</span>
          <input
            type="search"
            value={text}
            placeholder="ringbuf"
            onInput={(event) => change({ text: event.currentTarget.value || undefined }, { replace: true })}
          />
        </label>
      </div>
      <Answer of={asked} what="what kernels offer">
        {({ features }) => {
          const rows = features.filter(({ name, enumerator }) =>
            `${name} ${enumerator ?? ''}`.toLowerCase().includes(text.toLowerCase()),
          );
          return (
            <DataTable<Feature>
              name={`features-${kind}`}
              caption={`${rows.length} ${FEATURE_KINDS[kind]}`}
              rows={rows}
              keyOf={({ name }) => name}
              empty="None has this in its name."
              columns={[
                {
                  title: 'name',
                  text: ({ name }) => name,
                  show: ({ name }) => <a href={featureLink(kind, name)}>{name}</a>,
                },
                { title: 'mainline since', text: ({ since }) => since ?? '' },
                {
                  title: 'kernels that have it',
                  text: ({ answers }) => textOf(idsIn(answers, 'PRESENT'), total),
                  show: ({ answers }) => <KernelSet ids={idsIn(answers, 'PRESENT')} total={total} />,
                },
                {
                  title: 'that have not',
                  text: ({ answers }) => textOf(idsIn(answers, 'ABSENT'), total),
                  show: ({ answers }) => <KernelSet ids={idsIn(answers, 'ABSENT')} total={total} />,
                },
                {
                  title: 'not known',
                  text: ({ answers }) => notKnown(answers),
                  wide: true,
                },
              ]}
            />
          );
        }}
      </Answer>
    </Page>
  );
}

const textOf = (ids: readonly string[], total: number): string => (ids.length === 0 ? '' : describeKernels(ids, total));
const notKnown = (answers: Feature['answers']): string => {
  const { length } = idsIn(answers, 'NOT_KNOWN');
  return length === 0 ? '' : `of ${plural(length, 'kernel')}`;
};
