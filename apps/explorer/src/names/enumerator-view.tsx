// An enumerator: its value over kernels, whichever enum holds it.
import { declarationLink, startLink } from '../address/links.ts';
import { useAsk } from '../ask/use-ask.ts';
import { EnumeratorOverDocument } from '../generated/operations.ts';
import { Answer } from '../parts/answer.tsx';
import { DataTable } from '../parts/data-table.tsx';
import { placeColumn } from '../parts/place-column.tsx';
import { kernelIdsOf, kernelsColumn } from '../parts/kernels-column.tsx';
import { KernelSet } from '../parts/kernel-set.tsx';
import { ModuleChoice, useModule } from '../parts/module-choice.tsx';
import { Lead, Page, Part } from '../parts/page.tsx';
import { plural } from '../parts/words.ts';
import { useIndexFacts } from '../start/index-facts.tsx';

export function EnumeratorView({ name }: { readonly name: string }) {
  const { kernels } = useIndexFacts();
  const module = useModule();
  const asked = useAsk(EnumeratorOverDocument, { name, module });
  return (
    <Page word="enumerator" title={name}>
      <Answer of={asked} what="its values">
        {({ enumerator }) => {
          if (enumerator === null) {
            return (
              <div class="nothing">
                <p>
                  {module === undefined || module === 'vmlinux' ? 'No kernel of this index has' : `No ${module} has`} an
                  enumerator of this name. <a href={startLink(name)}>Search for “{name}”</a>
                </p>
                <ModuleChoice of={[]} />
              </div>
            );
          }
          const { variants } = enumerator;
          const values = [...new Set(variants.map(({ value }) => value))];
          const having = new Set(variants.flatMap((one) => one.kernels.map(({ id }) => id)));
          const lacking = kernels.filter((id) => !having.has(id));
          return (
            <>
              <Lead>
                {values.length === 1
                  ? `Its value is ${values[0]} wherever it is, in ${having.size} of ${plural(kernels.length, 'kernel')}.`
                  : `It has ${plural(values.length, 'value')}: a program must not compile one in (bpf_core_enum_value reads it).`}
              </Lead>
              <ModuleChoice of={variants} />
              <DataTable
                name={`enumerator-${name}`}
                caption="Values"
                rows={variants}
                keyOf={(one) => `${one.enum} ${one.value}`}
                columns={[
                  { title: 'value', text: ({ value }) => value, numeric: true },
                  {
                    title: 'enum',
                    text: (one) => one.enum,
                    show: (one) =>
                      one.enum === '' ? (
                        <span class="dim">without a name</span>
                      ) : (
                        <a href={declarationLink('ENUM', one.enum)}>{one.enum}</a>
                      ),
                  },
                  ...placeColumn(variants, (row) => row),
                  kernelsColumn(kernelIdsOf, kernels.length),
                ]}
              />
              {lacking.length > 0 && (
                <Part title="Kernels without it">
                  <KernelSet ids={lacking} total={kernels.length} />
                </Part>
              )}
            </>
          );
        }}
      </Answer>
    </Page>
  );
}
