// A struct or union: its layout in one kernel, a slider over the kernels that have it, its distinct layouts, its users.
import { useMemo } from 'preact/hooks';
import { useAddressState } from '../address/address.ts';
import { kernelName, onlyKernel } from '../address/kernel-id.ts';
import { compareLink } from '../address/links.ts';
import { type Asked, useAsk } from '../ask/use-ask.ts';
import {
  LayoutAtDocument,
  LayoutInModuleDocument,
  StructOverDocument,
  UnionOverDocument,
} from '../generated/operations.ts';
import { Answer } from '../parts/answer.tsx';
import { Code } from '../parts/code.tsx';
import { ModuleChoice, useModule } from '../parts/module-choice.tsx';
import { NotFound } from '../parts/not-found.tsx';
import { Lead, Page, Part } from '../parts/page.tsx';
import { byteSize, plural } from '../parts/words.ts';
import { useIndexFacts } from '../start/index-facts.tsx';
import { attachPlace } from '../names/attach-place.ts';
import { KernelSlider } from './kernel-slider.tsx';
import { LayoutDrawing } from './layout-drawing.tsx';
import { LayoutTable, type LayoutSummary } from './layout-table.tsx';
import { MemberPanel } from './member-panel.tsx';
import { holesOf, membersOf } from './members.ts';
import { paholeText } from './pahole-text.ts';
import { toggledPaths, useUnfolded } from './use-unfolded.ts';
import { Users } from './users.tsx';

export function StructView({ kind, name }: { readonly kind: 'struct' | 'union'; readonly name: string }) {
  const module = useModule();
  const structs = useAsk(StructOverDocument, kind === 'struct' ? { name, module } : undefined);
  const unions = useAsk(UnionOverDocument, kind === 'union' ? { name, module } : undefined);
  const over = kind === 'struct' ? structs : unions;
  const data = kind === 'struct' ? structs.data?.struct : unions.data?.union;
  const place = attachPlace(kind === 'struct' ? 'STRUCT' : 'UNION', name);
  if (data === null) return <NotFound kind={kind === 'struct' ? 'STRUCT' : 'UNION'} name={name} module={module} />;
  return (
    <Page
      word={kind}
      title={name}
      tools={
        <>
          <a href={compareLink(name, undefined, undefined, kind)}>Two layouts side by side</a>
          {place && <a href={place.href}>{`The ${place.kind} ${place.name}`}</a>}
        </>
      }
    >
      <Answer of={over as Asked<unknown>} what="its layouts">
        {() => <Layouts kind={kind} name={name} layouts={data?.layouts ?? []} />}
      </Answer>
    </Page>
  );
}

function Layouts(props: {
  readonly kind: 'struct' | 'union';
  readonly name: string;
  readonly layouts: readonly LayoutSummary[];
}) {
  const { kind, name, layouts } = props;
  const { kernels } = useIndexFacts();
  const [state, change] = useAddressState();
  const layoutOf = useMemo(() => new Map(layouts.flatMap((one) => one.kernels.map(({ id }) => [id, one]))), [layouts]);
  const having = useMemo(() => kernels.filter((id) => layoutOf.has(id)), [kernels, layoutOf]);
  const asked = state.get('at');
  const at = asked !== null && (layoutOf.has(asked) || kernels.includes(asked)) ? asked : usualKernel(having);
  const picked = state.get('pick') ?? undefined;
  if (at === undefined) return <p class="loading">No kernel of this index has it.</p>;
  const lacking = kernels.length - having.length;
  return (
    <>
      <Lead>{leadText(layouts, having.length, lacking)}</Lead>
      <ModuleChoice of={layouts} />
      <KernelSlider
        ids={having}
        chosen={at}
        layoutOf={(id) => layoutOf.get(id)?.hash}
        onChoose={(id) => change({ at: id }, { replace: true })}
      />
      {layoutOf.has(at) ? (
        <LayoutIn kind={kind} name={name} at={at} picked={picked} />
      ) : (
        <p class="nothing">
          {kernelName(at).release} has no {kind} {name}: choose another kernel above.
        </p>
      )}
      <LayoutTable kind={kind} name={name} layouts={layouts} total={kernels.length} at={at} />
      <Users kind={kind} name={name} />
    </>
  );
}

function LayoutIn(props: {
  readonly kind: 'struct' | 'union';
  readonly name: string;
  readonly at: string;
  readonly picked: string | undefined;
}) {
  const { kind, name, at, picked } = props;
  const [state, change] = useAddressState();
  const module = useModule();
  const union = kind === 'union';
  const inKernel = useAsk(LayoutAtDocument, module === undefined ? { name, id: at, union } : undefined);
  const where = onlyKernel(at);
  const inModule = useAsk(LayoutInModuleDocument, module === undefined ? undefined : { name, module, where, union });
  const asked: Asked<unknown> = module === undefined ? inKernel : inModule;
  const layout =
    module === undefined
      ? (inKernel.data?.kernel?.struct ?? inKernel.data?.kernel?.union)
      : (inModule.data?.struct ?? inModule.data?.union)?.layouts[0];
  const open = (state.get('open') ?? '').split(',').filter(Boolean);
  const { unfolded } = useUnfolded(layout?.fields, open, at);
  const toggle = (path: string) => change({ open: toggledPaths(open, path).join(',') || undefined });
  return (
    <Answer of={asked} what="the layout">
      {() => {
        if (!layout) return null;
        const text = paholeText(layout);
        const members = membersOf(layout.fields, unfolded);
        return (
          <div class="split">
            <Part title={`Layout in ${kernelName(at).release}, ${kernelName(at).arch}`}>
              <p class="dim">{factsText(layout)}</p>
              <Legend />
              <LayoutDrawing
                name={name}
                size={layout.size}
                fields={layout.fields}
                unfolded={unfolded}
                picked={picked}
                onPick={(path) => change({ pick: path }, { replace: true })}
                onUnfold={toggle}
              />
            </Part>
            <div class="beside">
              <MemberPanel
                kind={kind}
                struct={name}
                at={at}
                members={members}
                member={members.find(({ path }) => path === picked)}
                onPick={(path) => change({ pick: path }, { replace: true })}
                open={open}
                onUnfold={toggle}
              />
              <Code title="In C, as pahole has it" text={text} tall />
            </div>
          </div>
        );
      }}
    </Answer>
  );
}

function Legend() {
  const kinds = ['integer', 'pointer', 'composite', 'array', 'enum', 'named', 'hole'];
  const words: Record<string, string> = { composite: 'struct or union', named: 'typedef', integer: 'number' };
  return (
    <p class="legend">
      {kinds.map((kind) => (
        <span key={kind}>
          <span class={`swatch ${kind}`} aria-hidden="true" /> {words[kind] ?? kind}
        </span>
      ))}
      <span class="dim">A row is a cache line of 64 bytes where it fits.</span>
    </p>
  );
}

/** The latest x86_64 kernel, else the latest of all: what most have in mind. */
export function usualKernel(ids: readonly string[]): string | undefined {
  return ids.findLast((id) => kernelName(id).arch === 'x86_64') ?? ids.at(-1);
}

function leadText(layouts: readonly LayoutSummary[], having: number, lacking: number): string {
  const sizes = layouts.map(({ size }) => size);
  const [least, most] = [Math.min(...sizes), Math.max(...sizes)];
  const range = least === most ? plural(least, 'byte') : `${least.toLocaleString('en')} to ${plural(most, 'byte')}`;
  const where =
    lacking === 0
      ? `all ${plural(having, 'kernel')}`
      : `${plural(having, 'kernel')}; ${lacking} ${lacking === 1 ? 'has' : 'have'} none`;
  return layouts.length === 1
    ? `One layout of ${range} in ${where}.`
    : `${plural(layouts.length, 'distinct layout')} of ${range} in ${where}.`;
}

function factsText(layout: { readonly size: number; readonly fields: Parameters<typeof membersOf>[0] }): string {
  const members = membersOf(layout.fields);
  const holes = holesOf(members, layout.size);
  const lost = holes.reduce((sum, { bits }) => sum + bits, 0);
  const parts = [
    plural(layout.size, 'byte'),
    plural(Math.ceil(layout.size / 64), 'cache line'),
    plural(members.length, 'member'),
    lost === 0
      ? 'no holes'
      : `${plural(holes.length, 'hole')} of ${lost % 8 === 0 ? byteSize(lost / 8) : `${lost} bits`}`,
  ];
  return parts.join(' · ');
}
