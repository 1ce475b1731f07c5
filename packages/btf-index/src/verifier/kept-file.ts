// Kernels' verifiers as files of their own, for pages: under a name made of what is in it, so that caches may keep it for good.
import { createHash } from 'node:crypto';
import { encodeKeptKernel } from '@btfq/kernel-runtime';
import { kernelConfig } from '../query/config.ts';
import type { Kernel } from '../answer-types.ts';
import { kernels } from '../query/kernels.ts';
import { exportBtf } from '../store/export.ts';
import type { BtfIndex } from '../store/btf-index.ts';
import { packPart } from './pack.ts';
import { openVerifierStore, verifierPath, type VerifierStore } from './verifier-store.ts';

/** One of the index's kernels, and where its verifier is to be had: relative to the list. */
export interface KeptVerifier {
  /** `distro/version/arch/release`. */
  readonly kernel: string;
  readonly file: string;
  /** Bytes of the file, where it has been made. */
  readonly size?: number;
}

/** The folder of such files, and what they end with. */
const FOLDER = 'verifiers';
const FILE = /^verifiers\/([0-9a-f]{16})\.btfv$/;

/** Calls with the verifiers of an index; undefined where it keeps none. */
export function withVerifiers<T>(index: BtfIndex, action: (store: VerifierStore) => T): T | undefined {
  const store = openVerifierStore(verifierPath(index.path), { readonly: true });
  try {
    return store && action(store);
  } finally {
    store?.close();
  }
}

/** All that an index keeps, of kernels that it has. */
export function keptVerifiers(index: BtfIndex, store: VerifierStore): { kernel: Kernel; kept: KeptVerifier }[] {
  const kept = new Set(store.kernels());
  return kernels(index)
    .filter(({ name }) => kept.has(name))
    .map((kernel) => ({
      kernel,
      kept: { kernel: kernel.name, file: `${FOLDER}/${keptId(index, store, kernel)}.btfv` },
    }));
}

/** The kernel whose file has this name; undefined where there is none. */
export function keptVerifierOf(index: BtfIndex, store: VerifierStore, file: string): Kernel | undefined {
  if (!FILE.test(file)) return undefined;
  return keptVerifiers(index, store).find(({ kept }) => kept.file === file)?.kernel;
}

/** A kernel's file: its kept parts, and its BTF and configuration out of the index. Throws `IndexError` where it keeps none. */
export function keptVerifierFile(index: BtfIndex, store: VerifierStore, kernel: Kernel): Uint8Array<ArrayBuffer> {
  const { head, symbols, chunks } = store.packed(kernel.name);
  const config = configText(index, kernel);
  return encodeKeptKernel({
    head,
    symbols,
    chunks,
    btf: packPart(exportBtf(index, kernel.id)),
    kconfig: config === undefined ? undefined : packPart(new TextEncoder().encode(config)),
  });
}

function keptId(index: BtfIndex, store: VerifierStore, kernel: Kernel): string {
  const hash = createHash('sha256').update(kernel.sha256);
  for (const part of store.hashes(kernel.name)) hash.update(part);
  return hash
    .update(configText(index, kernel) ?? '')
    .digest('hex')
    .slice(0, 16);
}

function configText(index: BtfIndex, { id }: Kernel): string | undefined {
  const config = kernelConfig(index, id);
  return config && [...config].map(([name, value]) => `${name}=${value}\n`).join('');
}
