// The entries of a difference, page by page.
import { useEffect, useRef, useState } from 'preact/hooks';
import { compareLink, declarationLink } from '../address/links.ts';
import { AskError } from '../ask/ask.ts';
import { askOnce } from '../ask/use-ask.ts';
import { type ChangeKind, DiffPageDocument, type DiffPageQuery, type TypeKind } from '../generated/operations.ts';
import { Loading, Problem } from '../parts/answer.tsx';
import { kernelName } from '../address/kernel-id.ts';
import { Lead } from '../parts/page.tsx';
import { DataTable } from '../parts/data-table.tsx';
import { ModuleChoice } from '../parts/module-choice.tsx';
import { plural } from '../parts/words.ts';
import { KIND_WORDS } from '../start/suggest.ts';

type Entry = DiffPageQuery['diff']['entries'][number];
type Counts = Omit<DiffPageQuery['diff'], 'entries'>;
const PAGE = 500;
const SHOWN_DETAILS = 3;

interface Filter {
  readonly from: string;
  readonly to: string;
  readonly kinds: readonly TypeKind[] | undefined;
  readonly change: readonly ChangeKind[] | undefined;
  readonly text: string;
  readonly module: string | undefined;
}

export function DiffEntries(filter: Filter) {
  const { entries, counts, error, more, retry } = useEntries(filter);
  if (error !== undefined) return <Problem error={error} retry={retry} />;
  if (counts === undefined) return <Loading what="what differs" />;
  const { total, added, removed, changed } = counts;
  return (
    <>
      <Lead>
        From {kernelName(filter.from).release} to {kernelName(filter.to).release}: {plural(added, 'declaration')} came,{' '}
        {removed.toLocaleString('en')} went, {changed.toLocaleString('en')} changed
        {counts.modulesCompared ? ', those of modules among them' : ''}.
      </Lead>
      <ModuleChoice of={placesOf(counts.modules)} />
      <DataTable<Entry>
        name="difference"
        caption={
          entries.length < total
            ? `${plural(total, 'declaration')}, the first ${entries.length} of them here`
            : plural(total, 'declaration')
        }
        rows={entries}
        keyOf={({ kind, name }) => `${kind} ${name}`}
        empty="Nothing differs by these filters."
        onEnd={more}
        allRows={() => allEntries(filter)}
        columns={[
          {
            title: 'change',
            text: ({ change }) => change.toLowerCase(),
            show: ({ change }) => <span class={`change ${change.toLowerCase()}`}>{change.toLowerCase()}</span>,
          },
          { title: 'kind', text: ({ kind }) => KIND_WORDS[kind] },
          {
            title: 'name',
            text: ({ name }) => name,
            show: ({ kind, name, change }) => (
              <a
                href={
                  change === 'CHANGED' && (kind === 'STRUCT' || kind === 'UNION')
                    ? compareLink(name, filter.from, filter.to, kind === 'UNION' ? 'union' : 'struct')
                    : declarationLink(kind, name)
                }
              >
                {name}
              </a>
            ),
          },
          {
            title: 'how',
            text: ({ details, indirect, modules }) =>
              [...details, indirect ? 'only by a type that it names' : '', modules.join(' ')]
                .filter(Boolean)
                .join('; '),
            show: ({ details, indirect, modules }) => (
              <>
                {details.slice(0, SHOWN_DETAILS).join('; ')}
                {details.length > SHOWN_DETAILS && <span class="dim">; and {details.length - SHOWN_DETAILS} more</span>}
                {indirect && <span class="dim"> only by a type that it names</span>}
                {modules.length > 0 && <span class="dim"> {modules.slice(0, 3).join(', ')}</span>}
              </>
            ),
            wide: true,
          },
        ]}
      />
    </>
  );
}

/** The choice is of the kernel itself and of every module that differs. */
const placesOf = (modules: readonly string[]) =>
  modules.length === 0 ? [] : [null, ...modules].map((module) => ({ places: [{ module }] }));

const variablesOf = ({ from, to, kinds, change, text, module }: Filter) => ({
  from,
  to,
  kinds: kinds ?? null,
  change: change ?? null,
  text: text || null,
  module: module ?? null,
});

/** Every entry, page by page. */
async function allEntries(filter: Filter): Promise<readonly Entry[]> {
  const all: Entry[] = [];
  for (let after: string | null = null; ; ) {
    const { diff }: DiffPageQuery = await askOnce(DiffPageDocument, { ...variablesOf(filter), first: PAGE, after });
    all.push(...diff.entries);
    const last = diff.entries.at(-1);
    if (last === undefined || all.length >= diff.total) return all;
    after = last.cursor;
  }
}

/** The pages so far, and how to get the next. A change of the filter begins anew. */
function useEntries(filter: Filter) {
  const key = JSON.stringify(filter);
  const [state, set] = useState<{ key: string; entries: readonly Entry[]; counts?: Counts; error?: AskError }>({
    key: '',
    entries: [],
  });
  const [attempt, setAttempt] = useState(0);
  const busy = useRef('');
  const current = state.key === key ? state : { key, entries: [] as readonly Entry[] };
  const load = (after: string | null, known: readonly Entry[]) => {
    if (busy.current === key + after) return;
    busy.current = key + after;
    askOnce(DiffPageDocument, { ...variablesOf(filter), first: PAGE, after }).then(
      ({ diff }) => busy.current === key + after && set({ key, entries: [...known, ...diff.entries], counts: diff }),
      (error) =>
        set({ key, entries: known, error: error instanceof AskError ? error : new AskError(String(error), 'PAGE') }),
    );
  };
  // The key stands for the filter
  useEffect(() => {
    busy.current = '';
    const timer = setTimeout(() => load(null, []), 80);
    return () => clearTimeout(timer);
  }, [key, attempt]);
  const counts = 'counts' in current ? current.counts : undefined;
  return {
    entries: current.entries,
    counts,
    error: 'error' in current ? current.error : undefined,
    more: () => {
      const last = current.entries.at(-1);
      if (last !== undefined && counts !== undefined && current.entries.length < counts.total)
        load(last.cursor, current.entries);
    },
    retry: () => setAttempt(attempt + 1),
  };
}
