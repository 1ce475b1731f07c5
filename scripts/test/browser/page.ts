// The page's script: takes its input from the page, does the work, and leaves the result in the document.
import { work } from './work.ts';

declare const document: { title: string; body: { textContent: string | null } };
declare const INPUT: { kernel: string; object: string };

const bytes = (base64: string): Uint8Array => Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));

try {
  const result = work(bytes(INPUT.kernel), bytes(INPUT.object));
  document.body.textContent = JSON.stringify(result);
  document.title = 'done';
} catch (error) {
  document.body.textContent = String((error as Error).stack ?? error);
}
