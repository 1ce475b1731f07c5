// A button that copies plain text, and one that downloads it.
import { useState } from 'preact/hooks';

/** Copies the text and says so for a moment. */
export function Copy(props: { readonly text: string | (() => string | Promise<string>); readonly label?: string }) {
  const { text, label = 'Copy' } = props;
  const [said, say] = useState('');
  const copy = async () => {
    const timer = setTimeout(() => say('…'), 200);
    let plain: string;
    try {
      plain = typeof text === 'string' ? text : await text();
    } catch {
      say('The rows did not come');
      return;
    } finally {
      clearTimeout(timer);
    }
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
  readonly text: () => string | Promise<string>;
  readonly name: string;
  readonly type: string;
  readonly label: string;
}) {
  const [said, say] = useState('');
  const download = async () => {
    const timer = setTimeout(() => say('…'), 200);
    let text: string;
    try {
      text = await props.text();
    } catch {
      say('The rows did not come');
      setTimeout(() => say(''), 1600);
      return;
    } finally {
      clearTimeout(timer);
    }
    say('');
    const url = URL.createObjectURL(new Blob([text], { type: props.type }));
    const link = document.createElement('a');
    link.href = url;
    link.download = props.name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(url), 10_000);
  };
  return (
    <button type="button" class="quiet" onClick={download}>
      <span role="status">{said || props.label}</span>
    </button>
  );
}
