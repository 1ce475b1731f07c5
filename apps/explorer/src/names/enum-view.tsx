// An enum: the value of each enumerator over its distinct forms.
import { enumeratorLink } from '../address/links.ts';
import { useAsk } from '../ask/use-ask.ts';
import { EnumOverDocument, type EnumOverQuery } from '../generated/operations.ts';
import { Answer } from '../parts/answer.tsx';
import { Code } from '../parts/code.tsx';
import { type Column, DataTable } from '../parts/data-table.tsx';
import { describeKernels, KernelSet } from '../parts/kernel-set.tsx';
import { ModuleChoice, useModule } from '../parts/module-choice.tsx';
import { NotFound } from '../parts/not-found.tsx';
import { Lead, Page, Part } from '../parts/page.tsx';
import { formName } from '../parts/form-name.ts';
import { plural } from '../parts/words.ts';
import { useIndexFacts } from '../start/index-facts.tsx';

type Variant = NonNullable<EnumOverQuery['enum']>['variants'][number];
interface Row {
  readonly name: string;
  readonly values: readonly (number | string | undefined)[];
}

export function EnumView({ name }: { readonly name: string }) {
  const { kernels } = useIndexFacts();
  const module = useModule();
  const asked = useAsk(EnumOverDocument, { name, module });
  if (asked.data?.enum === null) return <NotFound kind="ENUM" name={name} module={module} />;
  return (
    <Page word="enum" title={name}>
      <Answer of={asked} what="its forms">
        {(data) => {
          const variants = data.enum?.variants ?? [];
          const rows = rowsOf(variants);
          const moved = rows.filter(({ values }) => new Set(values.filter((one) => one !== undefined)).size > 1);
          return (
            <>
              <Lead>
                {plural(variants.length, 'form')} with {plural(rows.length, 'enumerator')}.{' '}
                {moved.length === 0
                  ? 'No enumerator ever had another value.'
                  : `${plural(moved.length, 'enumerator')} changed value from a kernel to another: ${moved
                      .slice(0, 6)
                      .map((row) => row.name)
                      .join(', ')}${moved.length > 6 ? ', …' : ''}.`}
              </Lead>
              <ModuleChoice of={variants} />
              <Forms variants={variants} total={kernels.length} />
              <DataTable
                name={`enum-${name}`}
                caption="Values"
                rows={rows}
                keyOf={(row) => row.name}
                columns={columnsOf(variants)}
              />
              {variants.length > 0 && <Code title="The latest form in C" text={variants.at(-1)!.c} tall />}
            </>
          );
        }}
      </Answer>
    </Page>
  );
}

function Forms({ variants, total }: { readonly variants: readonly Variant[]; readonly total: number }) {
  return (
    <Part title="Forms">
      <ol class="forms">
        {variants.map((variant, i) => (
          <li key={variant.hash}>
            <strong>{formName(i)}</strong> {plural(variant.enumerators.length, 'enumerator')},{' '}
            {plural(variant.size, 'byte')}, {variant.signed ? 'signed' : 'unsigned'}:{' '}
            <KernelSet ids={variant.kernels.map(({ id }) => id)} total={total} />
          </li>
        ))}
      </ol>
    </Part>
  );
}

function columnsOf(variants: readonly Variant[]): Column<Row>[] {
  return [
    { title: 'enumerator', text: ({ name }) => name, show: ({ name }) => <a href={enumeratorLink(name)}>{name}</a> },
    ...variants.map(
      (variant, i): Column<Row> => ({
        title: formName(i),
        numeric: true,
        text: ({ values }) => values[i] ?? '',
        show: ({ values }) => {
          const value = values[i];
          const before = values.slice(0, i).findLast((one) => one !== undefined);
          if (value === undefined) return <span class="dim">–</span>;
          return before !== undefined && before !== value ? (
            <mark title={describeKernels(variant.kernels.map(({ id }) => id))}>{value}</mark>
          ) : (
            value
          );
        },
      }),
    ),
  ];
}

/** Enumerators in the order of the forms, each with its value in every form. */
function rowsOf(variants: readonly Variant[]): Row[] {
  const names = new Set(variants.toReversed().flatMap((one) => one.enumerators.map(({ name }) => name)));
  const values = variants.map((one) => new Map(one.enumerators.map(({ name, value }) => [name, value])));
  return [...names].map((name) => ({ name, values: values.map((map) => map.get(name)) }));
}
