// Two layouts of a struct side by side: kernel against kernel, architecture against architecture.
import { useMemo, useRef } from 'preact/hooks';
import { useAddressState } from '../address/address.ts';
import { kernelName, onlyKernel } from '../address/kernel-id.ts';
import { structLink } from '../address/links.ts';
import { type Asked, useAsk } from '../ask/use-ask.ts';
import {
  PairDocument,
  PairInModuleDocument,
  PairInWordsDocument,
  StructOverDocument,
  UnionOverDocument,
} from '../generated/operations.ts';
import { Answer } from '../parts/answer.tsx';
import { ChoosePair } from '../parts/choose-pair.tsx';
import { DataTable } from '../parts/data-table.tsx';
import { ModuleChoice, useModule } from '../parts/module-choice.tsx';
import { Lead, Page, Part } from '../parts/page.tsx';
import { listed, plural } from '../parts/words.ts';
import { useIndexFacts } from '../start/index-facts.tsx';
import { usualKernel } from '../struct/struct-view.tsx';
import type { LayoutField } from '../struct/members.ts';
import { toggledPaths, useUnfolded } from '../struct/use-unfolded.ts';
import { type Pair, pairsOf } from './aligned.ts';
import { shiftText, SideBySide } from './side-by-side.tsx';

export function CompareView({ name }: { readonly name: string }) {
  const [state, change] = useAddressState();
  const { kernels } = useIndexFacts();
  const kind = state.get('kind') === 'union' ? 'union' : 'struct';
  const to = state.get('to') ?? usualKernel(kernels);
  const from = state.get('from') ?? earlierKernel(kernels, to);
  const module = useModule();
  const union = kind === 'union';
  const whole = from && to && name ? { name, from, to, union } : undefined;
  const inKernels = useAsk(PairDocument, module === undefined ? whole : undefined);
  const inModule = useAsk(
    PairInModuleDocument,
    module === undefined || whole === undefined
      ? undefined
      : { name, module, union, from: onlyKernel(whole.from), to: onlyKernel(whole.to) },
  );
  const asked: Asked<unknown> = module === undefined ? inKernels : inModule;
  const narrowed = union ? inModule.data?.union : inModule.data?.struct;
  const sideOf = (side: 'from' | 'to') => (union ? inKernels.data?.[side]?.union : inKernels.data?.[side]?.struct);
  const before = module === undefined ? sideOf('from') : narrowed?.before[0];
  const after = module === undefined ? sideOf('to') : narrowed?.after[0];
  return (
    <Page
      word="two layouts of"
      title={name}
      tools={<a href={structLink(name, kind === 'union' ? { kind } : {})}>{name} drawn</a>}
    >
      <ChoosePair ids={kernels} from={from} to={to} onChange={change} />
      <Modules kind={kind} name={name} />
      <Answer of={asked} what="both layouts">
        {() => {
          if (!before || !after) {
            const lacking = [!before && from, !after && to]
              .filter((id) => typeof id === 'string')
              .map((id) => kernelName(id).release);
            return (
              <p class="nothing">
                {listed(lacking)} {lacking.length === 1 ? 'has' : 'have'} no {kind} {name}
                {module === undefined ? '' : ` in ${module}`}: choose another kernel{module && ', or show all'}.
              </p>
            );
          }
          return (
            <Pairs key={`${from} ${to}`} name={name} kind={kind} from={from!} to={to!} before={before} after={after} />
          );
        }}
      </Answer>
    </Page>
  );
}

/** The choice of a module, where the index has modules and some have a type of this name. */
function Modules({ kind, name }: { readonly kind: 'struct' | 'union'; readonly name: string }) {
  const { stats } = useIndexFacts();
  const known = Number(stats?.modules ?? 0) > 0 && name !== '';
  const structs = useAsk(StructOverDocument, known && kind === 'struct' ? { name } : undefined);
  const unions = useAsk(UnionOverDocument, known && kind === 'union' ? { name } : undefined);
  return <ModuleChoice of={(kind === 'struct' ? structs.data?.struct : unions.data?.union)?.layouts ?? []} />;
}

function Pairs(props: {
  readonly name: string;
  readonly kind: 'struct' | 'union';
  readonly from: string;
  readonly to: string;
  readonly before: { readonly size: number; readonly hash: string; readonly fields: readonly LayoutField[] };
  readonly after: { readonly size: number; readonly hash: string; readonly fields: readonly LayoutField[] };
}) {
  const { name, kind, from, to, before, after } = props;
  const [state, change] = useAddressState();
  const open = (state.get('open') ?? '').split(',').filter(Boolean);
  const insideBefore = useUnfolded(before.fields, open, from);
  const insideAfter = useUnfolded(after.fields, open, to);
  // Members of one side alone would look as if they had come or gone: both are shown when both are there.
  const ready = insideBefore.ready && insideAfter.ready;
  const unfolded = useMemo(
    () =>
      ready
        ? pairsOf(
            { fields: before.fields, unfolded: insideBefore.unfolded },
            { fields: after.fields, unfolded: insideAfter.unfolded },
          )
        : undefined,
    [before, after, insideBefore.unfolded, insideAfter.unfolded, ready],
  );
  const last = useRef(unfolded);
  if (unfolded !== undefined) last.current = unfolded;
  const pairs = last.current ?? pairsOf({ fields: before.fields }, { fields: after.fields });
  const toggle = (path: string) => change({ open: toggledPaths(open, path).join(',') || undefined });
  const different = pairs.filter(({ fate }) => fate !== 'same');
  return (
    <>
      <Lead>{summary(pairs, before.size, after.size)}</Lead>
      <Part title="Side by side">
        {open.length > 0 && (
          <p>
            {open.map((path) => (
              <button key={path} type="button" class="quiet" onClick={() => toggle(path)}>
                Fold {path}
              </button>
            ))}
          </p>
        )}
        <SideBySide struct={name} kind={kind} pairs={pairs} titles={[titleOf(from), titleOf(to)]} onUnfold={toggle} />
      </Part>
      {different.length > 0 && !state.has('module') && <InWords name={name} from={from} to={to} />}
      <DataTable<Pair>
        name={`${name}-compared`}
        caption="Members that differ"
        rows={different}
        keyOf={({ path }) => path}
        empty="Every member is at the same place with the same type."
        columns={[
          { title: 'member', text: ({ path }) => path },
          { title: 'fate', text: ({ fate }) => fate, show: ({ fate }) => <span class={`change ${fate}`}>{fate}</span> },
          { title: 'from', text: ({ before: one }) => (one ? one.start / 8 : ''), numeric: true },
          { title: 'to', text: ({ after: one }) => (one ? one.start / 8 : ''), numeric: true },
          { title: 'by', text: ({ shift }) => (shift === 0 ? '' : shiftText(shift)), numeric: true },
          { title: 'type before', text: ({ before: one }) => one?.type ?? '' },
          { title: 'type after', text: ({ after: one }) => one?.type ?? '', wide: true },
        ]}
      />
    </>
  );
}

/** The index's own words for the difference. */
function InWords({ name, from, to }: { readonly name: string; readonly from: string; readonly to: string }) {
  const asked = useAsk(PairInWordsDocument, { name, from, to });
  const details = asked.data?.diff.entries.flatMap((entry) => entry.details) ?? [];
  if (details.length === 0) return null;
  return (
    <Part title="In words">
      <ul class="words">
        {details.map((detail) => (
          <li key={detail}>{detail}</li>
        ))}
      </ul>
    </Part>
  );
}

function summary(pairs: readonly Pair[], before: number, after: number): string {
  const count = (fate: Pair['fate']): number => pairs.filter((pair) => pair.fate === fate).length;
  if (count('same') === pairs.length)
    return `Both have the same layout: ${plural(pairs.length, 'member')} in ${plural(after, 'byte')}.`;
  const size =
    before === after
      ? `Both are ${plural(after, 'byte')} long.`
      : `It ${after > before ? 'grew' : 'shrank'} by ${plural(Math.abs(after - before), 'byte')}, from ${before.toLocaleString('en')} to ${after.toLocaleString('en')}.`;
  const parts = [
    [count('added'), 'came'],
    [count('removed'), 'went'],
    [count('changed'), 'changed type or size'],
    [count('moved'), 'only moved'],
    [count('same'), 'stayed in place'],
  ] as const;
  const words = parts.flatMap(([some, word]) => (some > 0 ? [`${some} ${word}`] : []));
  return `${size} Of its members, ${listed(words)}.`;
}

const titleOf = (id: string): string => `${kernelName(id).release}, ${kernelName(id).arch}`;

/** The kernel before `to` in its own series that differs in version, else the first of all. */
function earlierKernel(kernels: readonly string[], to: string | undefined): string | undefined {
  if (to === undefined) return kernels[0];
  const { series } = kernelName(to);
  const before = kernels.slice(0, kernels.indexOf(to)).filter((id) => kernelName(id).series === series);
  return before.at(-1) ?? kernels.find((id) => id !== to);
}
