// Compiles assembly/same-types/ to src/prepare/same-types.generated.ts.   node scripts/same-types.ts
import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Assembly, compileAssembly, hashOf, IN_GIVEN_MEMORY } from '../../../scripts/compile-assembly.ts';

const home = resolve(import.meta.dirname, '..');

const SAME_TYPES_ASSEMBLY: Assembly = {
  home,
  main: 'assembly/same-types/main.ts',
  sources: readdirSync(join(home, 'assembly/same-types'))
    .sort()
    .map((name) => `same-types/${name}`),
  target: 'src/prepare/same-types.generated.ts',
  constant: 'SAME_TYPES',
  head: '// Made by scripts/same-types.ts from assembly/same-types/: types of a kernel against those of the one before, as wasm in base64.',
  flags: IN_GIVEN_MEMORY,
};

/** SHA-256 of what it is compiled from. */
export function hashOfSources(): string {
  return hashOf(SAME_TYPES_ASSEMBLY);
}

if (process.argv[1] === import.meta.filename) compileAssembly(SAME_TYPES_ASSEMBLY);
