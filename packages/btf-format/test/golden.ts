// Reference output of libbpf 1.8 and of a kernel (6.18) for this package's tests: see golden/README.md.
import { readFileSync } from 'node:fs';

/** The rows of golden/<name>.json. */
export function golden<T>(name: string): readonly T[] {
  return JSON.parse(readFileSync(new URL(`golden/${name}.json`, import.meta.url), 'utf8')) as T[];
}

/** Base64 to bytes. */
export function bytesOf(base64: string): Uint8Array {
  return new Uint8Array(Buffer.from(base64, 'base64'));
}

/** The code of the error that a call throws, undefined where it throws none; errors without a code pass through. */
export function code(call: () => unknown): string | undefined {
  try {
    call();
    return undefined;
  } catch (error) {
    const { code } = error as { code?: string };
    if (code === undefined) throw error;
    return code;
  }
}
