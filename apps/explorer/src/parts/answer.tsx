// The placeholder of an answer: a quiet line while it loads, and what to do when it fails.
import type { ComponentChildren } from 'preact';
import type { AskError } from '../ask/ask.ts';
import type { Asked } from '../ask/use-ask.ts';
import { startLink } from '../address/links.ts';

/** Shows `children` of the answer, or why there is none. An answer to an earlier question stays, dimmed. */
export function Answer<Data>(props: {
  readonly of: Asked<Data>;
  readonly what: string;
  readonly children: (data: Data) => ComponentChildren;
}) {
  const { data, error, stale, retry } = props.of;
  if (error !== undefined) return <Problem error={error} retry={retry} />;
  if (data === undefined) return <Loading what={props.what} />;
  return (
    <div class={stale ? 'stale' : undefined} aria-busy={stale}>
      {props.children(data)}
    </div>
  );
}

/** Says what is awaited. */
export function Loading({ what }: { readonly what: string }) {
  return (
    <p class="loading" role="status">
      <span class="bar" aria-hidden="true" />
      Loading {what}…
    </p>
  );
}

/** Says why there is no answer, and what to do. */
export function Problem({ error, retry }: { readonly error: AskError; readonly retry: () => void }) {
  const [title, remedy] = explain(error);
  return (
    <div class="problem" role="alert">
      <p>
        <strong>{title}</strong>
      </p>
      <p>{remedy}</p>
      <p>
        <button type="button" onClick={retry}>
          Try again
        </button>{' '}
        <a href={startLink()}>Back to the start</a>
      </p>
    </div>
  );
}

function explain({ code, message }: AskError): [title: string, remedy: string] {
  switch (code) {
    case 'LOST':
      return ['The server does not answer', 'It may have been stopped. Start it with “btfq serve”, then try again.'];
    case 'TIMEOUT':
    case 'OVERLOADED':
      return ['The server took too long', `${message}. It may be busy: try again in a moment.`];
    case 'AMBIGUOUS_KERNEL':
    case 'BAD_USER_INPUT':
      return ['The address names no single kernel', `${message}. Choose one from the list of kernels.`];
    case 'UNAVAILABLE':
      return ['This cannot be answered here', message];
    default:
      return ['The question was refused', message];
  }
}

/** An empty answer: what is not there, and where to go on. */
export function Nothing({ children }: { readonly children: ComponentChildren }) {
  return <div class="nothing">{children}</div>;
}
