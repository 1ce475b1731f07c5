// Writes src/generated/operations.ts from the .graphql files beside the views and the schema of @btfq/graphql: the text of
// each operation with the types of what it takes and gives. `node scripts/generate.ts`; with `--check` it only says
// whether the file is up to date.

import { globSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { codegen } from '@graphql-codegen/core';
import * as operations from '@graphql-codegen/typescript-operations';
import { Kind, parse, print } from 'graphql';

const source = new URL('../src/', import.meta.url);
const schemaFolder = new URL('../../../packages/graphql/schema/', import.meta.url);
const target = new URL('generated/operations.ts', source);

const sdl = readdirSync(schemaFolder)
  .filter((name) => name.endsWith('.graphql'))
  .sort()
  .map((name) => readFileSync(new URL(name, schemaFolder), 'utf8'))
  .join('\n');
const files = globSync('**/*.graphql', { cwd: source }).sort();
const documents = files.map((location) => ({
  location,
  document: parse(readFileSync(new URL(location, source), 'utf8')),
}));

const types = await codegen({
  filename: 'operations.ts',
  documents,
  schema: parse(sdl),
  plugins: [{ operations: {} }],
  pluginMap: { operations },
  config: {
    useTypeImports: true,
    enumsAsTypes: true,
    immutableTypes: true,
    skipTypename: true,
    avoidOptionals: { field: true },
    scalars: {
      ID: 'string',
      BigInt: { input: 'number | string', output: 'number | string' },
      File: { input: 'Blob', output: 'never' },
    },
  },
});

/** The fragments that a definition spreads, each after those that it needs itself. */
const fragments = new Map(
  documents.flatMap(({ document }) =>
    document.definitions.flatMap((definition) =>
      definition.kind === Kind.FRAGMENT_DEFINITION ? [[definition.name.value, print(definition)] as const] : [],
    ),
  ),
);
function withFragments(text: string, taken = new Set<string>()): string {
  let whole = text;
  for (const [, name] of text.matchAll(/\.\.\.(\w+)/g)) {
    const fragment = fragments.get(name!);
    if (fragment === undefined || taken.has(name!)) continue;
    taken.add(name!);
    whole += '\n' + withFragments(fragment, taken);
  }
  return whole;
}

const constants = documents.flatMap(({ document }) =>
  document.definitions.flatMap((definition) => {
    if (definition.kind !== Kind.OPERATION_DEFINITION || definition.name === undefined) return [];
    const name = definition.name.value;
    const kind = definition.operation === 'mutation' ? 'Mutation' : 'Query';
    const text = withFragments(print(definition)).replace(/\s+/g, ' ');
    return [
      `export const ${name}Document = ${JSON.stringify(text)} as Document<${name}${kind}, ${name}${kind}Variables>;`,
    ];
  }),
);
const text = `// Written by scripts/generate.ts from the .graphql files of src and the schema: edit those.
import type { Document } from '../ask/ask.ts';

${types}
${constants.join('\n')}
`;
let present = '';
try {
  present = readFileSync(target, 'utf8');
} catch {
  // absent: written below
}
if (!process.argv.includes('--check')) writeFileSync(target, text);
else if (present !== text) {
  console.error('src/generated/operations.ts is not what the .graphql files say: run node scripts/generate.ts');
  process.exitCode = 1;
}
