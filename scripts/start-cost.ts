// Which modules of the CLI are light: they start with the packages without dependencies and with what Node has ready at start.
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { importsOf } from './check-imports.ts';
import { FLOW } from './package-order.ts';

/** Modules of Node that take milliseconds to load: only what serves needs them. */
const SLOW: ReadonlySet<string> = new Set([
  'node:cluster',
  'node:http',
  'node:https',
  'node:net',
  'node:worker_threads',
]);

/** True if the module, and all it imports statically, imports nothing but quick `node:` modules and pure packages. */
export function isLight(file: string, seen: Set<string> = new Set()): boolean {
  if (seen.has(file)) return true;
  seen.add(file);
  const code = readFileSync(file, 'utf8').replace(/^(?:import|export) type [^;]*;/gm, '');
  return importsOf(code, 'static').every((specifier) => {
    if (specifier.startsWith('.')) return isLight(resolve(dirname(file), specifier), seen);
    return specifier.startsWith('node:') ? !SLOW.has(specifier) : FLOW[specifier]?.pure === true;
  });
}
