import {
  type BtfErrorCode,
  coreRelos,
  convertBtfExt,
  encodeBtfExt,
  funcInfos,
  lineInfos,
  mapBtfExt,
  parseBtfExt,
} from '@btfq/btf-format';
import { ByteWriter } from '@btfq/test-kit';
import { describe, expect, test } from 'vitest';
import { code } from './golden.ts';

const parts = {
  funcInfo: [
    {
      secNameOff: 1,
      records: [
        { insnOff: 0, typeId: 4 },
        { insnOff: 64, typeId: 5 },
      ],
    },
  ],
  lineInfo: [{ secNameOff: 1, records: [{ insnOff: 8, fileNameOff: 2, lineOff: 3, line: 4_194_303, column: 1023 }] }],
  coreRelo: [
    { secNameOff: 1, records: [{ insnOff: 16, typeId: 6, accessStrOff: 9, kind: 12 }] },
    { secNameOff: 7, records: [{ insnOff: 24, typeId: 7, accessStrOff: 10, kind: 0 }] },
  ],
};

describe.each([true, false])('.BTF.ext, little-endian: %s', (littleEndian) => {
  test('what is written is read', () => {
    const ext = parseBtfExt(encodeBtfExt({ ...parts, littleEndian }));
    expect(ext.littleEndian).toBe(littleEndian);
    expect(ext.funcInfo.sections.map((s) => funcInfos(ext, s))).toEqual(parts.funcInfo.map((s) => s.records));
    expect(ext.lineInfo.sections.map((s) => lineInfos(ext, s))).toEqual(parts.lineInfo.map((s) => s.records));
    expect(ext.coreRelo.sections.map((s) => coreRelos(ext, s))).toEqual(parts.coreRelo.map((s) => s.records));
    expect(ext.coreRelo.sections.map((s) => s.secNameOff)).toEqual([1, 7]);
  });

  test('longer records are read in either byte order', () => {
    const recSize = { funcInfo: 16, lineInfo: 20, coreRelo: 24 };
    const ext = parseBtfExt(encodeBtfExt({ ...parts, littleEndian, recSize }));
    expect(ext.funcInfo.recSize).toBe(16);
    expect(coreRelos(ext, ext.coreRelo.sections[1]!)).toEqual(parts.coreRelo[1]!.records);
    expect(code(() => convertBtfExt(ext, !littleEndian))).toBe('unsupported');
  });

  test('another byte order and back is the same', () => {
    const bytes = encodeBtfExt({ ...parts, littleEndian });
    const other = convertBtfExt(parseBtfExt(bytes), !littleEndian);
    expect(other).toEqual(encodeBtfExt({ ...parts, littleEndian: !littleEndian }));
    expect(convertBtfExt(parseBtfExt(other), littleEndian)).toEqual(bytes);
  });

  test('strings and types are renumbered in a copy, also of a Buffer', () => {
    const bytes = Buffer.from(encodeBtfExt({ ...parts, littleEndian }));
    const before = Buffer.from(bytes);
    const seen: number[] = [];
    const mapped = parseBtfExt(
      mapBtfExt(parseBtfExt(bytes), {
        string: (offset) => {
          seen.push(offset);
          return offset + 100;
        },
        typeId: (id) => id + 1000,
      }),
    );
    expect(seen).toEqual([1, 1, 2, 3, 1, 9, 7, 10]);
    expect(funcInfos(mapped, mapped.funcInfo.sections[0]!)[0]).toEqual({ insnOff: 0, typeId: 1004 });
    expect(coreRelos(mapped, mapped.coreRelo.sections[0]!)[0]).toEqual({
      insnOff: 16,
      typeId: 1006,
      accessStrOff: 109,
      kind: 12,
    });
    expect(bytes.equals(before)).toBe(true);
  });

  const header = (...words: number[]) =>
    new ByteWriter(littleEndian)
      .u16(0xeb9f)
      .u8(1, 0)
      .u32(...words);
  test.each<[string, BtfErrorCode, () => Uint8Array]>([
    ['no magic', 'not-btf', () => new Uint8Array(40)],
    ['four bytes', 'truncated', () => new ByteWriter(littleEndian).u16(0xeb9f).u8(1, 0).bytes()],
    [
      'another version',
      'unsupported',
      () => new ByteWriter(littleEndian).u16(0xeb9f).u8(2, 0).u32(24, 0, 0, 0, 0, 0).bytes(),
    ],
    ['flags', 'unsupported', () => new ByteWriter(littleEndian).u16(0xeb9f).u8(1, 1).u32(24, 0, 0, 0, 0, 0).bytes()],
    ['a header beyond the end', 'truncated', () => header(99, 0, 0, 0, 0).bytes()],
    ['no data', 'bad-ext', () => header(24, 0, 0, 0, 0).bytes()],
    ['a header without line_info', 'bad-ext', () => header(16, 0, 0, 0, 0).bytes()],
    ['an offset that is not aligned', 'bad-ext', () => header(24, 2, 4, 0, 0).u32(8, 0).bytes()],
    ['an area beyond the end', 'bad-ext', () => header(24, 0, 99, 0, 0).u32(8).bytes()],
    ['no room for a record size', 'bad-ext', () => header(24, 0, 2, 0, 0).u32(8).bytes()],
    ['records that are too short', 'bad-ext', () => header(24, 0, 12, 0, 0).u32(4, 1, 1).bytes()],
    ['records of odd bytes', 'bad-ext', () => header(24, 0, 12, 0, 0).u32(10, 1, 1).bytes()],
    ['a record size and nothing else', 'bad-ext', () => header(24, 0, 4, 0, 0).u32(8).bytes()],
    ['a section header cut off', 'bad-ext', () => header(24, 0, 8, 0, 0).u32(8, 1).bytes()],
    ['a section without records', 'bad-ext', () => header(24, 0, 12, 0, 0).u32(8, 1, 0).bytes()],
    ['records cut off', 'bad-ext', () => header(24, 0, 20, 0, 0).u32(8, 1, 2, 0, 1).bytes()],
    ['records without end', 'bad-ext', () => header(24, 0, 20, 0, 0).u32(8, 1, 0xffffffff, 0, 1).bytes()],
  ])('%s', (_, expected, make) => {
    expect(code(() => parseBtfExt(make()))).toBe(expected);
  });

  test('a 24-byte header has no relocations', () => {
    const ext = parseBtfExt(header(24, 0, 20, 0, 0).u32(8, 1, 1, 0, 3).bytes());
    expect([ext.funcInfo.sections.length, ext.coreRelo.sections.length]).toEqual([1, 0]);
  });
});

test.each([
  ['a section without records', { funcInfo: [{ secNameOff: 1, records: [] }] }],
  ['a record size below the least', { ...parts, recSize: { lineInfo: 12 } }],
  [
    'a line of 23 bits',
    { lineInfo: [{ secNameOff: 1, records: [{ ...parts.lineInfo[0]!.records[0]!, line: 1 << 22 }] }] },
  ],
])('the encoder refuses %s', (_, wrong) => {
  expect(code(() => encodeBtfExt(wrong))).toBe('invalid-argument');
});
