// The executable by Node: its single executable application. It takes three times the time of Bun's to start, and runs where there is no
// /proc too.

import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inject } from 'postject';
import { type Arch, bundleFor, type Embedding, run, unpackFromNpm } from './executable-bundle.ts';
import type { Component } from './licenses.ts';

/** Marks the place in Node's binary that says whether a script was put in. */
const FUSE = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2';

/** The script once more, as a file that a thread reads. */
const SCRIPT = 'btfq.cjs';

const EMBEDDING: Embedding = {
  contentOf: (name) => `new Uint8Array(require('node:sea').getRawAsset(${JSON.stringify(name)}))`,
  isThread: "!require('node:worker_threads').isMainThread",
  script: `require('node:sea').getAsset('${SCRIPT}', 'utf8')`,
  options: '{ ...options, eval: true }',
};

/** The Node of an architecture: this one, or npm's package of it. */
function nodeFor(arch: Arch, folder: string): string {
  if (arch === process.arch) return process.execPath;
  unpackFromNpm(`node-linux-${arch}`, process.versions.node, undefined, folder);
  return join(folder, 'bin/node');
}

/** Writes the executable to `file`; gives what is in it, the runtime first. */
export async function executableByNode(arch: Arch, file: string, scratch: string): Promise<readonly Component[]> {
  const folder = join(scratch, `by-node-${arch}`);
  mkdirSync(folder);
  const { code, files, components } = await bundleFor(arch, EMBEDDING, folder);
  const main = join(folder, SCRIPT);
  writeFileSync(main, code);
  const config = {
    main,
    output: join(folder, 'btfq.blob'),
    disableExperimentalSEAWarning: true,
    // made by this Node, for this architecture only
    useCodeCache: arch === process.arch,
    assets: { ...Object.fromEntries(files), [SCRIPT]: main },
  };
  writeFileSync(join(folder, 'sea.json'), JSON.stringify(config));
  run(process.execPath, ['--experimental-sea-config', join(folder, 'sea.json')], folder);
  const node = nodeFor(arch, folder);
  copyFileSync(node, file);
  chmodSync(file, 0o755);
  await inject(file, 'NODE_SEA_BLOB', readFileSync(config.output), { sentinelFuse: FUSE });
  const license = join(node, '../../LICENSE');
  const text = existsSync(license) ? readFileSync(license, 'utf8') : undefined;
  return [{ name: 'node', version: process.versions.node, license: 'MIT', text }, ...components];
}
