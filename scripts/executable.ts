// btfq as one file that needs neither Node nor npm: `node scripts/executable.ts [x64|arm64...] [--out DIR]`, after a build.
// btfq-linux-ARCH runs by Bun, which starts fastest; btfq-linux-ARCH-node by Node, for roots without /proc (docs/performance.md
// has what was measured). What is native is carried along, and loaded from a file of the cache folder, since the system's
// loader takes files only. Beside each executable lie its licences (LICENSES.txt), its bill of materials (CycloneDX) and SHA256SUMS.

import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { billOfMaterials } from './bill-of-materials.ts';
import { executableByBun } from './executable-bun.ts';
import { type Arch, sha256 } from './executable-bundle.ts';
import { executableByNode } from './executable-node.ts';
import { licensesText } from './licenses.ts';

const ARCHES: readonly Arch[] = ['x64', 'arm64'];

const args = process.argv.slice(2);
const at = args.indexOf('--out');
const out = resolve(at < 0 ? join(import.meta.dirname, '../release') : (args.splice(at, 2)[1] ?? '.'));
const wanted = args.length > 0 ? ARCHES.filter((arch) => args.includes(arch)) : ARCHES;
mkdirSync(out, { recursive: true });
const sums = existsSync(join(out, 'SHA256SUMS')) ? readFileSync(join(out, 'SHA256SUMS'), 'utf8').split('\n') : [];
const lines = new Map(sums.filter(Boolean).map((line) => [line.slice(66), line]));
const scratch = mkdtempSync(join(tmpdir(), 'btfq-executable-'));
try {
  for (const arch of wanted) {
    for (const [name, make] of [
      [`btfq-linux-${arch}`, executableByBun],
      [`btfq-linux-${arch}-node`, executableByNode],
    ] as const) {
      const file = join(out, name);
      const components = await make(arch, file, scratch);
      writeFileSync(`${file}.cdx.json`, billOfMaterials(name, components));
      writeFileSync(`${file}.LICENSES.txt`, licensesText(components));
      for (const made of [file, `${file}.cdx.json`, `${file}.LICENSES.txt`]) {
        lines.set(basename(made), `${sha256(readFileSync(made))}  ${basename(made)}`);
      }
      console.log(file);
    }
  }
} finally {
  rmSync(scratch, { recursive: true });
}
writeFileSync(join(out, 'SHA256SUMS'), `${[...lines.values()].join('\n')}\n`);
