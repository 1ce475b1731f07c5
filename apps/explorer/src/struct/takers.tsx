// The functions that take a type.
import { declarationLink } from '../address/links.ts';
import { useAsk } from '../ask/use-ask.ts';
import { TakersDocument } from '../generated/operations.ts';
import { Answer } from '../parts/answer.tsx';
import { DataTable } from '../parts/data-table.tsx';
import { kernelIdsOf, kernelsColumn } from '../parts/kernels-column.tsx';
import { useIndexFacts } from '../start/index-facts.tsx';
import { More, useFirstPage } from './first-page.tsx';

export function Takers({ type }: { readonly type: string }) {
  const { kernels } = useIndexFacts();
  const { first, more } = useFirstPage();
  const asked = useAsk(TakersDocument, { type, first });
  return (
    <Answer of={asked} what="functions that take it">
      {({ funcsOfType }) => (
        <>
          <DataTable
            name={`functions-with-${type.replace(/\W+/g, '-')}`}
            caption={
              funcsOfType.totalCount > funcsOfType.nodes.length
                ? `The first ${funcsOfType.nodes.length} of ${funcsOfType.totalCount} functions`
                : `${funcsOfType.totalCount} functions`
            }
            rows={funcsOfType.nodes}
            keyOf={(hit) => `${hit.func} ${hit.position}`}
            empty="No function of this index takes it."
            columns={[
              {
                title: 'function',
                text: ({ func }) => func,
                show: ({ func }) => <a href={declarationLink('FUNC', func)}>{func}</a>,
              },
              { title: 'argument', text: ({ position }) => position + 1, numeric: true },
              { title: 'called', text: ({ param }) => param },
              kernelsColumn(kernelIdsOf, kernels.length),
            ]}
          />
          <More shown={funcsOfType.nodes.length} of={funcsOfType.totalCount} onMore={more} />
        </>
      )}
    </Answer>
  );
}
