// A BPF object file, for every command that takes some.
import { type BpfObject, parseBpfObject } from '@btfq/core-reloc';
import { InputError } from './errors.ts';

/** The next step, by the error's code. */
const HINTS: Readonly<Record<string, string>> = {
  'no-btf': 'Compile it with -g: the relocations are in its BTF.',
  'not-elf': 'An object is what clang -g -O2 -target bpf -c makes of a source.',
};

/** Reads an object; errors name its file. Throws `InputError` with the code of the `RelocationError` or `ElfError`. */
export function loadObject(bytes: Uint8Array, name: string): BpfObject {
  try {
    return parseBpfObject(bytes, { name });
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error)) throw error;
    const code = String(error.code);
    const hint = HINTS[code];
    throw new InputError(code, `${name}: ${error.message}`, { path: name, cause: error, ...(hint && { hint }) });
  }
}
