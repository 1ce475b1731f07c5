// Offsets for programs in any language: entries are chosen by clicking members, and the table for all kernels is there as code.
import { useEffect, useState } from 'preact/hooks';
import { useAddressState } from '../address/address.ts';
import { kernelName } from '../address/kernel-id.ts';
import { useAsk } from '../ask/use-ask.ts';
import { OffsetsOfDocument } from '../generated/operations.ts';
import { Problem } from '../parts/answer.tsx';
import { Page, Part } from '../parts/page.tsx';
import { useIndexFacts } from '../start/index-facts.tsx';
import { usualKernel } from '../struct/struct-view.tsx';
import { EntryTable } from './entry-table.tsx';
import { MemberPicker } from './member-picker.tsx';
import { OffsetsCode } from './offsets-code.tsx';
import { OffsetRows } from './offset-rows.tsx';
import {
  addressOf,
  entriesOf,
  type Entry,
  entryFor,
  type EntryKind,
  keepEntries,
  KINDS,
  lastEntries,
  specText,
} from './spec.ts';

export function OffsetsView() {
  const [state, change] = useAddressState();
  const { kernels } = useIndexFacts();
  const address = state.get('entries') ?? '';
  const lang = state.get('lang') ?? 'c';
  const struct = state.get('struct') ?? 'task_struct';
  const entries = entriesOf(address);
  // Coming here without entries goes on with those that were built last.
  useEffect(() => {
    const last = lastEntries();
    if (address === '' && last !== '') change({ entries: last }, { replace: true });
  }, []);
  const set = (next: readonly Entry[]) => {
    const text = addressOf(next);
    keepEntries(text);
    change({ entries: text || undefined });
  };
  const add = (path: string, kind: EntryKind = 'offset') => {
    if (!entries.some((one) => one.kind === kind && one.paths.includes(path))) {
      set([...entries, entryFor(path, kind, entries)]);
    }
  };
  const spec = specText(entries);
  const asked = useAsk(OffsetsOfDocument, entries.length > 0 ? { spec, lang } : undefined);
  const latest = usualKernel(kernels);
  return (
    <Page title="Offsets" plain>
      <p>
        For programs that read kernel memory without CO-RE: choose members, and take the table of their offsets on every
        kernel of this index in your language. <code>btfq offsets</code> makes the same from the SPEC.
      </p>
      <div class="split offsets">
        <Part title="Choose">
          <label class="filter">
            <span>Members of struct</span>
            <input
              type="search"
              value={struct}
              spellcheck={false}
              onInput={(event) => change({ struct: event.currentTarget.value.trim() || undefined }, { replace: true })}
            />
          </label>
          {latest !== undefined && struct !== '' && (
            <MemberPicker
              struct={struct}
              path={struct}
              at={latest}
              early={earliestLike(kernels, latest)}
              chosen={entries.flatMap(({ paths }) => paths)}
              onAdd={(path) => add(path)}
            />
          )}
          <AddByPath onAdd={add} />
        </Part>
        <div class="beside">
          <EntryTable entries={entries} answer={asked.data?.offsets.entries} onChange={set} />
          {asked.error !== undefined && <Problem error={asked.error} retry={asked.retry} />}
          {entries.length > 0 && asked.error === undefined && (
            <OffsetsCode
              spec={spec}
              lang={lang}
              text={asked.data?.offsets.text ?? undefined}
              stale={asked.stale}
              onLanguage={(word) => change({ lang: word === 'c' ? undefined : word }, { replace: true })}
            />
          )}
        </div>
      </div>
      {entries.length > 0 && asked.data !== undefined && asked.error === undefined && (
        <OffsetRows entries={asked.data.offsets.entries} rows={asked.data.offsets.rows} />
      )}
    </Page>
  );
}

/** What has no member to click: sizes, values of enumerators, functions and their parameters. */
function AddByPath({ onAdd }: { readonly onAdd: (path: string, kind: EntryKind) => void }) {
  const [path, setPath] = useState('');
  const [kind, setKind] = useState<EntryKind>('size');
  return (
    <form
      class="filters"
      onSubmit={(event) => {
        event.preventDefault();
        if (path.trim() === '') return;
        onAdd(path.trim().replaceAll(/[;|]/g, ''), kind);
        setPath('');
      }}
    >
      <label class="choose">
        <span>Or the</span>
        <select value={kind} onChange={(event) => setKind(event.currentTarget.value as EntryKind)}>
          {KINDS.map((word) => (
            <option key={word} value={word}>
              {word}
            </option>
          ))}
        </select>
      </label>
      <label class="filter">
        <span>of</span>
        <input
          type="text"
          value={path}
          spellcheck={false}
          placeholder={PLACEHOLDERS[kind]}
          onInput={(event) => setPath(event.currentTarget.value)}
        />
      </label>
      <button type="submit">Add</button>
    </form>
  );
}

const PLACEHOLDERS: Record<EntryKind, string> = {
  offset: 'task_struct.real_parent->tgid',
  container_of: 'mount.mnt',
  size: 'task_struct',
  exists: 'bpf_attr.prog_token_fd',
  value: 'pid_type.PIDTYPE_SID',
  function: 'vfs_rename',
  parameter: 'vfs_unlink.dentry',
};

/** The first kernel of the same distribution and architecture: what went since is shown, too. */
function earliestLike(kernels: readonly string[], latest: string): string {
  const { distro, arch } = kernelName(latest);
  return kernels.map(kernelName).find((one) => one.distro === distro && one.arch === arch)?.id ?? latest;
}
