// The kernels whose verifiers are asked: images and packages, and kernels of an index that keeps them.
import { existsSync } from 'node:fs';
import type { BtfIndex, Kernel, VerifierStore } from '@btfq/btf-index';
import { InputError } from '../errors.ts';
import type { Io } from '../io.ts';
import { indexPath } from '../shared-flags.ts';
import { openStored, openVerifier, type OpenVerifier } from './open-verifier.ts';

/** Which kernels. */
export interface VerifierSelection {
  readonly on: readonly string[];
  readonly where: readonly string[];
  readonly db: string | undefined;
  readonly kconfig: string | undefined;
}

/** A kernel: ready to be asked, or without a verifier that could be. */
export type AskedKernel = OpenVerifier | { readonly name: string; readonly unknown: string };

export const NOT_KEPT = 'the index does not keep its verifier: btfq ingest --verifier does';

/** What is no file is the name of a kernel in the index; with neither files nor names all of its kernels that fit are meant. */
export async function* selectedVerifiers(io: Io, selection: VerifierSelection): AsyncGenerator<AskedKernel> {
  const { on, where, kconfig } = selection;
  const indexed: string[] = [];
  for (const target of on) {
    if (existsSync(io.path(target))) yield await openVerifier(io, target, kconfig);
    else indexed.push(target);
  }
  if (indexed.length === 0 && on.length > 0 && where.length === 0) return;
  const { kernels, parseWhere, resolveKernel } = await import('@btfq/btf-index');
  const { index, store, close } = await openVerifiers(io, selection);
  try {
    const named = indexed.map((name) => resolveKernel(index, name));
    const chosen = on.length === 0 || where.length > 0 ? kernels(index, parseWhere(where)) : [];
    const wanted = [...new Map([...named, ...chosen].map((kernel) => [kernel.id, kernel])).values()];
    if (wanted.length === 0) throw new InputError('no-kernel', 'the index has no such kernel');
    for (const kernel of wanted) yield await openOne(index, store, kernel, kconfig);
  } finally {
    close();
  }
}

/** An index and the verifiers that it keeps. */
export async function openVerifiers(
  io: Io,
  flags: { readonly db: string | undefined },
): Promise<{ index: BtfIndex; store: VerifierStore | undefined; close: () => void }> {
  const { openIndex, openVerifierStore, verifierPath } = await import('@btfq/btf-index');
  const path = indexPath(flags, io);
  const index = openIndex(io.path(path), { readonly: true });
  const store = openVerifierStore(io.path(verifierPath(path)), { readonly: true });
  const close = () => {
    store?.close();
    index.close();
  };
  return { index, store, close };
}

async function openOne(
  index: BtfIndex,
  store: VerifierStore | undefined,
  kernel: Kernel,
  kconfig: string | undefined,
): Promise<AskedKernel> {
  return (await openStored(index, store, kernel, kconfig)) ?? { name: kernel.name, unknown: NOT_KEPT };
}
