// A variable: each type once.
import { useAsk } from '../ask/use-ask.ts';
import { VariableOverDocument } from '../generated/operations.ts';
import { Answer } from '../parts/answer.tsx';
import { DataTable } from '../parts/data-table.tsx';
import { placeColumn } from '../parts/place-column.tsx';
import { kernelIdsOf, kernelsColumn } from '../parts/kernels-column.tsx';
import { ModuleChoice, useModule } from '../parts/module-choice.tsx';
import { NotFound } from '../parts/not-found.tsx';
import { Lead, Page } from '../parts/page.tsx';
import { TypeText } from '../parts/type-text.tsx';
import { plural } from '../parts/words.ts';
import { useIndexFacts } from '../start/index-facts.tsx';

export function VariableView({ name }: { readonly name: string }) {
  const { kernels } = useIndexFacts();
  const module = useModule();
  const asked = useAsk(VariableOverDocument, { name, module });
  if (asked.data?.variable === null) return <NotFound kind="VAR" name={name} module={module} />;
  return (
    <Page word="variable" title={name}>
      <Answer of={asked} what="its types">
        {({ variable }) => {
          const variants = variable?.variants ?? [];
          const having = new Set(variants.flatMap((one) => one.kernels.map(({ id }) => id)));
          return (
            <>
              <Lead>
                {plural(variants.length, 'type')} in {having.size} of {plural(kernels.length, 'kernel')}.
              </Lead>
              <ModuleChoice of={variants} />
              <DataTable
                name={`var-${name}`}
                caption="Each type once"
                rows={variants}
                keyOf={({ type, linkage }) => `${type} ${linkage}`}
                columns={[
                  { title: 'type', text: ({ type }) => type, show: ({ type }) => <TypeText type={type} /> },
                  { title: 'linkage', text: ({ linkage }) => linkage },
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
