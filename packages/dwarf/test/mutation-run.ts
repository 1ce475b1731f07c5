// The mutation run over this package: damaged debug information goes through encodeBtf, and nothing but BTF that parses and
// typed errors may come out.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseBtf } from '@btfq/btf-format';
import { bytesSource, DwarfError, encodeBtf } from '@btfq/dwarf';
import { fixturesFolder, seededRandom } from '@btfq/test-kit';

const folder = join(fixturesFolder, 'dwarf');
const files = readdirSync(folder)
  .filter((name) => /\.(elf|o)$/.test(name))
  .map((name) => ({ name, bytes: readFileSync(join(folder, name)) }));

/** Runs `count` inputs of a seed; returns how often each code came, `valid` among them. Throws for anything else. */
export function runMutations(seed: number, count: number): Map<string, number> {
  const { below } = seededRandom(seed);
  const codes = new Map<string, number>();
  for (let i = 0; i < count; i++) {
    const file = files[below(files.length)]!;
    const bytes = new Uint8Array(file.bytes);
    const changes = 1 + below(4);
    for (let change = 0; change < changes; change++) {
      const at = below(bytes.length);
      const kind = below(4);
      if (kind === 0) bytes[at] = below(256);
      else if (kind === 1) bytes[at]! ^= 1 << below(8);
      else if (kind === 2) bytes.fill(below(2) * 255, at, at + 1 + below(8));
      else bytes.copyWithin(at, below(bytes.length), below(bytes.length) + 16);
    }
    const input = below(8) === 0 ? bytes.subarray(0, below(bytes.length)) : bytes;
    let code = 'valid';
    try {
      parseBtf(encodeBtf(bytesSource(input)).bytes);
    } catch (error) {
      if (!(error instanceof DwarfError)) throw new Error(`seed ${seed}, input ${i} of ${file.name}`, { cause: error });
      code = error.code;
    }
    codes.set(code, (codes.get(code) ?? 0) + 1);
  }
  return codes;
}
