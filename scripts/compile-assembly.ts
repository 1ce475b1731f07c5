// Compiles a package's assembly/ to wasm and writes it as a module of base64: what imports it needs no file system, in Node as
// in a browser. The module carries the hash of its sources; where that is right, nothing is compiled.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What to compile. */
export interface Assembly {
  /** The package's folder. */
  readonly home: string;
  /** The main file in assembly/. */
  readonly main: string;
  /** The module that is written, and the name of what it exports. */
  readonly target: string;
  readonly constant: string;
  /** First line of the module. */
  readonly head: string;
  readonly flags: readonly string[];
  /** The files of assembly/ that it is made of; default: all. */
  readonly sources?: readonly string[];
  /** Sources outside of assembly/. */
  readonly shared?: readonly string[];
}

/** For a module that works in memory which is given to it. */
export const IN_GIVEN_MEMORY: readonly string[] = [
  '-O3',
  '--noAssert',
  '--runtime',
  'stub',
  '--importMemory',
  '--initialMemory',
  '1',
  '--maximumMemory',
  '65536',
];

/** SHA-256 of what it is compiled from. */
export function hashOf({ home, flags, sources, shared = [] }: Assembly): string {
  const hash = createHash('sha256').update(flags.join(' '));
  const assembly = sources ?? readdirSync(join(home, 'assembly')).filter((name) => name.endsWith('.ts'));
  for (const file of [...[...assembly].sort().map((name) => `assembly/${name}`), ...shared]) {
    hash.update(file).update(readFileSync(join(home, file)));
  }
  return hash.digest('hex');
}

/** Writes the module, unless it is up to date. */
export function compileAssembly(assembly: Assembly): void {
  const hash = hashOf(assembly);
  const target = join(assembly.home, assembly.target);
  if (existsSync(target) && readFileSync(target, 'utf8').includes(hash)) return;
  const lines = compile(assembly)
    .toString('base64')
    .match(/.{1,110}/g)!
    .map((line) => `  '${line}'`);
  const text = [
    assembly.head,
    `// Sources: ${hash}`,
    '// biome-ignore format: generated',
    `export const ${assembly.constant}: string =\n${lines.join(' +\n')};`,
    '',
  ];
  writeFileSync(target, text.join('\n'));
}

function compile({ home, main, flags }: Assembly): Buffer {
  const folder = mkdtempSync(join(tmpdir(), 'btfq-assembly-'));
  const output = join(folder, 'module.wasm');
  const compiler = join(home, 'node_modules/assemblyscript/bin/asc.js');
  const result = spawnSync(process.execPath, [compiler, main, '-o', output, ...flags], { cwd: home, encoding: 'utf8' });
  try {
    if (result.status !== 0) throw new Error(`asc failed:\n${result.stderr}`);
    return readFileSync(output);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
