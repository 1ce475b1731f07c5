// A bundle for uploaded objects over the kernels of an index, as one archive.

import { type BtfIndex, bundleWith } from '@btfq/btf-index/read';
import {
  BUNDLE_FORMATS,
  type BundleFormat,
  type Compressors,
  kernelPath,
  type Manifest,
  MinimizeError,
} from '@btfq/minimizer';
import { filterOf } from '../schema/context.ts';
import type { MadeBundle, StoredEntry } from './bundles.ts';
import type { BundleQuestion } from './uploads.ts';

/** Directory formats come as a tar.gz: what a server sends is one file. Throws MinimizeError, RelocationError. */
export async function makeBundle(index: BtfIndex, task: BundleQuestion, compressors: Compressors): Promise<MadeBundle> {
  const where = filterOf(task.where);
  const format = formatOf(task.format);
  const { packed, manifest } = await bundleWith(index, task.objects, compressors, {
    format,
    canonical: task.canonical,
    ...(format === 'datadog' ? {} : { container: 'tar.gz' }),
    ...(where ? { where } : {}),
  });
  if (packed.kind !== 'archive') throw new TypeError('a bundle for download is an archive');
  return {
    kernels: manifest.kernels.filter((kernel) => kernel.member !== null).length,
    distinct: manifest.distinct,
    extension: packed.container,
    entries: entriesOf(manifest),
    archive: packed.bytes,
  };
}

function formatOf(word: string): BundleFormat {
  const format = BUNDLE_FORMATS.find((known) => known === word);
  if (format === undefined) throw new MinimizeError('bad-entry', `there is no bundle format '${word}'`);
  return format;
}

/** One entry a member, aliases among them, with what its kernel cannot satisfy in words. */
function entriesOf(manifest: Manifest): StoredEntry[] {
  const unsatisfied = new Map<string, string[]>();
  for (const { object, program, source, type, access, reason, kernels } of manifest.unsatisfied) {
    const line = `${object}${program ? `: ${program}` : ''}${source ? ` (${source})` : ''}: ${type} ${access}: ${reason}`;
    for (const kernel of kernels) {
      const lines = unsatisfied.get(kernel);
      if (lines === undefined) unsatisfied.set(kernel, [line]);
      else lines.push(line);
    }
  }
  return manifest.kernels.flatMap((row) => {
    const { member, aliases, sha256, bytes } = row;
    if (member === null || sha256 === null) return [];
    const kernel = kernelPath(row);
    return [member, ...aliases].map((path) => ({
      kernel,
      path,
      sha256,
      bytes,
      unsatisfied: unsatisfied.get(kernel) ?? [],
    }));
  });
}
