// The search box: suggestions as one types, arrows and Enter to choose, Esc to leave; `/` or Ctrl-K focuses it from
// anywhere.
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { goTo } from '../address/address.ts';
import { startLink } from '../address/links.ts';
import { remember } from './recent.ts';
import { type Suggestion, suggest } from './suggest.ts';
import { useIndexFacts } from './index-facts.tsx';

const DELAY = 60;

export function SearchBox({ large, text: given = '' }: { readonly large?: boolean; readonly text?: string }) {
  const { kernels } = useIndexFacts();
  const [text, setText] = useState(given);
  const [found, setFound] = useState<{ text: string; list: readonly Suggestion[] }>({ text: '', list: [] });
  const [open, setOpen] = useState(false);
  const [active, setActive] = useState(0);
  const input = useRef<HTMLInputElement>(null);
  const id = useId();

  useEffect(() => {
    const focus = (event: KeyboardEvent) => {
      const target = event.target as HTMLElement;
      const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) && (target as HTMLInputElement).type !== 'range';
      const asked = (event.key === '/' && !typing) || (event.key === 'k' && (event.ctrlKey || event.metaKey));
      if (!asked) return;
      event.preventDefault();
      input.current?.focus();
      input.current?.select();
    };
    addEventListener('keydown', focus);
    return () => removeEventListener('keydown', focus);
  }, []);

  useEffect(() => {
    // Where a keyboard is at hand, one begins by typing; on a touch screen its keys would cover what there is to see.
    if (large && given === '' && matchMedia('(hover: hover) and (pointer: fine)').matches) {
      input.current?.focus({ preventScroll: true });
    }
  }, []);

  useEffect(() => {
    let left = false;
    const timer = setTimeout(() => {
      suggest(text, kernels).then(
        (list) => {
          if (left) return;
          setFound({ text, list });
          setActive(0);
        },
        () => left || setFound({ text, list: [] }),
      );
    }, DELAY);
    return () => {
      left = true;
      clearTimeout(timer);
    };
  }, [text, kernels]);

  const choose = (suggestion: Suggestion | undefined) => {
    setOpen(false);
    input.current?.blur();
    if (suggestion === undefined) return goTo(startLink(text));
    remember(suggestion);
    setText(large ? text : '');
    goTo(suggestion.href);
  };
  const key = (event: KeyboardEvent) => {
    const { length } = found.list;
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      setOpen(true);
      if (length > 0) setActive((active + (event.key === 'ArrowDown' ? 1 : length - 1)) % length);
    } else if (event.key === 'Enter' && text.trim() !== '') {
      event.preventDefault();
      // What is on the screen may be of an earlier text: then the answer to this one is waited for.
      if (found.text === text) choose(found.list[active]);
      else
        suggest(text, kernels).then(
          ([first]) => choose(first),
          () => choose(undefined),
        );
    } else if (event.key === 'Escape') {
      if (open) setOpen(false);
      else input.current?.blur();
    }
  };
  const shown = open && found.list.length > 0;
  const empty = open && text.trim() !== '' && found.list.length === 0;
  return (
    <search class={large ? 'search large' : 'search'}>
      <input
        ref={input}
        type="text"
        role="combobox"
        aria-label="Search for a struct, field, function, enumerator, typedef, tracepoint, helper, configuration symbol or kernel"
        aria-expanded={shown}
        aria-controls={`${id}-list`}
        aria-autocomplete="list"
        aria-activedescendant={shown ? `${id}-${active}` : undefined}
        placeholder="struct, struct.field, function, tracepoint, CONFIG_…, kernel"
        autocomplete="off"
        autocapitalize="off"
        spellcheck={false}
        value={text}
        onInput={(event) => {
          setText(event.currentTarget.value);
          setOpen(true);
        }}
        onFocus={() => setOpen(true)}
        onBlur={() => setTimeout(() => setOpen(false), 150)}
        onKeyDown={key}
      />
      <kbd aria-hidden="true">/</kbd>
      <div id={`${id}-list`} role="listbox" aria-label="Meanings" class={shown ? 'suggestions' : 'suggestions none'}>
        {shown &&
          found.list.map((one, i) => (
            <div
              key={one.href}
              id={`${id}-${i}`}
              role="option"
              tabIndex={-1}
              aria-selected={i === active}
              onMouseDown={(event) => event.preventDefault()}
              onMouseMove={() => setActive(i)}
              onClick={() => choose(one)}
            >
              <span class="word">{one.kind}</span> <span class="name">{one.name}</span> <small>{one.note}</small>
            </div>
          ))}
      </div>
      {empty && (
        <p class={found.text === text ? 'suggestions none-found' : 'suggestions none-found looking'} role="status">
          {found.text === text
            ? `Nothing in this index is called “${text.trim()}”, nor anything near it.`
            : 'Looking for names…'}
        </p>
      )}
    </search>
  );
}
