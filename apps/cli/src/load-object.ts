// A BPF object file, for every command that takes some.
import { type BpfObject, parseBpfObject } from '@btfq/core-reloc';
import { InputError } from './errors.ts';

/** Reads an object; errors name its file. Throws `InputError` with the code of the `RelocationError` or `ElfError`. */
export function loadObject(bytes: Uint8Array, name: string): BpfObject {
  try {
    return parseBpfObject(bytes, { name });
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error)) throw error;
    const code = String(error.code);
    throw new InputError(code, `${name}: ${error.message}`, {
      path: name,
      cause: error,
      ...(code === 'no-btf' ? { hint: 'Compile it with -g: the relocations are in its BTF.' } : {}),
    });
  }
}
