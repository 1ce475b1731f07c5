// What one kernel offers BPF programs; asked for when the list is opened.
import { useState } from 'preact/hooks';
import { kernelName } from '../address/kernel-id.ts';
import { featureLink } from '../address/links.ts';
import { useAsk } from '../ask/use-ask.ts';
import { FEATURE_KINDS } from '../facts/features-view.tsx';
import { STATE_CLASS, STATE_WORDS } from '../facts/states.ts';
import { KernelFeaturesDocument, type KernelFeaturesQuery } from '../generated/operations.ts';
import { Answer } from '../parts/answer.tsx';
import { DataTable } from '../parts/data-table.tsx';

type Feature = KernelFeaturesQuery['features'][number];

export function KernelFeatures({ id }: { readonly id: string }) {
  const [opened, open] = useState(false);
  return (
    <details class="part" onToggle={(event) => event.currentTarget.open && open(true)}>
      <summary>
        <h2>What it offers BPF programs</h2>
      </summary>
      {opened && <Features id={id} />}
    </details>
  );
}

function Features({ id }: { readonly id: string }) {
  const { distro, version, arch, release } = kernelName(id);
  const where = { distro: [distro], version: [version], arch: [arch], release: [release] };
  const asked = useAsk(KernelFeaturesDocument, { where });
  const [kind, setKind] = useState('');
  const [state, setState] = useState('');
  return (
    <Answer of={asked} what="what it offers">
      {({ features }) => {
        const rows = features.filter(
          (one) => (kind === '' || one.kind === kind) && (state === '' || one.answers[0]?.state === state),
        );
        return (
          <>
            <div class="filters">
              <Choice label="Kind" chosen={kind} values={Object.entries(FEATURE_KINDS)} onChoose={setKind} />
              <Choice label="There" chosen={state} values={Object.entries(STATE_WORDS)} onChoose={setState} />
            </div>
            <DataTable<Feature>
              name={`${release}-features`}
              caption={`${rows.length} of ${features.length} features`}
              rows={rows}
              keyOf={(one) => `${one.kind} ${one.name}`}
              empty="None by these filters."
              columns={[
                { title: 'kind', text: (one) => one.kind.replace('-', ' ') },
                {
                  title: 'name',
                  text: ({ name }) => name,
                  show: (one) => <a href={featureLink(one.kind, one.name)}>{one.name}</a>,
                },
                {
                  title: 'there',
                  text: ({ answers }) => STATE_WORDS[answers[0]?.state ?? 'NOT_KNOWN'],
                  show: ({ answers }) => {
                    const word = answers[0]?.state ?? 'NOT_KNOWN';
                    return <span class={`verdict ${STATE_CLASS[word]}`}>{STATE_WORDS[word]}</span>;
                  },
                },
                { title: 'rests on', text: ({ answers }) => answers[0]?.evidence ?? '' },
                { title: 'mainline since', text: ({ since }) => since ?? '', wide: true },
              ]}
            />
          </>
        );
      }}
    </Answer>
  );
}

function Choice(props: {
  readonly label: string;
  readonly chosen: string;
  readonly values: readonly (readonly [value: string, title: string])[];
  readonly onChoose: (value: string) => void;
}) {
  return (
    <label class="choose">
      <span>{props.label}</span>
      <select value={props.chosen} onChange={(event) => props.onChoose(event.currentTarget.value)}>
        <option value="">all</option>
        {props.values.map(([value, title]) => (
          <option key={value} value={value}>
            {title}
          </option>
        ))}
      </select>
    </label>
  );
}
