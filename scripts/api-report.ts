// The public surface of each package with its docstrings, from the emitted .d.ts files: docs/api/<package>.md. It is the
// API reference, and since it is committed and checked, a change of the surface shows in review.
//
//   node scripts/api-report.ts           writes the files
//   node scripts/api-report.ts --check   exits 1 if one differs
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { FLOW } from './package-order.ts';

/** A top-level statement of a .d.ts file: its docstring as text, and its code. */
export interface Declaration {
  readonly name: string;
  readonly doc: string;
  readonly code: string;
}

/** Where an exported name comes from: a file of the package, or another package. */
interface Export {
  readonly name: string;
  readonly original: string;
  readonly from: string;
}

/** Splits the text of a .d.ts file into its named top-level statements. Overloads keep one entry each. */
export function declarationsOf(text: string): Declaration[] {
  const found: Declaration[] = [];
  let doc = '';
  let code: string[] = [];
  let inDoc = false;
  let docLines: string[] = [];
  for (const line of text.split('\n')) {
    if (code.length === 0 && !inDoc && line.startsWith('/**')) {
      inDoc = true;
      docLines = [];
    }
    if (inDoc) {
      docLines.push(line);
      if (line.includes('*/')) {
        inDoc = false;
        doc = plainDoc(docLines.join('\n'));
      }
      continue;
    }
    if (code.length === 0 && !/^(export|declare) /.test(line)) continue;
    code.push(line);
    const whole = code.join('\n');
    if (depth(whole) !== 0 || !/[;}]$/.test(withoutComments(whole).trimEnd())) continue;
    const name = /^(?:export )?(?:declare )?(?:abstract )?(?:function|class|const|interface|type|let)\s+([\w$]+)/.exec(
      whole,
    )?.[1];
    if (name !== undefined) found.push({ name, doc, code: publicCode(whole) });
    doc = '';
    code = [];
  }
  return found;
}

/** The code without what is nobody else's business: private members, and the words that every declaration starts with. */
const publicCode = (code: string): string =>
  code.replace(/^export (declare )?|^declare /, '').replace(/^ {4}(private .*|#private);\n/gm, '');

/** What an index.d.ts exports, in its order. */
export function exportsOf(text: string): Export[] {
  const result: Export[] = [];
  for (const match of text.matchAll(/^export (?:type )?\{([^}]*)\} from ['"]([^'"]+)['"]/gms)) {
    for (const item of withoutComments(match[1]!).split(',')) {
      const words = item
        .trim()
        .replace(/^type /, '')
        .split(/\s+as\s+/);
      if (words[0]) result.push({ name: words[1] ?? words[0], original: words[0], from: match[2]! });
    }
  }
  return result;
}

const withoutComments = (code: string): string => code.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');

function depth(code: string): number {
  const bare = withoutComments(code).replace(/'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|`[^`]*`|=>/g, '');
  return (bare.match(/[{([<]/g)?.length ?? 0) - (bare.match(/[})\]>]/g)?.length ?? 0);
}

/** The text of a docstring without its stars. */
function plainDoc(comment: string): string {
  return comment
    .replace(/^\/\*\*\s?|\s*\*\/$/g, '')
    .split('\n')
    .map((line) => line.replace(/^\s*\*\s?/, ''))
    .join('\n')
    .trim();
}

/** What a .d.ts file exports, with all that it exports by `export *` from files beside it; `from` is relative to the file. */
function allExportsOf(file: string): Export[] {
  const text = readFileSync(file, 'utf8');
  const stars = [...text.matchAll(/^export \* from ['"](\.[^'"]+)['"]/gm)].flatMap(([, from = '']) => {
    const next = resolve(dirname(file), from.replace(/\.[jt]s$/, '.d.ts'));
    const rebased = (to: string) => (to.startsWith('.') ? `./${join(dirname(from), to)}` : to);
    return allExportsOf(next).map((item) => ({ ...item, from: rebased(item.from) }));
  });
  return [...stars, ...exportsOf(text)];
}

/** The page of one package. `problems` gets what has no docstring or cannot be found. */
function pageOf(name: string, folder: string, problems: string[]): string {
  const description = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).description;
  const cache = new Map<string, Declaration[]>();
  const load = (file: string) => {
    if (!cache.has(file)) cache.set(file, existsSync(file) ? declarationsOf(readFileSync(file, 'utf8')) : []);
    return cache.get(file)!;
  };
  const find = (item: Export, from: string): Declaration[] => {
    const file = resolve(dirname(from), item.from.replace(/\.[jt]s$/, '.d.ts'));
    const here = load(file).filter((declaration) => declaration.name === item.original);
    if (here.length > 0 || !existsSync(file)) return here;
    const again = exportsOf(readFileSync(file, 'utf8')).find((one) => one.name === item.original);
    return again === undefined ? [] : find(again, file);
  };
  const index = join(folder, 'dist/index.d.ts');
  const lines = [
    `# ${name}`,
    '',
    `${description}.`,
    '',
    '<!-- Written by `pnpm api` from the docstrings; do not edit. -->',
  ];
  const seen = new Set<string>();
  for (const item of allExportsOf(index)) {
    if (seen.has(item.name)) continue;
    seen.add(item.name);
    lines.push('', `## ${item.name}`, '');
    if (!item.from.startsWith('.')) {
      lines.push(`From \`${item.from}\`.`);
      continue;
    }
    const declarations = find(item, index);
    const doc = declarations.map((one) => one.doc).filter(Boolean);
    if (declarations.length === 0) problems.push(`${name}: ${item.name} is exported but not found`);
    else if (doc.length === 0) problems.push(`${name}: ${item.name} has no docstring`);
    if (doc.length > 0) lines.push(doc.join('\n\n'), '');
    lines.push('```ts', ...declarations.map((one) => one.code), '```');
  }
  return `${lines.join('\n')}\n`;
}

function main(): void {
  const root = resolve(import.meta.dirname, '..');
  const check = process.argv.includes('--check');
  const problems: string[] = [];
  for (const [name, { folder }] of Object.entries(FLOW)) {
    if (!folder.startsWith('packages/')) continue;
    const page = pageOf(name, join(root, folder), problems);
    const file = join(root, 'docs/api', `${folder.slice('packages/'.length)}.md`);
    if (!check) {
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, page);
    } else if (!existsSync(file) || readFileSync(file, 'utf8') !== page) {
      problems.push(
        `${name}: the public surface is not what docs/api says; run \`pnpm api\` and look at the difference`,
      );
    }
  }
  for (const problem of problems) console.error(problem);
  process.exitCode = problems.length === 0 ? 0 : 1;
}

if (import.meta.main) main();
