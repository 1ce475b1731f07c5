// Compiles assembly/ to wasm and writes it as a module of base64: what imports it needs no file system, in Node as in a browser.
// The module carries the hash of its sources; where that is right, nothing is compiled.   node scripts/engine.ts
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const HOME = resolve(import.meta.dirname, '..');
const TARGET = join(HOME, 'src/engine.generated.ts');
const FLAGS = ['-O3', '--noAssert', '--runtime', 'stub', '--initialMemory', '64', '--maximumMemory', '65536'];

/** SHA-256 of what the engine is compiled from. */
export function hashOfSources(): string {
  const hash = createHash('sha256').update(FLAGS.join(' '));
  const assembly = readdirSync(join(HOME, 'assembly')).filter((name) => name.endsWith('.ts'));
  for (const file of [...assembly.sort().map((name) => `assembly/${name}`), 'src/machine.ts', 'src/micro-op.ts']) {
    hash.update(file).update(readFileSync(join(HOME, file)));
  }
  return hash.digest('hex');
}

function compileEngine(): Buffer {
  const folder = mkdtempSync(join(tmpdir(), 'btfq-engine-'));
  const output = join(folder, 'engine.wasm');
  const compiler = join(HOME, 'node_modules/assemblyscript/bin/asc.js');
  const args = [compiler, 'assembly/engine.ts', '-o', output, ...FLAGS];
  const result = spawnSync(process.execPath, args, { cwd: HOME, encoding: 'utf8' });
  try {
    if (result.status !== 0) throw new Error(`asc failed:\n${result.stderr}`);
    return readFileSync(output);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

if (process.argv[1] === import.meta.filename) {
  const hash = hashOfSources();
  if (!existsSync(TARGET) || !readFileSync(TARGET, 'utf8').includes(hash)) {
    const lines = compileEngine()
      .toString('base64')
      .match(/.{1,110}/g)!
      .map((line) => `  '${line}'`);
    const head = ['// Made by scripts/engine.ts from assembly/: the engine as wasm, in base64.', `// Sources: ${hash}`];
    const text = [
      ...head,
      '// biome-ignore format: generated',
      `export const ENGINE: string =\n${lines.join(' +\n')};`,
      '',
    ];
    writeFileSync(TARGET, text.join('\n'));
  }
}
