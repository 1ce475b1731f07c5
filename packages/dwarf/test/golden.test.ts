// The quirk program (fixtures/dwarf) by many compilers and in many forms of DWARF, held against what pahole 1.32 makes of it.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inflateSync, zstdDecompressSync } from 'node:zlib';
import { type Btf, BtfKind, checkBtf, dedup, decodeType, idsByName, parseBtf } from '@btfq/btf-format';
import { bytesSource, type DwarfOptions, encodeBtf } from '@btfq/dwarf';
import { fixturesFolder } from '@btfq/test-kit';
import { describe, expect, test } from 'vitest';
import { compareBtf, countKinds } from '../src/compare-btf.ts';

const folder = join(fixturesFolder, 'dwarf');
const read = (name: string) => new Uint8Array(readFileSync(join(folder, name)));
const decompress: NonNullable<DwarfOptions['decompress']> = ({ type, bytes }) =>
  new Uint8Array(type === 2 ? zstdDecompressSync(bytes) : inflateSync(bytes));

function encode(file: string, options: DwarfOptions = {}): Btf {
  const alternate = file === 'dwz-a.elf' ? bytesSource(read('dwz-common.debug')) : undefined;
  return parseBtf(encodeBtf(bytesSource(read(file)), { decompress, alternate, ...options }).bytes);
}

const programs = readdirSync(folder).filter((name) => /\.(elf|o)$/.test(name) && name !== 'split.o');
const references = new Set(readdirSync(folder).filter((name) => name.endsWith('.btf')));

describe('as pahole makes it', () => {
  for (const file of programs) {
    const name = file.slice(0, file.lastIndexOf('.'));
    const reference = name.startsWith('compressed') ? 'gcc-5.btf' : `${name}.btf`;
    test.runIf(references.has(reference))(file, () => {
      const made = encode(file);
      const wanted = parseBtf(read(reference));
      expect(compareBtf(wanted, made).differences).toEqual([]);
      expect(countKinds(made)).toEqual(countKinds(wanted));
    });
  }
});

test('as pahole makes it over a base: what the base has is not said again', () => {
  const base = parseBtf(read('gcc-5.btf'));
  const wanted = parseBtf(read('object-split.btf'), { base });
  const made = parseBtf(encodeBtf(bytesSource(read('object.o')), { base }).bytes, { base });
  // Differs from pahole: it writes typedefs of the base again
  const { differences } = compareBtf(wanted, made);
  expect(differences.filter((line) => !line.startsWith('missing TYPEDEF '))).toEqual([]);
  for (const line of differences) expect(idsByName(base, line.split(' ')[2]!)).toHaveLength(1);
  expect(countKinds(made)['FUNC']).toBe(countKinds(wanted)['FUNC']);
});

test("a file that is one of Node's Buffers is left as it is", () => {
  const file = readFileSync(join(folder, 'object.o'));
  const { bytes } = encodeBtf(bytesSource(file));
  expect(file.equals(readFileSync(join(folder, 'object.o')))).toBe(true);
  expect(encodeBtf(bytesSource(file)).bytes).toEqual(bytes);
});

describe('every file', () => {
  for (const file of programs) {
    test(file, () => {
      const { bytes } = encodeBtf(bytesSource(read(file)), {
        decompress,
        alternate: file === 'dwz-a.elf' ? bytesSource(read('dwz-common.debug')) : undefined,
      });
      expect(checkBtf(bytes)).toEqual([]);
      const made = parseBtf(bytes);
      expect(parseBtf(dedup(made).bytes).typeCount).toBe(made.typeCount);
      expect(
        encodeBtf(bytesSource(read(file)), { decompress, alternate: bytesSource(read('dwz-common.debug')) }).types,
      ).toBe(made.typeCount - 1);
    });
  }
});

describe('Differs from pahole', () => {
  // pahole 1.32 crashes on these two, or fails to deduplicate what it made
  for (const file of ['gcc-types.elf', 'gcc-types-4.elf']) {
    test(`type units: ${file}`, () => {
      const made = encode(file);
      const { differences } = compareBtf(parseBtf(read('gcc-5.btf')), made);
      expect(differences.filter((line) => /STRUCT|UNION|ENUM|TYPEDEF|INT/.test(line))).toEqual([]);
    });
  }
});

describe('what is refused', () => {
  const codeOf = (run: () => unknown) => {
    try {
      run();
    } catch (error) {
      return `${(error as { code: string }).code}: ${(error as Error).message}`;
    }
    return 'nothing';
  };
  test('split debug information, by the name of its file', () => {
    expect(codeOf(() => encode('split.o'))).toBe('split-debug: the types are in split.dwo');
  });
  test('an alternate file that is not there', () => {
    expect(codeOf(() => encode('dwz-a.elf', { alternate: undefined }))).toMatch(/^needs-alternate/);
  });
  test('compressed sections without a decompressor', () => {
    expect(codeOf(() => encode('compressed-zlib.elf', { decompress: undefined }))).toMatch(/^compressed/);
  });
  test('a file without debug information', () => {
    expect(codeOf(() => encodeBtf(bytesSource(read('../objects/nobtf.bpf.o'))))).toMatch(/^no-dwarf/);
  });
});

describe('options', () => {
  const only = (btf: Btf, name: string) => decodeType(btf, idsByName(btf, name)[0]!);
  test('floats as integers', () => {
    expect(only(encode('gcc-5.elf', { floats: false }), 'double').kind).toBe(BtfKind.Int);
  });
  test('enums of eight bytes as ENUM', () => {
    expect(only(encode('gcc-5.elf', { enum64: false }), 'wide').kind).toBe(BtfKind.Enum);
  });
  test('arrays as one', () => {
    const btf = encode('gcc-5.elf', { flatArrays: true });
    const arrays = only(btf, 'arrays');
    const grid = arrays.kind === BtfKind.Struct ? decodeType(btf, arrays.members[0]!.type) : undefined;
    expect(grid).toMatchObject({ kind: BtfKind.Array, nelems: 24 });
  });
  test('variables: all, or none', () => {
    expect(idsByName(encode('gcc-5.elf', { variables: 'global' }), 'plain_global')).toHaveLength(1);
    expect(countKinds(encode('gcc-5.elf', { variables: 'none' }))['VAR']).toBeUndefined();
  });
  test('a module over a base has nothing of the base again', () => {
    const base = encode('gcc-5.elf');
    const { bytes, types } = encodeBtf(bytesSource(read('gcc-5.elf')), { base, variables: 'none' });
    const split = parseBtf(bytes, { base });
    const kinds = countKinds(split);
    expect(kinds['STRUCT'] ?? 0).toBeLessThan(5); // those whose names have two contents
    expect(types).toBeLessThan(30);
  });
});
