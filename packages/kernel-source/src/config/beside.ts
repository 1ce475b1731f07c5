// The configuration of a kernel that is read from a single file: what lies beside it on the disk.

import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { plainBytes } from '../io/byte-stream.ts';
import { decompress } from '../compression/decompress.ts';
import { KernelSourceError } from '../errors.ts';
import { identifyCompression } from '../identify.ts';
import { isSysfs, PROC_CONFIG } from '../identity/system.ts';
import { type ConfiguredKernel, configVerdict } from './belongs.ts';
import { type KernelConfig, MAX_CONFIG, parseKernelConfig } from './kernel-config.ts';

/**
 * The configuration beside a kernel's file: `config-RELEASE`, `config` or `.config` in its folder, for the running kernel's
 * BTF `/boot/config-RELEASE`, then `/proc/config.gz`. undefined where there is none, or only that of another kernel.
 *
 * @throws KernelSourceError `bad-config` and the codes of damaged compression, with the file's path
 */
export async function configBeside(path: string, kernel: ConfiguredKernel): Promise<KernelConfig | undefined> {
  const named = `config-${kernel.release}`;
  const files = isSysfs(path)
    ? [join('/boot', named), PROC_CONFIG]
    : [named, `${named}.gz`, 'config', 'config.gz', '.config'].map((name) => join(dirname(path), name));
  for (const file of files) {
    const bytes = await readFile(file).catch(() => undefined);
    if (bytes === undefined) continue;
    try {
      const packed = identifyCompression(bytes.subarray(0, 64));
      const parsed = parseKernelConfig(
        packed === undefined ? plainBytes(bytes) : await decompress(packed, plainBytes(bytes), MAX_CONFIG),
      );
      if (typeof configVerdict(parsed, kernel) === 'string') return { symbols: parsed.symbols, source: file };
    } catch (error) {
      if (!(error instanceof KernelSourceError)) throw error;
      throw new KernelSourceError(error.code, error.message, {
        path: file,
        ...(error.expected === undefined ? {} : { expected: error.expected }),
        cause: error,
      });
    }
  }
  return undefined;
}
