// A typedef: each meaning once.
import { structLink } from '../address/links.ts';
import { useAsk } from '../ask/use-ask.ts';
import { TypedefOverDocument } from '../generated/operations.ts';
import { Answer } from '../parts/answer.tsx';
import { DataTable } from '../parts/data-table.tsx';
import { placeColumn } from '../parts/place-column.tsx';
import { kernelIdsOf, kernelsColumn } from '../parts/kernels-column.tsx';
import { ModuleChoice, useModule } from '../parts/module-choice.tsx';
import { NotFound } from '../parts/not-found.tsx';
import { Lead, Page } from '../parts/page.tsx';
import { TypeText } from '../parts/type-text.tsx';
import { useIndexFacts } from '../start/index-facts.tsx';

export function TypedefView({ name }: { readonly name: string }) {
  const { kernels } = useIndexFacts();
  const module = useModule();
  const asked = useAsk(TypedefOverDocument, { name, module });
  if (asked.data?.typedef === null) return <NotFound kind="TYPEDEF" name={name} module={module} />;
  return (
    <Page word="typedef" title={name}>
      <Answer of={asked} what="what it stands for">
        {({ typedef, struct }) => {
          const variants = typedef?.variants ?? [];
          return (
            <>
              <Lead>
                {variants.length === 1 ? (
                  <>
                    It stands for <TypeText type={variants[0]!.type} /> wherever it is.
                  </>
                ) : (
                  `It stands for ${variants.length} different types.`
                )}{' '}
                {struct !== null && <a href={structLink(name)}>Its layout</a>}
              </Lead>
              <ModuleChoice of={variants} />
              <DataTable
                name={`typedef-${name}`}
                caption="Each meaning once"
                rows={variants}
                keyOf={({ type }) => type}
                columns={[
                  { title: 'stands for', text: ({ type }) => type, show: ({ type }) => <TypeText type={type} /> },
                  ...placeColumn(variants, (row) => row),
                  kernelsColumn(kernelIdsOf, kernels.length),
                ]}
              />
            </>
          );
        }}
      </Answer>
    </Page>
  );
}
