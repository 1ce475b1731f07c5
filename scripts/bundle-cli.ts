// Bundles what a short command needs at start into one file, apps/cli/dist/bin/program.cjs, and writes btfq.cjs beside it,
// which is what gets installed.
//
// Node spends more time on finding and reading a hundred small modules than on compiling them. A module of the CLI is
// bundled, with the packages it uses, when these are among the four that have no dependencies. The others stay as the
// compiler wrote them and import their packages as installed: what takes a database or a server gains little from a
// bundle, and its worker threads are found by their own file names. A bundled command may load another package on
// demand; the two then share bytes and plain values, never views, since each has a btf-format of its own.
import { cpSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { rolldown } from 'rolldown';
import { FLOW } from './package-order.ts';
import { isLight } from './start-cost.ts';

const DIST = resolve(import.meta.dirname, '../apps/cli/dist');
const OUT = join(DIST, 'bin');

for (const made of [OUT, join(DIST, 'explorer')]) rmSync(made, { recursive: true, force: true });
const bundle = await rolldown({
  input: { btfq: join(DIST, 'main.js') },
  platform: 'node',
  plugins: [
    {
      name: 'leave-heavy-commands',
      resolveId(specifier, importer) {
        if (importer === undefined || specifier.startsWith('node:')) return null;
        if (!specifier.startsWith('.')) return FLOW[specifier]?.pure ? null : { id: specifier, external: true };
        const file = resolve(dirname(importer), specifier);
        if (!file.startsWith(DIST) || isLight(file)) return null;
        return { id: `./${relative(OUT, file)}`.replace('./../', '../'), external: true };
      },
    },
  ],
});
// One CommonJS file starts a fifth faster than modules do; what is loaded on demand is set up on demand in it, too.
const { output } = await bundle.write({
  file: join(OUT, 'program.cjs'),
  format: 'cjs',
  sourcemap: true,
  codeSplitting: false,
});
await bundle.close();
// The compile cache holds what is loaded after it is turned on, so the program is a file of its own.
const entry = `#!/usr/bin/env node
'use strict';
// What ends in a tenth of a second pays for the last of V8's compilers and gets nothing back; the one before it stays on.
if (['x64', 'arm64'].includes(process.arch) && ['dump', 'gen'].some((word) => process.argv.includes(word))) {
  require('node:v8').setFlagsFromString('--no-turbofan');
}
require('node:module').enableCompileCache?.();
require('./program.cjs');
`;
writeFileSync(join(OUT, 'btfq.cjs'), entry, { mode: 0o755 });
// The explorer goes along as it was built: `btfq serve` has it at `/`. SQLite's own worker stays behind: it is a part of the
// library that nothing here starts, and no module.
cpSync(resolve(import.meta.dirname, '../apps/explorer/dist'), join(DIST, 'explorer'), {
  recursive: true,
  filter: (source) => !/\/sqlite3-worker1-[^/]*\.js$/.test(source),
});
console.log(`bundled btfq: ${output[0].code.length} characters`);
