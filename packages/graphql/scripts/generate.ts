// Writes src/generated/ from schema/*.graphql: the SDL as a string, so that the package needs no files at run time,
// and the resolvers' types. `node scripts/generate.ts`; with `--check` it only says whether they are up to date.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { codegen } from '@graphql-codegen/core';
import * as typescript from '@graphql-codegen/typescript';
import * as resolvers from '@graphql-codegen/typescript-resolvers';
import { parse } from 'graphql';

const folder = new URL('../schema/', import.meta.url);
const target = new URL('../src/generated/', import.meta.url);
const files = readdirSync(folder)
  .filter((name) => name.endsWith('.graphql'))
  .sort();
const sdl = files.map((name) => readFileSync(new URL(name, folder), 'utf8')).join('\n');

const types = await codegen({
  filename: 'types.ts',
  documents: [],
  schema: parse(sdl),
  plugins: [{ typescript: {} }, { resolvers: {} }],
  pluginMap: { typescript, resolvers },
  config: {
    useTypeImports: true,
    mapperTypeSuffix: 'Row',
    enumsAsTypes: true,
    immutableTypes: true,
    skipTypename: true,
    avoidOptionals: { field: true, inputValue: false, object: false, defaultValue: false },
    makeResolverTypeCallable: false,
    contextType: '../schema/context.ts#Context',
    mappers: JSON.parse(readFileSync(new URL('mappers.json', import.meta.url), 'utf8')) as Record<string, string>,
    scalars: {
      ID: 'string',
      BigInt: { input: 'bigint | number | string', output: 'bigint | number' },
      File: { input: '../schema/scalars.ts#UploadedFile', output: 'never' },
    },
  },
});

const note = '// Written by scripts/generate.ts from schema/*.graphql: edit those.\n';
const outputs: Record<string, string> = {
  'sdl.ts': `${note}\n/** The schema in SDL. */\nexport const typeDefs = ${JSON.stringify(sdl)};\n`,
  'types.ts': `${note}\n${types}\n`,
};
let stale = false;
for (const [name, text] of Object.entries(outputs)) {
  const file = new URL(name, target);
  if (process.argv.includes('--check')) {
    let present = '';
    try {
      present = readFileSync(file, 'utf8');
    } catch {
      // absent: stale below
    }
    if (present !== text) {
      stale = true;
      console.error(`src/generated/${name} is not what schema/ says: run node scripts/generate.ts`);
    }
  } else {
    writeFileSync(file, text);
  }
}
process.exitCode = stale ? 1 : 0;
