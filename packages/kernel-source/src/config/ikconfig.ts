// The configuration that a kernel carries: gzip between two marks, with CONFIG_IKCONFIG in the image, with =m in configs.ko.
// kernel/configs.c

import { gunzipFirst } from '../compression/gzip.ts';
import { KernelSourceError } from '../errors.ts';
import { MAX_CONFIG, type ParsedConfig, parseKernelConfig } from './kernel-config.ts';

const MARK = 'IKCFG_ST';

/** The text of the configuration in these bytes; undefined where there is none. @throws KernelSourceError where it is damaged */
export function embeddedConfig(bytes: Uint8Array): Uint8Array | undefined {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = buffer.indexOf(MARK); at >= 0; at = buffer.indexOf(MARK, at + 1)) {
    const start = at + MARK.length;
    // The mark itself may stand anywhere; with gzip behind it, it is the one.
    if (buffer[start] === 0x1f && buffer[start + 1] === 0x8b && buffer[start + 2] === 8) {
      return gunzipFirst(bytes.subarray(start), MAX_CONFIG);
    }
  }
  return undefined;
}

/** The configuration of an image, read; or why it cannot be. */
export type EmbeddedConfig = { readonly parsed: ParsedConfig } | { readonly error: KernelSourceError };

/** The configuration that an image carries, as a result: a damaged one does not take its kernel away. */
export function configOfImage(bytes: Uint8Array): EmbeddedConfig | undefined {
  try {
    const found = embeddedConfig(bytes);
    return found === undefined ? undefined : { parsed: parseKernelConfig(found) };
  } catch (error) {
    if (!(error instanceof KernelSourceError)) throw error;
    const cause = new KernelSourceError('bad-config', `the embedded configuration is damaged: ${error.message}`, {
      ...(error.expected === undefined ? {} : { expected: error.expected }),
      cause: error,
    });
    return { error: cause };
  }
}
