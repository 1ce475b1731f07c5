// Compiles assembly/ to src/pass.generated.ts.   node scripts/pass.ts
import { resolve } from 'node:path';
import { type Assembly, compileAssembly, hashOf } from '../../../scripts/compile-assembly.ts';

const PASS_ASSEMBLY: Assembly = {
  home: resolve(import.meta.dirname, '..'),
  main: 'assembly/pass.ts',
  target: 'src/pass.generated.ts',
  constant: 'PASS',
  head: '// Made by scripts/pass.ts from assembly/: the pass over types as wasm, in base64.',
  flags: [
    '-O3',
    '--noAssert',
    '--runtime',
    'stub',
    '--importMemory',
    '--initialMemory',
    '1',
    '--maximumMemory',
    '65536',
  ],
};

/** SHA-256 of what it is compiled from. */
export function hashOfSources(): string {
  return hashOf(PASS_ASSEMBLY);
}

if (process.argv[1] === import.meta.filename) compileAssembly(PASS_ASSEMBLY);
