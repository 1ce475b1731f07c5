// A kernel whose verifier can be asked: from an image, or a package with one in it.
import type { BtfIndex, Kernel as IndexedKernel, VerifierStore } from '@btfq/btf-index';
import type { CallingKernel, Kernel, KernelSnapshot } from '@btfq/kernel-runtime';
import { InputError } from '../errors.ts';
import type { Io } from '../io.ts';

/** A kernel that is ready, and the state that each program starts from. */
export interface OpenVerifier {
  /** The release, or the path where the image does not say it. */
  readonly name: string;
  readonly kernel: Kernel;
  readonly start: KernelSnapshot;
  readonly calling: CallingKernel;
}

const OPENING_ERRORS: ReadonlySet<string> = new Set(['KernelRuntimeError', 'KernelTablesError']);

/** Opens a kernel. Throws `InputError` where there is no image, or where it cannot be run. */
export async function openVerifier(io: Io, path: string, kconfig?: string): Promise<OpenVerifier> {
  const { loadTarget } = await import('@btfq/kernel-source');
  const { image, config } = await loadTarget(io.path(path), { modules: false, image: true, signal: io.signal });
  if (image === undefined) {
    throw new InputError('no-image', `${path}: types alone, and no kernel image whose verifier could be run`, {
      path,
      hint: 'Give a vmlinux, a boot image (vmlinuz, Image) or the package that has it.',
    });
  }
  return await openImage(image, path, kconfig ?? (config && configText(config.symbols)));
}

/** Likewise, of an image that is unpacked already. */
export async function openImage(image: Uint8Array, path: string, kconfig?: string): Promise<OpenVerifier> {
  const { callingKernel, openKernel } = await import('@btfq/kernel-runtime');
  try {
    const kernel = openKernel(image);
    const calling = callingKernel(kernel, kconfig === undefined ? {} : { kconfig });
    return { name: calling.release || path, kernel, start: kernel.snapshot(), calling };
  } catch (error) {
    const { name, message, code } = error as Error & { code?: string };
    if (!OPENING_ERRORS.has(name)) throw error;
    throw new InputError(code ?? name, `${path}: ${message}`, { path, cause: error });
  }
}

/** A configuration as the loader reads it, from its symbols. */
export function configText(symbols: ReadonlyMap<string, string>): string {
  return [...symbols].map(([name, value]) => `${name}=${value}\n`).join('');
}

/** The verifier that an index keeps of a kernel; undefined where it keeps none. Throws `InputError` where it cannot be used. */
export async function openStored(
  index: BtfIndex,
  store: VerifierStore | undefined,
  { id, name }: IndexedKernel,
  kconfig?: string,
): Promise<OpenVerifier | undefined> {
  const { exportBtf, kernelConfig } = await import('@btfq/btf-index');
  const { callingKernel, openSavedKernel } = await import('@btfq/kernel-runtime');
  const source = store?.get(name, () => exportBtf(index, id));
  if (source === undefined) return undefined;
  try {
    const kernel = openSavedKernel(source);
    const config = kernelConfig(index, id);
    const text = kconfig ?? (config && configText(config));
    const calling = callingKernel(kernel, text === undefined ? {} : { kconfig: text });
    return { name, kernel, start: kernel.snapshot(), calling };
  } catch (error) {
    const { name: errorName, message, code } = error as Error & { code?: string };
    if (!OPENING_ERRORS.has(errorName)) throw error;
    throw new InputError(code ?? errorName, `${name}: ${message}`, { cause: error });
  }
}
