// A struct_ops type: the kernels that have it, and the members that programs can implement.
import { declarationLink } from '../address/links.ts';
import { useAsk } from '../ask/use-ask.ts';
import { StructOpsOverDocument, type StructOpsOverQuery } from '../generated/operations.ts';
import { Answer } from '../parts/answer.tsx';
import { type Column, DataTable } from '../parts/data-table.tsx';
import { formName } from '../parts/form-name.ts';
import { Lead, Page } from '../parts/page.tsx';
import { StateTable } from './state-table.tsx';
import { stateSentence } from './states.ts';

type Variant = StructOpsOverQuery['structOps'][number];
type Member = NonNullable<Variant['members']>[number];
interface Row {
  readonly name: string;
  readonly members: readonly (Member | undefined)[];
}

export function StructOpsView({ name }: { readonly name: string }) {
  const asked = useAsk(StructOpsOverDocument, { name });
  return (
    <Page word="struct_ops" title={name}>
      <Answer of={asked} what="which kernels take it">
        {({ structOps }) => {
          const forms = structOps.filter(({ members }) => members !== null);
          return (
            <>
              <Lead>
                {stateSentence(structOps, 'let programs be its functions', 'do not')}{' '}
                <a href={declarationLink('STRUCT', name)}>Its layout</a>
              </Lead>
              <StateTable
                name={`struct-ops-${name}`}
                caption="Forms"
                rows={structOps}
                keyOf={({ state, members }) => JSON.stringify([state, members])}
                columns={[
                  { title: 'form', text: (row) => (row.members === null ? '' : formName(forms.indexOf(row))) },
                  { title: 'members', text: ({ members }) => members?.length ?? '', numeric: true },
                ]}
              />
              {forms.length > 0 && (
                <DataTable
                  name={`struct-ops-${name}-members`}
                  caption="Whether a program may be it, in each form"
                  rows={rowsOf(forms)}
                  keyOf={(row) => row.name}
                  columns={[
                    { title: 'member', text: (row) => row.name },
                    ...forms.map(
                      (_, i): Column<Row> => ({ title: formName(i), text: (row) => wordOf(row.members[i]) }),
                    ),
                  ]}
                />
              )}
            </>
          );
        }}
      </Answer>
    </Page>
  );
}

function wordOf(member: Member | undefined): string {
  if (member === undefined) return '';
  if (member.kind !== 'function') return member.kind;
  return member.supported === null ? 'not known' : member.supported ? 'yes' : 'no';
}

/** Members in the order of the latest form that has them. */
function rowsOf(forms: readonly Variant[]): Row[] {
  const byName = forms.map(({ members }) => new Map((members ?? []).map((member) => [member.name, member])));
  const names = new Set(byName.toReversed().flatMap((own) => [...own.keys()]));
  return [...names].map((name) => ({ name, members: byName.map((own) => own.get(name)) }));
}
