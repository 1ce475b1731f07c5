// Refuses imports against the flow. Biome does not know the flow, and `tsc -b` sees only sources, so this looks at every
// import of every package:
//   - a sibling may be imported by name only, and only if it stands earlier in the flow;
//   - elf, btf-format, core-reloc and minimizer import nothing else: no `node:` module, no third party;
//   - no relative import leaves its package;
//   - what sources import is in the package's dependencies.
import { globSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { FLOW, PRIVATE } from './package-order.ts';

/** The module names that a source text imports or re-exports. Comments are left out. */
export function importsOf(source: string, which: 'all' | 'static' = 'all'): string[] {
  const code = source.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
  const fixed = /(?:^|[\s;}])(?:import|export)\s+(?:[\w*{}\s,$]+?\s+from\s+)?['"]([^'"]+)['"]/g;
  const onDemand = /\bimport\(\s*['"]([^'"]+)['"]/g;
  const found = [...code.matchAll(fixed), ...(which === 'all' ? code.matchAll(onDemand) : [])];
  return found.map((match) => match[1]!);
}

/** What is wrong with one import of a file, or undefined. `file` is relative to the package's folder. */
export function importProblem(
  name: string,
  file: string,
  specifier: string,
  dependencies: ReadonlySet<string>,
): string | undefined {
  const { mayUse, pure } = (FLOW[name] ?? PRIVATE[name])!;
  const isSource = file.startsWith('src/');
  if (specifier.startsWith('.')) {
    const target = relative('/p', resolve('/p', file, '..', specifier));
    if (target.startsWith('..')) return `leaves its package: import ${specifier} by the package's name`;
    if (isSource && !target.startsWith('src/')) return `leaves src: ${specifier}`;
    return undefined;
  }
  if (!isSource) return undefined;
  const bare = specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
  if (bare === name) return 'imports its own package by name';
  if (bare === 'btfq' || bare.startsWith('@btfq/')) {
    return mayUse.includes(bare) ? undefined : `${bare} is not before ${name} in the flow`;
  }
  if (pure) return `${name} runs everywhere: it may not import ${specifier}`;
  if (specifier.startsWith('node:')) return undefined;
  return dependencies.has(bare) ? undefined : `${bare} is not among the package's dependencies`;
}

function main(): void {
  const root = resolve(import.meta.dirname, '..');
  const problems: string[] = [];
  let files = 0;
  for (const [name, { folder }] of Object.entries({ ...FLOW, ...PRIVATE })) {
    const manifest = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
    const dependencies = new Set([
      ...Object.keys(manifest.dependencies ?? {}),
      ...Object.keys(manifest.peerDependencies ?? {}),
    ]);
    for (const file of globSync('{src,test}/**/*.{ts,tsx}', { cwd: join(root, folder) })) {
      files++;
      const text = readFileSync(join(root, folder, file), 'utf8');
      for (const specifier of importsOf(text)) {
        const problem = importProblem(name, file, specifier, dependencies);
        if (problem !== undefined) problems.push(`${folder}/${file}: ${problem}`);
      }
    }
  }
  for (const problem of problems) console.error(problem);
  console.log(`imports: ${files} files, ${problems.length} against the flow`);
  process.exitCode = problems.length === 0 ? 0 : 1;
}

if (import.meta.main) main();
