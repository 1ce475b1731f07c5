// A trace event: each distinct format with its kernels, what changed between them, and a struct to read it by.
import { startLink } from '../address/links.ts';
import { useAsk } from '../ask/use-ask.ts';
import { TracepointOverDocument, type TracepointOverQuery } from '../generated/operations.ts';
import { Answer } from '../parts/answer.tsx';
import { Code } from '../parts/code.tsx';
import { type Column, DataTable } from '../parts/data-table.tsx';
import { Lead, Page } from '../parts/page.tsx';
import { plural } from '../parts/words.ts';
import { formName } from '../parts/form-name.ts';
import { StateTable } from './state-table.tsx';
import { idsIn, stateSentence } from './states.ts';

type Variant = TracepointOverQuery['tracepoint'][number];
type EventField = NonNullable<Variant['fields']>[number];
interface Row {
  readonly name: string;
  readonly fields: readonly (EventField | undefined)[];
}

export function TracepointView({ name }: { readonly name: string }) {
  const asked = useAsk(TracepointOverDocument, { name });
  return (
    <Page word="tracepoint" title={name}>
      <Answer of={asked} what="its formats">
        {({ tracepoint }) => {
          const forms = tracepoint.filter(({ fields }) => fields !== null);
          const latest = forms.at(-1);
          const somewhere = idsIn(tracepoint, 'PRESENT').length > 0;
          return (
            <>
              <Lead>
                {stateSentence(tracepoint)} {forms.length > 1 && formsSentence(forms)}{' '}
                {!somewhere && <a href={startLink(name)}>Search for “{name}”</a>}
              </Lead>
              <StateTable
                name={`tracepoint-${name.replace('/', '-')}`}
                caption="Formats"
                rows={tracepoint}
                keyOf={({ state, format }) => `${state} ${format}`}
                columns={[
                  {
                    title: 'form',
                    text: (row) => (row.fields === null ? '' : formName(forms.indexOf(row))),
                  },
                  { title: 'fields', text: ({ fields }) => fields?.length ?? '', numeric: true },
                  { title: 'module', text: ({ module }) => module ?? '' },
                ]}
              />
              {forms.length > 0 && (
                <DataTable
                  name={`tracepoint-${name.replace('/', '-')}-fields`}
                  caption="Its own fields: offset and size in each form"
                  rows={rowsOf(forms)}
                  keyOf={(row) => row.name}
                  columns={columnsOf(forms)}
                />
              )}
              {latest && (
                <div class="codes">
                  <Code title="The latest format, as tracefs has it" text={latest.format ?? ''} />
                  <Code title="Its record in C" text={structOf(name, latest)} />
                </div>
              )}
            </>
          );
        }}
      </Answer>
    </Page>
  );
}

function formsSentence(forms: readonly Variant[]): string {
  const records = new Set(forms.map(({ fields }) => JSON.stringify(fields)));
  const count = `Its format has ${plural(forms.length, 'form')}`;
  if (records.size === 1) return `${count} that differ in what is printed alone: the record is the same in all.`;
  return records.size === forms.length ? `${count}.` : `${count}, of ${plural(records.size, 'distinct record')}.`;
}

function columnsOf(forms: readonly Variant[]): Column<Row>[] {
  return [
    { title: 'field', text: ({ fields }) => fields.findLast(Boolean)?.declaration ?? '' },
    ...forms.map(
      (_, i): Column<Row> => ({
        title: formName(i),
        text: ({ fields }) => placeOf(fields[i]),
        show: ({ fields }) => {
          const [now, before] = [fields[i], fields.slice(0, i).findLast(Boolean)];
          if (now === undefined) return <span class="dim">–</span>;
          const same =
            before === undefined || (placeOf(before) === placeOf(now) && before.declaration === now.declaration);
          return same ? placeOf(now) : <mark title={now.declaration}>{placeOf(now)}</mark>;
        },
      }),
    ),
  ];
}

const placeOf = (field: EventField | undefined): string =>
  field === undefined ? '' : `${field.offset}, ${field.size}`;

/** Fields in the order of the latest form that has them. */
function rowsOf(forms: readonly Variant[]): Row[] {
  const nameOf = ({ declaration }: EventField): string => /(\w+)(?:\[[^\]]*\])*$/.exec(declaration)?.[1] ?? declaration;
  const byName = forms.map(({ fields }) => new Map((fields ?? []).map((field) => [nameOf(field), field])));
  const names = new Set(byName.toReversed().flatMap((own) => [...own.keys()]));
  return [...names].map((field) => ({ name: field, fields: byName.map((own) => own.get(field)) }));
}

/** The record as a struct whose members stand where the format says. */
function structOf(name: string, { fields }: Variant): string {
  const lines = (fields ?? []).map(
    ({ declaration, offset, size }) => `\t${member(declaration, size)}; /* ${offset} ${size} */`,
  );
  const tag = name.slice(name.indexOf('/') + 1).replace(/\W/g, '_');
  return `struct trace_event_${tag} {\n\tstruct trace_entry common; /* 0 8 */\n${lines.join('\n')}\n};\n`;
}

/** `__data_loc char[] name` is a 32-bit word that says where the text is. */
function member(declaration: string, size: number): string {
  const data = /^__(?:rel_)?(?:data_loc|loc) .*?(\w+)$/.exec(declaration);
  if (data === null) return declaration;
  return `${size === 4 ? 'unsigned int' : `unsigned char`} ${/^__rel/.test(declaration) ? '__rel_loc_' : '__data_loc_'}${data[1]}`;
}
