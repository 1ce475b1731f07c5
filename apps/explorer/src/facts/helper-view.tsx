// A helper: since when there is one, and which programs may call it on which kernels.
import { enumeratorLink } from '../address/links.ts';
import { useAsk } from '../ask/use-ask.ts';
import { FeatureOverDocument, HelperOverDocument, type HelperOverQuery } from '../generated/operations.ts';
import { Answer } from '../parts/answer.tsx';
import { DataTable } from '../parts/data-table.tsx';
import { kernelsColumn } from '../parts/kernels-column.tsx';
import { Lead, Page } from '../parts/page.tsx';
import { useIndexFacts } from '../start/index-facts.tsx';
import { FeatureAnswers } from './feature-answers.tsx';
import { idsIn, stateSentence } from './states.ts';

type Variant = HelperOverQuery['helper'][number];
type Program = NonNullable<Variant['programs']>[number];
interface Row {
  readonly type: string;
  readonly how: string;
  readonly allowed: string;
  readonly ids: readonly string[];
}

export function HelperView({ name }: { readonly name: string }) {
  const { kernels } = useIndexFacts();
  const asked = useAsk(HelperOverDocument, { name });
  const feature = useAsk(FeatureOverDocument, { name });
  const short = name.replace(/^bpf_/, '');
  return (
    <Page word="helper" title={`bpf_${short}`}>
      <Answer of={asked} what="which programs may call it">
        {({ helper }) => {
          const proto = helper
            .findLast(({ programs }) => programs?.some((one) => one.proto))
            ?.programs?.find((one) => one.proto)?.proto;
          return (
            <>
              <Lead>
                {stateSentence(helper, 'let some program call it', 'let none')}{' '}
                <a href={enumeratorLink(`BPF_FUNC_${short}`)}>BPF_FUNC_{short}</a>
                {proto && ` takes ${proto.args.join(', ') || 'nothing'} and gives ${proto.returns}`}
                {proto?.gplOnly && '; for GPL programs only'}
                {proto?.mightSleep && '; it may sleep'}
                {proto && '.'}
              </Lead>
              <DataTable<Row>
                name={`helper-${short}`}
                caption="Which programs may call it"
                rows={rowsOf(helper)}
                keyOf={({ type, how, allowed }) => `${type} ${how} ${allowed}`}
                empty={
                  idsIn(helper, 'ABSENT').length > 0
                    ? 'None, on any kernel whose own tables are known.'
                    : 'Not known: no kernel of this index came with its image.'
                }
                columns={[
                  { title: 'program type', text: ({ type }) => type },
                  { title: 'where', text: ({ how }) => how },
                  {
                    title: 'allowed',
                    text: ({ allowed }) => allowed,
                    show: ({ allowed }) => (
                      <span
                        class={`verdict ${allowed === 'yes' ? 'yes' : allowed === 'depends' ? 'conditional' : 'unknown'}`}
                      >
                        {allowed}
                      </span>
                    ),
                  },
                  kernelsColumn<Row>(({ ids }) => ids, kernels.length),
                ]}
              />
              {rowsOf(helper).some(({ allowed }) => allowed === 'depends') && (
                <p class="dim">
                  depends: the kernel looks at the program itself before it lets it, at what it attaches to, what it may
                  do, or what was called before.
                </p>
              )}
              <Answer of={feature} what="since when">
                {(data) => (data.feature === null ? null : <FeatureAnswers feature={data.feature} />)}
              </Answer>
            </>
          );
        }}
      </Answer>
    </Page>
  );
}

/** Each program type with each condition once, and all its kernels. */
function rowsOf(helper: readonly Variant[]): Row[] {
  const found = new Map<string, { type: string; how: string; allowed: string; ids: string[] }>();
  for (const { programs, kernels } of helper) {
    for (const program of programs ?? []) {
      const how = howOf(program);
      const key = `${program.programType} ${how} ${program.allowed}`;
      const row = found.get(key) ?? { type: program.programType, how, allowed: program.allowed, ids: [] };
      row.ids.push(...kernels.map(({ id }) => id));
      found.set(key, row);
    }
  }
  return [...found.values()].sort((a, b) => (a.type < b.type ? -1 : a.type > b.type ? 1 : b.ids.length - a.ids.length));
}

const howOf = ({ sleepable, attachTypes }: Program): string =>
  [sleepable ? 'sleepable' : '', attachTypes.join(', ')].filter(Boolean).join('; ');
