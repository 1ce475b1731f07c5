// Who embeds a struct, who points to it, and which functions take it; asked when the list is opened.
import { useState } from 'preact/hooks';
import { declarationLink, fieldLink } from '../address/links.ts';
import { useAsk } from '../ask/use-ask.ts';
import { UsersDocument } from '../generated/operations.ts';
import { Answer } from '../parts/answer.tsx';
import { DataTable } from '../parts/data-table.tsx';
import { kernelIdsOf, kernelsColumn } from '../parts/kernels-column.tsx';
import { Part } from '../parts/page.tsx';
import { useIndexFacts } from '../start/index-facts.tsx';
import { More, useFirstPage } from './first-page.tsx';
import { Takers } from './takers.tsx';

export function Users({ kind, name }: { readonly kind: 'struct' | 'union'; readonly name: string }) {
  return (
    <Part title="Who uses it">
      <OnDemand title={`Structs that embed it: members of type ${kind} ${name}`}>
        {() => <Members type={`${kind} ${name}`} file={`${name}-embedded-in`} />}
      </OnDemand>
      <OnDemand title={`Structs that point to it: members of type ${kind} ${name} *`}>
        {() => <Members type={`${kind} ${name} *`} file={`${name}-pointed-to-by`} />}
      </OnDemand>
      <OnDemand title={`Functions that take ${kind} ${name} *`}>{() => <Takers type={`${kind} ${name} *`} />}</OnDemand>
    </Part>
  );
}

function OnDemand(props: { readonly title: string; readonly children: () => preact.ComponentChildren }) {
  const [opened, open] = useState(false);
  return (
    <details onToggle={(event) => event.currentTarget.open && open(true)}>
      <summary>{props.title}</summary>
      {opened && props.children()}
    </details>
  );
}

function Members({ type, file }: { readonly type: string; readonly file: string }) {
  const { kernels } = useIndexFacts();
  const { first, more } = useFirstPage();
  const asked = useAsk(UsersDocument, { type, first });
  return (
    <Answer of={asked} what="members of that type">
      {({ fieldsOfType }) => (
        <>
          <DataTable
            name={file}
            caption={
              fieldsOfType.totalCount > fieldsOfType.nodes.length
                ? `The first ${fieldsOfType.nodes.length} of ${fieldsOfType.totalCount} members`
                : `${fieldsOfType.totalCount} members`
            }
            rows={fieldsOfType.nodes}
            keyOf={(hit) => `${hit.kind} ${hit.struct}.${hit.field}`}
            empty="No kernel of this index has such a member."
            columns={[
              {
                title: 'struct',
                text: ({ struct }) => struct,
                show: ({ kind, struct }) => <a href={declarationLink(kind, struct)}>{struct}</a>,
              },
              {
                title: 'member',
                text: ({ field }) => field,
                show: ({ kind, struct, field }) => (
                  <a href={fieldLink(struct, field, kind === 'UNION' ? 'union' : 'struct')}>{field}</a>
                ),
              },
              kernelsColumn(kernelIdsOf, kernels.length),
            ]}
          />
          <More shown={fieldsOfType.nodes.length} of={fieldsOfType.totalCount} onMore={more} />
        </>
      )}
    </Answer>
  );
}
