// What a text of the address (`?q=`) was found to mean.
import { useEffect, useState } from 'preact/hooks';
import { Loading, Nothing } from '../parts/answer.tsx';
import { useIndexFacts } from './index-facts.tsx';
import { remember } from './recent.ts';
import { type Suggestion, suggest } from './suggest.ts';

export function Found({ text }: { readonly text: string }) {
  const { kernels } = useIndexFacts();
  const [found, setFound] = useState<readonly Suggestion[]>();
  useEffect(() => {
    let left = false;
    suggest(text, kernels, 60).then(
      (list) => left || setFound(list),
      () => left || setFound([]),
    );
    return () => {
      left = true;
    };
  }, [text, kernels]);
  if (found === undefined) return <Loading what="names" />;
  if (found.length === 0) {
    return (
      <Nothing>
        <p>Nothing in this index is called “{text}”, nor anything near it.</p>
        <p>Ask for a name without spaces, a field as struct.field, an event as system/event.</p>
      </Nothing>
    );
  }
  return (
    <section aria-label={`Found for ${text}`}>
      <ul class="questions found">
        {found.map((one) => (
          <li key={one.href}>
            <span class="word">{one.kind}</span>{' '}
            <a href={one.href} onClick={() => remember(one)}>
              {one.name}
            </a>{' '}
            <small>{one.note}</small>
          </li>
        ))}
      </ul>
    </section>
  );
}
