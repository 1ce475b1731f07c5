// A function: each signature once, and whether programs attach to it, where that is known.
import { useAsk } from '../ask/use-ask.ts';
import { FuncAttachableDocument, FuncOverDocument } from '../generated/operations.ts';
import { Answer } from '../parts/answer.tsx';
import { Code } from '../parts/code.tsx';
import { DataTable } from '../parts/data-table.tsx';
import { placeColumn } from '../parts/place-column.tsx';
import { kernelIdsOf, kernelsColumn } from '../parts/kernels-column.tsx';
import { KernelSet } from '../parts/kernel-set.tsx';
import { ModuleChoice, useModule } from '../parts/module-choice.tsx';
import { NotFound } from '../parts/not-found.tsx';
import { Lead, Page, Part } from '../parts/page.tsx';
import { TypeText } from '../parts/type-text.tsx';
import { plural } from '../parts/words.ts';
import { useIndexFacts } from '../start/index-facts.tsx';
import { attachPlace } from './attach-place.ts';
import { AttachTable } from './attach-table.tsx';

export function FuncView({ name }: { readonly name: string }) {
  const { kernels } = useIndexFacts();
  const module = useModule();
  const asked = useAsk(FuncOverDocument, { name, module });
  const attach = useAsk(FuncAttachableDocument, { name });
  const place = attachPlace('FUNC', name);
  if (asked.data?.func === null) return <NotFound kind="FUNC" name={name} module={module} />;
  const total = kernels.length;
  return (
    <Page word="function" title={name}>
      <Answer of={asked} what="its signatures">
        {({ func }) => {
          const variants = func?.variants ?? [];
          const latest = variants.at(-1);
          const having = new Set(variants.flatMap((one) => one.kernels.map(({ id }) => id)));
          const inModule = new Set(
            variants.flatMap(({ places }) =>
              places.filter(({ module: one }) => one !== null).flatMap((one) => one.kernels.map(({ id }) => id)),
            ),
          );
          const lacking = kernels.filter((id) => !having.has(id));
          return (
            <>
              <Lead>
                {plural(variants.length, 'signature')} in{' '}
                {having.size === total ? `all ${total} kernels` : `${having.size} of ${plural(total, 'kernel')}`}.{' '}
                {place && (
                  <a href={place.href}>
                    The {place.kind} {place.name}
                  </a>
                )}
              </Lead>
              <ModuleChoice of={variants} />
              {latest && <Signature signature={latest.signature} params={latest.params} returns={latest.returns} />}
              <Answer of={attach} what="what the kernels’ tables say of attaching">
                {(data) => <AttachTable name={name} rows={data.func?.attach ?? []} total={total} inModule={inModule} />}
              </Answer>
              <DataTable
                name={`func-${name}`}
                caption="Each signature once"
                rows={variants}
                keyOf={({ signature, linkage }) => `${signature} ${linkage}`}
                columns={[
                  {
                    title: 'signature',
                    text: ({ signature }) => signature,
                    show: ({ signature }) => <code>{signature}</code>,
                    wide: true,
                  },
                  { title: 'linkage', text: ({ linkage }) => linkage },
                  ...placeColumn(variants, (row) => row),
                  kernelsColumn(kernelIdsOf, total),
                ]}
              />
              {lacking.length > 0 && (
                <Part title="Kernels without it">
                  <p>
                    <KernelSet ids={lacking} total={total} />{' '}
                    <span class="dim">Their BTF names no such function: it may be inlined there.</span>
                  </p>
                </Part>
              )}
              {latest && <Code title="Attach to it, C" text={attachCode(name, latest.params)} />}
            </>
          );
        }}
      </Answer>
    </Page>
  );
}

interface Param {
  readonly name: string;
  readonly type: string;
}

function Signature(props: { readonly signature: string; readonly params: readonly Param[]; readonly returns: string }) {
  return (
    <dl class="signature">
      <dt>returns</dt>
      <dd>
        <TypeText type={props.returns} />
      </dd>
      {props.params.map(({ name, type }, i) => (
        <>
          <dt key={`${name} ${i}`}>{name || `argument ${i + 1}`}</dt>
          <dd>
            <TypeText type={type} />
          </dd>
        </>
      ))}
    </dl>
  );
}

function attachCode(name: string, params: readonly Param[]): string {
  const args = params
    .filter(({ type }) => type !== '...')
    .map(({ name: param, type }, i) => `${type}${type.endsWith('*') ? '' : ' '}${param || `arg${i + 1}`}`);
  return `SEC("fentry/${name}")
int BPF_PROG(on_${name}${args.map((arg) => `, ${arg}`).join('')})
{
\treturn 0;
}
`;
}
