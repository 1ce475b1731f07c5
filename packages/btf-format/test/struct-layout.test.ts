// Layouts against pahole 1.24's text for structs of the fixture kernels, and rules on hand-made structs.
import { BtfKind, findByName, formatStructLayout, parseBtf, structLayout } from '@btfq/btf-format';
import { BtfBytes, fixtureKernels, kernelBtf, oracleJson } from '@btfq/test-kit';
import { describe, expect, test } from 'vitest';

const pahole = oracleJson<Record<string, string>>('pahole.json');

/** pahole writes `const struct cred  * name`, C `const struct cred *name`: spaces say nothing. */
function sameSpaces(text: string): string {
  const lines = text.trimEnd().split('\n');
  return lines
    .map((line) =>
      line
        .replace(/ +/g, ' ')
        .replace(/(?<=\*) (?=[\w(*])/g, '')
        .trimEnd(),
    )
    .join('\n');
}

describe.each(fixtureKernels().map(({ id }) => id))('%s', (id) => {
  const btf = parseBtf(kernelBtf(id));
  const names = Object.keys(pahole)
    .filter((key) => key.startsWith(`${id} `))
    .map((key) => key.split(' ')[1]!);
  test('has samples', () => expect(names.length).toBeGreaterThan(5));
  test.each(names)('%s', (name) => {
    const layout = structLayout(btf, findByName(btf, name, BtfKind.Struct) as number);
    expect(sameSpaces(formatStructLayout(layout))).toBe(sameSpaces(pahole[`${id} ${name}`]!));
  });
});

test('holes, bit holes, padding and inner structs as data', () => {
  const b = new BtfBytes();
  const char = b.int('char', 1, 2);
  const int = b.int('int', 4, 1);
  const long = b.int('long', 8, 1);
  const padded = b.struct('padded', 16, [
    { name: 'a', type: long },
    { name: 'b', type: int, offset: 64 },
  ]);
  const inner = b.union('', 8, [
    { name: 'i', type: int },
    { name: 'l', type: long },
  ]);
  const id = b.struct('s', 64, [
    { name: 'c', type: char, bits: 0 },
    { name: 'x', type: int, offset: 32, bits: 3 },
    { name: 'y', type: int, offset: 40, bits: 5 },
    { name: '', type: inner, offset: 64 },
    { name: 'p', type: padded, offset: 128 },
    { name: 'end', type: int, offset: 256, bits: 7 },
  ]);
  const layout = structLayout(parseBtf(b.build()), id);
  const member = (name: string) => layout.members.find((each) => each.name === name);
  expect(member('c')).toMatchObject({ offset: 0, size: 1, hole: 3, bitHole: 0, bitSize: undefined });
  expect(member('x')).toMatchObject({ offset: 4, size: 4, bitOffset: 0, bitSize: 3, bitHole: 5 });
  expect(member('y')).toMatchObject({ offset: 4, bitOffset: 8, bitSize: 5, bitHole: 19, declaration: 'int y' });
  expect(member('')?.inner).toMatchObject({ kind: 'union', offset: 8, size: 8 });
  expect(member('')?.inner?.members.map(({ name, offset }) => [name, offset])).toEqual([
    ['i', 8],
    ['l', 8],
  ]);
  expect(member('p')).toMatchObject({ offset: 16, padding: 4, hole: 0 });
  expect(layout).toMatchObject({ size: 64, padding: 28, bitPadding: 25, packed: false, holeBefore: 0 });
});

test('packed, aligned, through a typedef, and what has no layout', () => {
  const b = new BtfBytes();
  const char = b.int('char', 1, 2);
  const int = b.int('int', 4, 1);
  const packed = b.struct('packed', 5, [
    { name: 'c', type: char },
    { name: 'i', type: int, offset: 8 },
  ]);
  const aligned = b.struct('aligned', 192, [
    { name: 'c', type: char },
    { name: 'i', type: int, offset: 512 },
  ]);
  const typedef = b.typedef('t', b.const(packed));
  const btf = parseBtf(b.build());
  expect(structLayout(btf, typedef)).toMatchObject({ name: 'packed', packed: true, alignment: undefined });
  expect(structLayout(btf, aligned)).toMatchObject({ alignment: 128, packed: false });
  expect(structLayout(btf, aligned).members[1]).toMatchObject({ alignment: 64, declaration: 'int i' });
  expect(structLayout(btf, aligned, { cacheLine: 128 }).members[1]?.alignment).toBe(64);
  expect(formatStructLayout(structLayout(btf, packed))).toMatch(/^} __attribute__\(\(__packed__\)\);$/m);
  expect(() => structLayout(btf, int)).toThrow(expect.objectContaining({ code: 'unsupported' }));
  expect(() => structLayout(btf, 99)).toThrow(expect.objectContaining({ code: 'bad-type-id' }));
});

test('anonymous structs within themselves end in an error', () => {
  const b = new BtfBytes();
  b.struct('', 8, [{ name: '', type: 1 }]);
  expect(() => structLayout(parseBtf(b.build()), 1)).toThrow(expect.objectContaining({ code: 'limit' }));
  const doubling = new BtfBytes();
  for (let i = 0; i < 60; i++)
    doubling.struct(
      '',
      8,
      ['a', 'b'].map((name) => ({ name, type: i })),
    );
  expect(() => structLayout(parseBtf(doubling.build()), 60)).toThrow(expect.objectContaining({ code: 'limit' }));
});
