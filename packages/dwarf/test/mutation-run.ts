// The mutation run over this package: damaged debug information goes through encodeBtf, and nothing but BTF that parses and
// typed errors may come out. Most changes hit debug sections: those of headers end soon.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inflateSync, zstdDecompressSync } from 'node:zlib';
import { parseBtf } from '@btfq/btf-format';
import { bytesSource, DwarfError, type DwarfOptions, encodeBtf, ModuleBase } from '@btfq/dwarf';
import { parseElf } from '@btfq/elf';
import { fixturesFolder, type Random, seededRandom } from '@btfq/test-kit';

const folder = join(fixturesFolder, 'dwarf');
const read = (name: string) => new Uint8Array(readFileSync(join(folder, name)));
const files = readdirSync(folder)
  .filter((name) => /\.(elf|o)$/.test(name))
  .map((name) => ({ name, bytes: read(name), ...placesIn(read(name)) }));
const alternateBytes = read('dwz-common.debug');
const alternateParts = placesIn(alternateBytes);
const base = new ModuleBase(parseBtf(read('gcc-5.btf')));

const decompress: NonNullable<DwarfOptions['decompress']> = ({ type, size, bytes }) => {
  const options = { maxOutputLength: Math.max(1, size) };
  return new Uint8Array(type === 2 ? zstdDecompressSync(bytes, options) : inflateSync(bytes, options));
};

/** Where debug information is, small sections as often as large ones. */
function placesIn(bytes: Uint8Array): { places: { offset: number; size: number }[] } {
  const elf = parseElf(bytes);
  const places = elf.sections.filter(({ name, size }) => /debug_|symtab|BTF_ids/.test(name) && size > 0);
  const info = places.filter(({ name }) => /debug_(info|abbrev|types)/.test(name));
  return { places: [...places, ...info, ...info] };
}

function damage(bytes: Uint8Array, places: readonly { offset: number; size: number }[], random: Random): Uint8Array {
  const { below } = random;
  const damaged = Uint8Array.from(bytes);
  const changes = 1 + below(4);
  for (let change = 0; change < changes; change++) {
    const { offset, size } = below(12) === 0 ? { offset: 0, size: bytes.length } : places[below(places.length)]!;
    const at = offset + below(size);
    const kind = below(5);
    if (kind === 0) damaged[at] = below(256);
    else if (kind === 1) damaged[at]! ^= 1 << below(8);
    else if (kind === 2) damaged.fill(below(2) * 255, at, at + 1 + below(8));
    else if (kind === 3) damaged[at]! += below(2) * 2 - 1;
    else damaged.copyWithin(at, offset + below(size), offset + below(size) + 16);
  }
  return below(30) === 0 ? damaged.subarray(0, below(bytes.length)) : damaged;
}

/** Runs `count` inputs of a seed; returns how often each code came, `valid` among them. Throws for anything else. */
export function runMutations(seed: number, count: number): Map<string, number> {
  const random = seededRandom(seed);
  const { below } = random;
  const codes = new Map<string, number>();
  for (let i = 0; i < count; i++) {
    const file = files[below(files.length)]!;
    const bytes = damage(file.bytes, file.places, random);
    const way = below(8);
    const dwz = way === 0 ? damage(alternateBytes, alternateParts.places, random) : alternateBytes;
    const options: DwarfOptions = {
      ...(below(20) === 0 ? {} : { decompress }),
      alternate: bytesSource(dwz),
      ...(way === 1 ? { base } : {}),
      ...(way === 2 ? { flatArrays: true, enum64: false, floats: false, variables: 'global' } : {}),
    };
    let code = 'valid';
    try {
      const made = encodeBtf(bytesSource(bytes), options).bytes;
      parseBtf(made, way === 1 ? { base: base.btf } : {});
    } catch (error) {
      if (!(error instanceof DwarfError)) throw new Error(`seed ${seed}, input ${i} of ${file.name}`, { cause: error });
      code = error.code;
    }
    codes.set(code, (codes.get(code) ?? 0) + 1);
  }
  return codes;
}
