// Compiles assembly/ to src/engine.generated.ts.   node scripts/engine.ts
import { resolve } from 'node:path';
import { type Assembly, compileAssembly, hashOf } from '../../../scripts/compile-assembly.ts';

const ENGINE_ASSEMBLY: Assembly = {
  home: resolve(import.meta.dirname, '..'),
  main: 'assembly/engine.ts',
  target: 'src/engine.generated.ts',
  constant: 'ENGINE',
  head: '// Made by scripts/engine.ts from assembly/: the engine as wasm, in base64.',
  flags: ['-O3', '--noAssert', '--runtime', 'stub', '--initialMemory', '64', '--maximumMemory', '65536'],
  shared: ['src/machine.ts', 'src/micro-op.ts'],
};

/** SHA-256 of what it is compiled from. */
export function hashOfSources(): string {
  return hashOf(ENGINE_ASSEMBLY);
}

if (process.argv[1] === import.meta.filename) compileAssembly(ENGINE_ASSEMBLY);
