// A field through time: the answer in words, the chart, what happened and what pushed it, each place with its kernels,
// and the code that reads it.
import { useAddressState } from '../address/address.ts';
import { kernelName } from '../address/kernel-id.ts';
import { compareLink, fieldLink, structLink } from '../address/links.ts';
import { type Asked, useAsk } from '../ask/use-ask.ts';
import { FieldOverDocument, UnionFieldOverDocument } from '../generated/operations.ts';
import { Answer } from '../parts/answer.tsx';
import { Code } from '../parts/code.tsx';
import { ModuleChoice, useModule } from '../parts/module-choice.tsx';
import { KernelSet } from '../parts/kernel-set.tsx';
import { Lead, Page, Part } from '../parts/page.tsx';
import { useIndexFacts } from '../start/index-facts.tsx';
import { ChangeTable } from './change-table.tsx';
import { chartModel } from './chart-model.ts';
import { describeField } from './describe.ts';
import { FieldChart } from './field-chart.tsx';
import { NoField } from './no-field.tsx';
import { PlaceTable } from './place-table.tsx';
import { cCode, goCode, rustCode } from './reading-code.ts';
import { type FieldOver, placesByKernel } from './shapes.ts';
import { useOtherNames } from './use-other-names.ts';

export function FieldView({ name }: { readonly name: string }) {
  const [state, change] = useAddressState();
  const { kernels } = useIndexFacts();
  const dot = name.indexOf('.');
  const [struct, path] = dot < 0 ? [name, ''] : [name.slice(0, dot), name.slice(dot + 1)];
  const kind = state.get('kind') === 'union' ? 'union' : 'struct';
  const arch = state.get('arch') ?? '';
  const distro = state.get('distro') ?? '';
  const module = useModule();
  const where = {
    ...(arch ? { arch: [arch] } : {}),
    ...(distro ? { distro: [distro] } : {}),
    ...(module ? { module } : {}),
  };
  const variables = { struct, path, where };
  const structs = useAsk(FieldOverDocument, kind === 'struct' && path !== '' ? variables : undefined);
  const unions = useAsk(UnionFieldOverDocument, kind === 'union' && path !== '' ? variables : undefined);
  const asked = kind === 'struct' ? structs : unions;
  const field = kind === 'struct' ? structs.data?.struct?.field : unions.data?.union?.field;
  const unknown = path === '' || (asked.data !== undefined && !field);
  const names = kernels.map(kernelName);
  return (
    <Page
      word="field"
      title={name}
      tools={
        <>
          <Choice
            label="Architecture"
            all="all"
            chosen={arch}
            values={names.map((one) => one.arch)}
            onChoose={(value) => change({ arch: value || undefined })}
          />
          <Choice
            label="Distribution"
            all="all"
            chosen={distro}
            values={names.map((one) => one.distro)}
            onChoose={(value) => change({ distro: value || undefined })}
          />
          <a href={structLink(struct, { pick: path, ...(kind === 'union' ? { kind } : {}) })}>{struct} drawn</a>
        </>
      }
    >
      {unknown ? (
        <NoField struct={struct} path={path} />
      ) : (
        <Answer of={asked as Asked<unknown>} what="the field in all kernels">
          {() => field && <FieldAnswer struct={struct} path={path} kind={kind} field={field} where={where} />}
        </Answer>
      )}
    </Page>
  );
}

function FieldAnswer(props: {
  readonly struct: string;
  readonly path: string;
  readonly kind: 'struct' | 'union';
  readonly field: FieldOver;
  readonly where: object;
}) {
  const { struct, path, field, kind } = props;
  const having = field.variants.flatMap(({ kernels }) => kernels.map(({ id }) => id));
  const absent = field.absentFrom.map(({ id }) => id);
  const order = useIndexFacts().kernels;
  const inStruct = new Set([...having, ...absent]);
  const ids = order.length === 0 ? [...inStruct] : order.filter((id) => inStruct.has(id));
  const others = useOtherNames(struct, path, field, props.where);
  const model = chartModel(ids, placesByKernel(field.variants));
  const other = others[0];
  const reading = {
    struct,
    path,
    otherName: other?.name,
    otherType: other?.variants[0]?.type,
    variants: field.variants,
  };
  const sentences = describeField(struct, path, field, ids.length);
  return (
    <>
      <Lead>
        {sentences.map((sentence) => (
          <span key={sentence}>{sentence} </span>
        ))}
        {model.axis.length > 1 && others.length === 0 && field.history.every(({ change }) => change === 'ADDED') && (
          <>
            <a href={compareLink(struct, ids[0], ids.at(-1), kind)}>What else changed in {struct}</a>{' '}
          </>
        )}
        {others.map(({ name }) => (
          <span key={name}>
            See{' '}
            <a href={fieldLink(struct, name, kind)}>
              {struct}.{name}
            </a>
            .{' '}
          </span>
        ))}
      </Lead>
      <ModuleChoice of={field.variants} />
      <FieldChart
        struct={struct}
        name={path}
        model={model}
        history={field.history}
        successors={others.map(({ name, variants }) => ({ name, model: chartModel(ids, placesByKernel(variants)) }))}
      />
      <ChangeTable struct={struct} path={path} kind={kind} history={field.history} />
      <PlaceTable
        struct={struct}
        path={path}
        kind={kind}
        variants={field.variants}
        others={others}
        total={order.length}
      />
      {(absent.length > 0 || field.withoutStruct.length > 0) && (
        <Part title="Kernels without it">
          {absent.length > 0 && (
            <p>
              Have {kind} {struct}, but no {path}: <KernelSet ids={absent} total={order.length} />
            </p>
          )}
          {field.withoutStruct.length > 0 && (
            <p>
              Have no {kind} {struct}: <KernelSet ids={field.withoutStruct.map(({ id }) => id)} total={order.length} />
            </p>
          )}
        </Part>
      )}
      <Part title="Read it on all of these">
        <div class="codes">
          <Code title="C, libbpf CO-RE" text={cCode(reading)} />
          <Code title="Go, cilium/ebpf" text={goCode(reading)} />
          <Code title="Rust, aya" text={rustCode(reading)} />
        </div>
      </Part>
    </>
  );
}

function Choice(props: {
  readonly label: string;
  readonly all: string;
  readonly chosen: string;
  readonly values: readonly string[];
  readonly onChoose: (value: string) => void;
}) {
  const values = [...new Set(props.values)].sort();
  if (values.length < 2 && props.chosen === '') return null;
  return (
    <label class="choose">
      <span>{props.label}</span>
      <select value={props.chosen} onChange={(event) => props.onChoose(event.currentTarget.value)}>
        <option value="">{props.all}</option>
        {values.map((value) => (
          <option key={value} value={value}>
            {value}
          </option>
        ))}
      </select>
    </label>
  );
}
