// A symbol of kernels' configurations: each value with its kernels.
import { useAsk } from '../ask/use-ask.ts';
import { ConfigOverDocument } from '../generated/operations.ts';
import { Answer } from '../parts/answer.tsx';
import { DataTable } from '../parts/data-table.tsx';
import { kernelsColumn } from '../parts/kernels-column.tsx';
import { Lead, Page } from '../parts/page.tsx';
import { plural } from '../parts/words.ts';
import { useIndexFacts } from '../start/index-facts.tsx';

interface Row {
  readonly value: string;
  readonly note: string;
  readonly ids: readonly string[];
}
const NOTES: Record<string, string> = { y: 'built in', m: 'as a module', n: 'not set' };

export function ConfigView({ name }: { readonly name: string }) {
  const { kernels } = useIndexFacts();
  const asked = useAsk(ConfigOverDocument, { name });
  const symbol = name.startsWith('CONFIG_') ? name : `CONFIG_${name}`;
  return (
    <Page word="configuration" title={symbol}>
      <Answer of={asked} what="its values">
        {({ config }) => {
          const ids = (some: readonly { readonly id: string }[]) => some.map(({ id }) => id);
          const rows: Row[] = [
            ...config.values.map((one) => ({ value: one.value, note: NOTES[one.value] ?? '', ids: ids(one.kernels) })),
            { value: 'not named', note: 'its configuration does not have the symbol', ids: ids(config.absentFrom) },
            { value: 'not known', note: 'it came without its configuration', ids: ids(config.unknownIn) },
          ].filter((row) => row.ids.length > 0);
          const known = kernels.length - config.unknownIn.length;
          return (
            <>
              <Lead>
                {known === 0
                  ? 'No kernel of this index came with its configuration.'
                  : config.values.length === 0
                    ? `None of ${plural(known, 'configuration')} that ${known === 1 ? 'is' : 'are'} known names it.`
                    : `${config.values.map(({ value, kernels: some }) => `${value} in ${plural(some.length, 'kernel')}`).join('; ')}, of ${known} whose configuration is known.`}
              </Lead>
              <DataTable<Row>
                name={symbol}
                caption="Each value once"
                rows={rows}
                keyOf={({ value }) => value}
                columns={[
                  { title: 'value', text: ({ value }) => value },
                  { title: 'meaning', text: ({ note }) => note },
                  kernelsColumn<Row>((row) => row.ids, kernels.length),
                ]}
              />
            </>
          );
        }}
      </Answer>
    </Page>
  );
}
