// What `btfq --version` prints.
import { existsSync, readFileSync } from 'node:fs';

/** `btfq 1.2.3` */
export function versionLine(): string {
  // One folder up from the sources, two from the bundle, three from that of a command.
  const places = ['../package.json', '../../package.json', '../../../package.json'];
  const file = places.map((up) => new URL(up, import.meta.url)).find(existsSync);
  const version = file && (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
  return `btfq ${version ?? '(unknown version)'}`;
}
