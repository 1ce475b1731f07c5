// The executable by Bun: a copy of its runtime with the script in it, compiled to bytecode. It starts in a third of the time that
// Node's takes, and needs the C library only; but where there is no /proc its runtime ends before it begins.

import { cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Arch, bundleFor, type Embedding, run, unpackFromNpm } from './executable-bundle.ts';
import type { Component } from './licenses.ts';

const VERSION = '1.4.5';
/** npm's packages of the runtime, which are nothing but the program, by architecture. */
const PACKAGES: Readonly<Record<Arch, { readonly name: string; readonly integrity: string }>> = {
  x64: {
    name: '@oven/bun-linux-x64',
    integrity: 'sha512-IWX9BELoGHAUtMonkeSaNaZwXzRk+oDw6Mk+HBFXd3KHYIBNBsIGRupMZPcgNoDbJpLu6gAJjIoIVPZtt1aJ1g==',
  },
  arm64: {
    name: '@oven/bun-linux-aarch64',
    integrity: 'sha512-4BXmsSKnjOrlGWqZV4x/oWa7AVoR+B6lCXddMzOAXBIm3t50eslg9wb66gmtW1AamEQ1l1CDvmmruysEhqOWMg==',
  },
};
/** npm's packages have no file of it. */
const LICENSE = `Bun is under the MIT licence: https://github.com/oven-sh/bun/blob/bun-v${VERSION}/LICENSE.md, which lists the libraries that are
linked into it, with their licences. JavaScriptCore and other parts of WebKit among them are under the LGPL, version 2.1; their
sources, with Bun's changes, are https://github.com/oven-sh/WebKit.`;
/** Where a program sees what was put into its executable, and the folder of our files there. */
const EMBEDDED = '/$bunfs/root';
const FILES = 'files';

const EMBEDDING: Embedding = {
  contentOf: (name) => `require('node:fs').readFileSync(${JSON.stringify(`${EMBEDDED}/${FILES}/${name}`)})`,
  isThread: '!Bun.isMainThread',
  script: 'Bun.main',
  options: 'options',
};

/** The program of Bun for an architecture. */
function bunFor(arch: Arch, scratch: string): string {
  const { name, integrity } = PACKAGES[arch];
  const to = join(scratch, `bun-${arch}`);
  if (!existsSync(to)) unpackFromNpm(name, VERSION, integrity, to);
  return join(to, 'bin/bun');
}

/** Writes the executable to `file`; gives what is in it, the runtime first. */
export async function executableByBun(arch: Arch, file: string, scratch: string): Promise<readonly Component[]> {
  const folder = join(scratch, `by-bun-${arch}`);
  mkdirSync(folder);
  const { code, files, components } = await bundleFor(arch, EMBEDDING, folder);
  writeFileSync(join(folder, 'btfq.cjs'), code);
  for (const [name, path] of files) cpSync(path, join(folder, FILES, name));
  const options = [
    ...['--compile', '--bytecode', '--format=cjs', '--minify-syntax', '--minify-whitespace'],
    ...[`--target=bun-linux-${arch}`, `--compile-executable-path=${bunFor(arch, scratch)}`],
    // compile to machine code ten times as late as usual: a short command ends before that pays
    '--compile-jit-policy=10',
    // what lies in the folder of a caller is no setting of this command
    ...['--no-compile-autoload-dotenv', '--no-compile-autoload-bunfig'],
  ];
  const bun = bunFor(process.arch as Arch, scratch);
  run(bun, ['build', ...options, `--asset=./${FILES}`, './btfq.cjs', `--outfile=${file}`], folder);
  return [{ name: 'bun', version: VERSION, license: 'MIT AND LGPL-2.1-or-later', text: LICENSE }, ...components];
}
