// Compiles assembly/ to src/pass.generated.ts and src/dedup/phases.generated.ts.   node scripts/pass.ts
import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Assembly, compileAssembly, hashOf, IN_GIVEN_MEMORY } from '../../../scripts/compile-assembly.ts';

const home = resolve(import.meta.dirname, '..');

const PASS_ASSEMBLY: Assembly = {
  home,
  main: 'assembly/pass.ts',
  target: 'src/pass.generated.ts',
  constant: 'PASS',
  head: '// Made by scripts/pass.ts from assembly/: the pass over types as wasm, in base64.',
  flags: IN_GIVEN_MEMORY,
};

const DEDUP_ASSEMBLY: Assembly = {
  home,
  main: 'assembly/dedup/main.ts',
  target: 'src/dedup/phases.generated.ts',
  constant: 'PHASES',
  head: '// Made by scripts/pass.ts from assembly/dedup/: the phases of deduplication as wasm, in base64.',
  flags: ['-O3', '--noAssert', '--runtime', 'stub', '--initialMemory', '1', '--maximumMemory', '65536'],
  shared: readdirSync(join(home, 'assembly/dedup'))
    .sort()
    .map((name) => `assembly/dedup/${name}`),
};

/** SHA-256 of what each is compiled from, by the module. */
export function hashesOfSources(): readonly (readonly [target: string, hash: string])[] {
  return [PASS_ASSEMBLY, DEDUP_ASSEMBLY].map((assembly) => [assembly.target, hashOf(assembly)]);
}

if (process.argv[1] === import.meta.filename) {
  for (const assembly of [PASS_ASSEMBLY, DEDUP_ASSEMBLY]) compileAssembly(assembly);
}
