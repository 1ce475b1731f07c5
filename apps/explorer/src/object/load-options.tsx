// What user space does to an object before it loads it: as the flags of `btfq loads` say it, kept in the address.
import { useState } from 'preact/hooks';
import { useAddressState } from '../address/address.ts';

const WORDS = [
  ['set', 'Read-only variables', 'targ_pid=1 targ_ms=true'],
  ['attach', 'Attach programs to', 'on_open=do_sys_openat2'],
  ['skip', 'Programs that are switched off', 'on_exit'],
  ['max-entries', 'Entries of maps', 'events=1024'],
] as const;

const listOf = (text: string | null): readonly string[] | null => {
  const words = (text ?? '').split(/\s+/).filter(Boolean);
  return words.length === 0 ? null : words;
};

/** The variables of the question, by the address. */
export const loadOptions = (state: URLSearchParams) => ({
  set: listOf(state.get('set')),
  attach: listOf(state.get('attach')),
  skip: listOf(state.get('skip')),
  maxEntries: listOf(state.get('max-entries')),
  all: state.has('all'),
});

export function LoadOptions() {
  const [state, change] = useAddressState();
  const used = WORDS.some(([word]) => state.has(word)) || state.has('all');
  const [open] = useState(used);
  return (
    <details open={open}>
      <summary>What your loading program sets before it loads: variables, attach targets, programs turned off</summary>
      <div class="filters">
        {WORDS.map(([word, title, example]) => (
          <label class="filter" key={word}>
            <span>{title}</span>
            <input
              type="text"
              spellcheck={false}
              placeholder={example}
              value={state.get(word) ?? ''}
              onChange={(event) => change({ [word]: event.currentTarget.value.trim() || undefined }, { replace: true })}
            />
          </label>
        ))}
        <label>
          <input
            type="checkbox"
            checked={state.has('all')}
            onChange={(event) => change({ all: event.currentTarget.checked ? '1' : undefined }, { replace: true })}
          />{' '}
          also programs of sections that begin with <code>?</code>
        </label>
      </div>
    </details>
  );
}
