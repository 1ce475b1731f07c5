// All kernels of the index, filtered by text.
import { useAddressState } from '../address/address.ts';
import { kernelName } from '../address/kernel-id.ts';
import { diffLink, kernelLink } from '../address/links.ts';
import { Answer } from '../parts/answer.tsx';
import { DataTable } from '../parts/data-table.tsx';
import { Page } from '../parts/page.tsx';
import { plural } from '../parts/words.ts';
import { useIndexFacts } from '../start/index-facts.tsx';

export function KernelsView() {
  const { asked, kernels } = useIndexFacts();
  const [state, change] = useAddressState();
  const text = state.get('text') ?? '';
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const rows = kernels.filter((id) => words.every((word) => id.toLowerCase().includes(word))).map(kernelName);
  return (
    <Page title="Kernels" plain>
      <label class="filter">
        <span>Only those with</span>
        <input
          type="search"
          value={text}
          placeholder="debian arm64 6.1"
          onInput={(event) => change({ text: event.currentTarget.value || undefined }, { replace: true })}
        />
      </label>
      <Answer of={asked} what="the kernels">
        {() => (
          <DataTable
            name="kernels"
            caption={plural(rows.length, 'kernel')}
            rows={rows}
            keyOf={({ id }) => id}
            empty={`None of ${kernels.length} has all of these words.`}
            columns={[
              {
                title: 'release',
                text: ({ release }) => release,
                show: ({ id, release }) => <a href={kernelLink(id)}>{release}</a>,
              },
              { title: 'distribution', text: ({ distro }) => distro },
              { title: 'version', text: ({ version }) => version },
              { title: 'architecture', text: ({ arch }) => arch },
              {
                title: 'before it',
                text: ({ id }) => previousOf(kernels, id) ?? '',
                show: ({ id }) => {
                  const before = previousOf(kernels, id);
                  return before && <a href={diffLink(before, id)}>what changed since {kernelName(before).release}</a>;
                },
                wide: true,
              },
            ]}
          />
        )}
      </Answer>
    </Page>
  );
}

/** The kernel before this one in its series. */
export function previousOf(kernels: readonly string[], id: string): string | undefined {
  const { series, release } = kernelName(id);
  const before = kernels.slice(0, Math.max(0, kernels.indexOf(id))).map(kernelName);
  return before.findLast((one) => one.series === series && one.release !== release)?.id;
}
