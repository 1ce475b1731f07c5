// Which modules of the CLI are light: they start with Node and the packages without dependencies alone.
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { importsOf } from './check-imports.ts';
import { FLOW } from './package-order.ts';

/** True if the module, and all it imports statically, imports nothing but `node:` and pure packages. */
export function isLight(file: string, seen: Set<string> = new Set()): boolean {
  if (seen.has(file)) return true;
  seen.add(file);
  const code = readFileSync(file, 'utf8').replace(/^(?:import|export) type [^;]*;/gm, '');
  return importsOf(code, 'static').every((specifier) => {
    if (specifier.startsWith('.')) return isLight(resolve(dirname(file), specifier), seen);
    return specifier.startsWith('node:') || FLOW[specifier]?.pure === true;
  });
}
