// The kernels that `btfq loads` asks: files and names of `--on`, else those of the index.
import { basename } from 'node:path';
import type { BtfIndex } from '@btfq/btf-index';
import { type Btf, parseBtf } from '@btfq/btf-format';
import type { KernelModule } from '@btfq/kernel-source';
import type { ModuleTables } from '@btfq/kernel-tables';
import type { LoadKernel } from '@btfq/load-check';
import { InputError } from '../errors.ts';
import type { Io } from '../io.ts';
import { configText } from '../verifier/open-verifier.ts';

/** A kernel of `--on`: a file's, or the row of one in the index. */
export type OnKernel =
  | { readonly file: LoadKernel; readonly image: Uint8Array | undefined; readonly kconfig: string | undefined }
  | { readonly indexed: string };

/** Reads the files of `--on`; what is no file is the name of a kernel in the index. */
export async function kernelsOn(io: Io, targets: readonly string[], release: string | undefined): Promise<OnKernel[]> {
  const found: OnKernel[] = [];
  for (const target of targets) {
    let bytes: Uint8Array;
    try {
      bytes = io.readFile(target);
    } catch (error) {
      if (!(error instanceof InputError) || error.code !== 'ENOENT') throw error;
      found.push({ indexed: target });
      continue;
    }
    found.push(await kernelOfFile(io, target, bytes, release));
  }
  return found;
}

async function kernelOfFile(io: Io, path: string, bytes: Uint8Array, release: string | undefined): Promise<OnKernel> {
  const { loadTargetBytes } = await import('@btfq/kernel-source');
  const loaded = await loadTargetBytes(bytes, {
    path: io.path(path),
    signal: io.signal,
    image: true,
    moduleTables: true,
  });
  const vmlinux = parseBtf(loaded.btf, loaded.base === undefined ? {} : { base: parseBtf(loaded.base) });
  const { identity, banner } = loaded;
  const parsed = loaded.modules.map(({ name, btf, base }) => ({ name, bytes: btf, base }));
  const file: LoadKernel = {
    name: path,
    target: modulesOver(vmlinux, parsed),
    release: release ?? identity.release ?? releaseInName(path),
    // Debian's and Ubuntu's banners end in the version of the package
    sourceVersion: /#\S+ SMP.* Debian (\d+\.\d+\.\d+)/.exec(banner ?? '')?.[1],
    distro: identity.distro ?? (banner !== undefined && /Debian/.test(banner) ? 'debian' : undefined),
    arch: identity.arch,
    tables: loaded.image === undefined ? undefined : await tablesOf(loaded.image, vmlinux),
    ofModules: await ofModules(loaded.modules),
  };
  const kconfig = loaded.config === undefined ? undefined : configText(loaded.config.symbols);
  return { file, image: loaded.image, kconfig };
}

function modulesOver(
  vmlinux: Btf,
  modules: readonly { readonly name: string; readonly bytes: Uint8Array; readonly base: Uint8Array | undefined }[],
): LoadKernel['target'] {
  // a file without modules says nothing of those that the kernel has
  if (modules.length === 0) return { vmlinux };
  let parsed: { name: string; btf: Btf }[] | undefined;
  return {
    vmlinux,
    get modules() {
      parsed ??= modules.map(({ name, bytes, base }) => ({
        name,
        btf: parseBtf(bytes, { base: base === undefined ? vmlinux : parseBtf(base) }),
      }));
      return parsed;
    },
  };
}

/** `6.1.0-50-cloud-amd64` of `6.1.0-50-cloud-amd64.btf` and `vmlinuz-6.1.0-50-cloud-amd64`. */
function releaseInName(path: string): string | undefined {
  return /(?:^|-)(\d+\.\d+\.\d+[\w.+~-]*?)(?:\.btf)?(?:\.tar)?(?:\.(?:xz|gz|zst))?$/.exec(basename(path))?.[1];
}

/** What modules add; undefined where the file has none, or one whose tables are not known. */
async function ofModules(modules: readonly KernelModule[]): Promise<LoadKernel['ofModules']> {
  const told = modules.flatMap(({ tables }) => tables ?? []);
  if (told.length === 0 || told.length < modules.length) return undefined;
  const { functionFact } = await import('@btfq/kernel-tables');
  return {
    functions: (name) =>
      told.flatMap(({ name: module, functions }) => {
        const fact = functions && functionFact(functions, name);
        return fact === undefined ? [] : [{ module, fact }];
      }),
    event: (target) => {
      const has = ({ events }: ModuleTables) => events?.some(({ system, name }) => `${system}/${name}` === target);
      const found = told.find(has);
      if (found !== undefined) return { module: found.name };
      return told.some(({ events }) => events === undefined) ? 'not-known' : 'none';
    },
  };
}

/** The kernel's own tables; undefined where its image has no symbols to read them by. */
async function tablesOf(image: Uint8Array, btf: Btf): Promise<LoadKernel['tables']> {
  const { kernelTables, openKernelImage } = await import('@btfq/kernel-tables');
  try {
    return kernelTables(openKernelImage(image), btf);
  } catch (error) {
    if (error instanceof Error && error.name === 'KernelTablesError') return undefined;
    throw error;
  }
}

/** The index, opened only where a kernel of it is asked for. */
export async function openFor(
  io: Io,
  flags: { db: string | undefined; offline?: boolean | undefined },
): Promise<BtfIndex> {
  const { openReading } = await import('../with-index.ts');
  return openReading(flags, io);
}
