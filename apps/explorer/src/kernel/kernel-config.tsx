// A kernel's configuration: its symbols by a part of their name.
import { useState } from 'preact/hooks';
import { kernelName } from '../address/kernel-id.ts';
import { factLink } from '../address/links.ts';
import { askOnce, useAsk } from '../ask/use-ask.ts';
import { KernelConfigDocument } from '../generated/operations.ts';
import { Answer } from '../parts/answer.tsx';
import { DataTable } from '../parts/data-table.tsx';
import { Part } from '../parts/page.tsx';

const SHOWN = 25;
/** More than any kernel has. */
const ALL = 100_000;

export function KernelConfig({ id, known }: { readonly id: string; readonly known: boolean }) {
  const [text, setText] = useState('');
  const asked = useAsk(KernelConfigDocument, known ? { id, text, first: SHOWN } : undefined);
  if (!known) {
    return (
      <Part title="Configuration">
        <p class="dim">
          Not given. Ingest the kernel’s package, or put its <code>config-{kernelName(id).release}</code> beside it.
        </p>
      </Part>
    );
  }
  return (
    <Part title="Configuration">
      <label class="filter">
        <span>Symbol has</span>
        <input
          type="search"
          placeholder="BPF"
          value={text}
          onInput={(event) => setText(event.currentTarget.value.trim())}
        />
      </label>
      <Answer of={asked} what="its configuration">
        {({ kernel }) => {
          const rows = kernel?.configSettings ?? [];
          return (
            <DataTable
              name={`${kernelName(id).release}-config`}
              caption={
                rows.length < SHOWN ? `${rows.length} symbols` : `The first ${SHOWN} symbols; files and copies have all`
              }
              rows={rows}
              keyOf={({ name }) => name}
              empty="No symbol has this in its name."
              allRows={async () =>
                (await askOnce(KernelConfigDocument, { id, text, first: ALL })).kernel?.configSettings ?? []
              }
              columns={[
                {
                  title: 'symbol',
                  text: ({ name }) => name,
                  show: ({ name }) => <a href={factLink('CONFIG', name)}>{name}</a>,
                },
                { title: 'value', text: ({ value }) => value, wide: true },
              ]}
            />
          );
        }}
      </Answer>
    </Part>
  );
}
