// What `btfq --version` prints.
import { readFileSync } from 'node:fs';

/** `btfq 1.2.3` */
export function versionLine(): string {
  const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string };
  return `btfq ${manifest.version}`;
}
