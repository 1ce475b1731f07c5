// A button that copies plain text, and one that downloads it.
import { useState } from 'preact/hooks';

/** Copies the text and says so for a moment. */
export function Copy({ text, label = 'Copy' }: { readonly text: string | (() => string); readonly label?: string }) {
  const [said, say] = useState('');
  const copy = async () => {
    const plain = typeof text === 'string' ? text : text();
    try {
      await navigator.clipboard.writeText(plain);
      say('Copied');
    } catch {
      say(copyBySelection(plain) ? 'Copied' : 'Copying is not allowed here');
    }
    setTimeout(() => say(''), 1600);
  };
  return (
    <button type="button" class="quiet" onClick={copy}>
      <span role="status">{said || label}</span>
    </button>
  );
}

/** For pages that are not on HTTPS or localhost, where there is no clipboard. */
function copyBySelection(text: string): boolean {
  const area = document.createElement('textarea');
  area.value = text;
  area.className = 'offscreen';
  document.body.append(area);
  area.select();
  const done = document.execCommand('copy');
  area.remove();
  return done;
}

/** Offers a text as a file. */
export function Download(props: {
  readonly text: () => string;
  readonly name: string;
  readonly type: string;
  readonly label: string;
}) {
  const download = () => {
    const url = URL.createObjectURL(new Blob([props.text()], { type: props.type }));
    const link = document.createElement('a');
    link.href = url;
    link.download = props.name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(url), 10_000);
  };
  return (
    <button type="button" class="quiet" onClick={download}>
      {props.label}
    </button>
  );
}
