// The frame of a view: its heading, a line in words that answers its question, and what follows.
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

/** A view. `title` becomes the window's title; `word` is what kind of thing it is. */
export function Page(props: {
  readonly title: string;
  readonly word?: string;
  readonly tools?: ComponentChildren;
  readonly plain?: boolean;
  readonly children: ComponentChildren;
}) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${props.word ? `${props.word} ` : ''}${props.title} · btfq`;
  }, [props.title, props.word]);
  return (
    <main id="main" tabIndex={-1}>
      <header class="page-head">
        <h1 ref={heading} class={props.plain ? 'plain' : undefined}>
          {props.word && <span class="word">{props.word} </span>}
          {props.title}
        </h1>
        {props.tools && <div class="tools">{props.tools}</div>}
      </header>
      {props.children}
    </main>
  );
}

/** The answer in words, above its picture. */
export function Lead({ children }: { readonly children: ComponentChildren }) {
  return <p class="lead">{children}</p>;
}

/** A part of a view. */
export function Part(props: {
  readonly title: string;
  readonly tools?: ComponentChildren;
  readonly children: ComponentChildren;
}) {
  return (
    <section class="part" aria-label={props.title}>
      <div class="table-head">
        <h2>{props.title}</h2>
        {props.tools && <span class="tools">{props.tools}</span>}
      </div>
      {props.children}
    </section>
  );
}
