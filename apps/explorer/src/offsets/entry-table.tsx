// The entries of a SPEC: named, with alternatives, required or not; where one is missing, what it may have been called.
import { useAsk } from '../ask/use-ask.ts';
import { type OffsetsOfQuery, RenamesOfDocument } from '../generated/operations.ts';
import { KernelSet } from '../parts/kernel-set.tsx';
import { plural } from '../parts/words.ts';
import { useIndexFacts } from '../start/index-facts.tsx';
import { type Entry, entryName } from './spec.ts';

type Answered = OffsetsOfQuery['offsets']['entries'][number];

export function EntryTable(props: {
  readonly entries: readonly Entry[];
  readonly answer: readonly Answered[] | undefined;
  readonly onChange: (entries: readonly Entry[]) => void;
}) {
  const { entries, answer, onChange } = props;
  if (entries.length === 0) {
    return <p class="nothing">Nothing is chosen yet: click a member to add it.</p>;
  }
  const replace = (at: number, entry: Entry | undefined) =>
    onChange(entries.flatMap((one, i) => (i === at ? (entry === undefined ? [] : [entry]) : [one])));
  return (
    <section aria-label="Entries">
      <div class="table-head">
        <h2>{plural(entries.length, 'entry', 'entries')}</h2>
        <button type="button" class="quiet" onClick={() => onChange([])}>
          Clear
        </button>
      </div>
      <ul class="entries">
        {entries.map((entry, i) => (
          <li key={`${entry.kind} ${entry.paths[0]}`}>
            <div class="entry">
              <input
                type="text"
                aria-label={`Name of ${entry.paths[0]}`}
                value={entry.name}
                spellcheck={false}
                onChange={(event) => replace(i, { ...entry, name: entryName(event.currentTarget.value) ?? entry.name })}
              />
              <span class="paths">
                {entry.kind !== 'offset' && <span class="word">{entry.kind} </span>}
                <code>{entry.paths.join(', else ')}</code>
              </span>
              <label>
                <input
                  type="checkbox"
                  checked={entry.optional}
                  onChange={(event) => replace(i, { ...entry, optional: event.currentTarget.checked })}
                />{' '}
                may be missing
              </label>
              <button
                type="button"
                class="quiet"
                aria-label={`Take ${entry.name} away`}
                onClick={() => replace(i, undefined)}
              >
                ×
              </button>
            </div>
            <Missing
              entry={entry}
              ids={answer?.find(({ name }) => name === entry.name)?.missingIn.map(({ id }) => id) ?? []}
              onTry={(path) => replace(i, { ...entry, paths: [...entry.paths, path] })}
            />
          </li>
        ))}
      </ul>
    </section>
  );
}

function Missing(props: {
  readonly entry: Entry;
  readonly ids: readonly string[];
  readonly onTry: (path: string) => void;
}) {
  const { entry, ids } = props;
  const total = useIndexFacts().kernels.length;
  const [struct = '', ...rest] = (entry.paths[0] ?? '').split('.');
  const path = rest.join('.');
  const renameable =
    ids.length > 0 && (entry.kind === 'offset' || entry.kind === 'container_of') && !path.includes('->');
  const asked = useAsk(RenamesOfDocument, renameable && path !== '' ? { struct, path } : undefined);
  if (ids.length === 0) return null;
  const prefix = path.includes('.') ? path.slice(0, path.lastIndexOf('.') + 1) : '';
  const renames = renameable
    ? (asked.data?.struct?.field?.history ?? []).flatMap(({ change, otherName }) =>
        change === 'RENAMED' && otherName
          ? [`${struct}.${otherName.includes('.') ? otherName : prefix + otherName}`]
          : [],
      )
    : [];
  const others = [...new Set(renames)].filter((one) => !entry.paths.includes(one));
  return (
    <p class={entry.optional ? 'missing dim' : 'missing'}>
      missing in <KernelSet ids={ids} total={total} />
      {others.map((other) => (
        <button key={other} type="button" onClick={() => props.onTry(other)}>
          also try {other}
        </button>
      ))}
    </p>
  );
}
