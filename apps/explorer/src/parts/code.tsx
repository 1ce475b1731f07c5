// Code with a title and a button that copies it.
import type { ComponentChildren } from 'preact';
import { Copy } from './copy.tsx';

/** A block of code. `children` stand in for the plain text where parts of it are links. */
export function Code(props: {
  readonly title: string;
  readonly text: string;
  readonly children?: ComponentChildren;
  readonly tall?: boolean;
}) {
  return (
    <figure class={props.tall ? 'code tall' : 'code'}>
      <figcaption>
        {props.title}
        <Copy text={props.text} />
      </figcaption>
      <pre tabIndex={0} aria-label={props.title}>
        {props.children ?? props.text}
      </pre>
    </figure>
  );
}
