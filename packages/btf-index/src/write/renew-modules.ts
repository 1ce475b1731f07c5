// Modules of an index of version 4 as this version stores them: they are read once more from what that version stored, and
// enter the index again with their kernels, which is how what is stored of them anew becomes the same as if it had always been.

import { parseBtf } from '@btfq/btf-format';
import type { ModuleInput } from '../prepare/prepare.ts';
import type { BtfIndex } from '../store/btf-index.ts';
import { contentBytes } from '../store/content-bytes.ts';
import { versionsOf } from '../store/module-store.ts';
import { decoded } from '../store/sqlite-errors.ts';
import { version4Modules } from '../store/version-4-modules.ts';
import { ingestKernel } from './ingest.ts';

interface OldVersion {
  readonly name: string;
  readonly content: number;
  readonly distilledBase: number | null;
}

/**
 * Enters the modules again. Of version 4 there are still `module_content`, and of its modules' rows `module_4`; `module` has the rows
 * with the ids of that version.
 */
export function renewModules(index: BtfIndex): void {
  const old = new Map<number, Omit<OldVersion, 'name'>>();
  const rows = index.statement('SELECT id, content, distilled_base FROM module_4').all() as [
    number,
    number,
    number | null,
  ][];
  for (const [id, content, distilledBase] of rows) old.set(id, { content, distilledBase });
  const kernels = index
    .statement(
      `SELECT k.id, k.distro, k.version, k.arch, k.release, k.content FROM kernel k JOIN content c ON c.id = k.content
         WHERE c.modules IS NOT NULL ORDER BY k.content, k.id`,
    )
    .all() as [number, string, string, string, string, number][];
  const has = new Map<number, OldVersion[]>();
  for (const [, , , , , content] of kernels) {
    if (has.has(content)) continue;
    const own = versionsOf(index, content).flatMap(({ id, name }) => {
      const version = old.get(id);
      return version === undefined ? [] : [{ name, ...version }];
    });
    has.set(content, own);
  }
  for (const [, distro, version, arch, release, content] of kernels) {
    const identity = { distro, version, arch, release };
    const btf = contentBytes(index, content).bytes;
    const read = version4Modules(index, () => parseBtf(btf));
    const modules = decoded(index.path, () =>
      (has.get(content) as OldVersion[]).map(({ name, content: own, distilledBase }): ModuleInput => {
        const bytes = read(own);
        return distilledBase === null ? { name, btf: bytes } : { name, btf: bytes, base: read(distilledBase) };
      }),
    );
    ingestKernel(index, { identity, btf, modules });
  }
}
