import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import {
  type Btf,
  BtfBuilder,
  type BtfExt,
  dedup,
  encodeBtfExt,
  funcInfos,
  parseBtf,
  parseBtfExt,
} from '@btfq/btf-format';
import { fixturesFolder, kernelBtf, oracleJson } from '@btfq/test-kit';
import { describe, expect, test } from 'vitest';
import { bytesOf, code, golden } from './golden.ts';

interface Case {
  readonly base?: string;
  readonly input: string;
  /** null where btf__dedup fails. */
  readonly output: string | null;
}
interface Sections {
  readonly typeBytes: number;
  readonly stringBytes: number;
  readonly types: string;
  readonly strings: string;
}

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const sectionsOf = ({ bytes, header }: Btf) => ({
  typeBytes: header.typeLen,
  stringBytes: header.strLen,
  types: sha256(bytes.subarray(header.typeOff, header.typeOff + header.typeLen)),
  strings: sha256(bytes.subarray(header.strOff, header.strOff + header.strLen)),
});

describe('dedup', () => {
  test.each(golden<Case>('dedup'))('gives what btf__dedup gives: case %#', ({ base, input, output }) => {
    const btf = parseBtf(bytesOf(input), { base: base === undefined ? undefined : parseBtf(bytesOf(base)) });
    if (output === null) expect(code(() => dedup(btf))).toBe('bad-type');
    else expect(Buffer.from(dedup(btf).bytes).toString('base64')).toBe(output);
  });

  const oracle = oracleJson<Record<string, { before: Sections; after: Sections }>>('dedup.json');
  test.each(Object.entries(oracle))('gives what btf__dedup gives: %s', (topic, { after }) => {
    const bytes = gunzipSync(readFileSync(join(fixturesFolder, 'dedup', `${topic}.btf.gz`)));
    expect(sectionsOf(parseBtf(dedup(parseBtf(bytes)).bytes))).toMatchObject({
      typeBytes: after.typeBytes,
      stringBytes: after.stringBytes,
      types: after.types,
      strings: after.strings,
    });
  });

  test('gives what btf__dedup gives: a whole kernel', () => {
    const bytes = kernelBtf('6.1.0-50-cloud-amd64');
    expect(sha256(dedup(parseBtf(bytes)).bytes)).toBe(
      '46e11ae86c0072db27880294a479c651d2a38c203080daf86f9dc399774444d8',
    );
  });

  test('leaves the input alone, and tells where each type went', () => {
    const builder = new BtfBuilder();
    builder.addInt('int', 4);
    builder.addInt('int', 4);
    builder.addPtr(2);
    const bytes = builder.build();
    const { bytes: out, ids } = dedup(parseBtf(Buffer.from(bytes)));
    expect(bytes).toEqual(builder.build());
    expect([...ids]).toEqual([0, 1, 1, 2]);
    expect(parseBtf(out).sizeOrType(2)).toBe(1);
  });

  test('renumbers .BTF.ext, and keeps the strings that only it uses', () => {
    const builder = new BtfBuilder();
    builder.addString('unused');
    const text = builder.addString('.text');
    const file = builder.addString('a.c');
    const access = builder.addString('0:1');
    for (let i = 0; i < 2; i++) builder.addFunc('f', 0, builder.addFuncProto(0));
    const btf = builder.toBtf();
    const ext = parseBtfExt(
      encodeBtfExt({
        funcInfo: [{ secNameOff: text, records: [{ insnOff: 0, typeId: 4 }] }],
        lineInfo: [{ secNameOff: text, records: [{ insnOff: 0, fileNameOff: file, lineOff: 0, line: 7, column: 3 }] }],
        coreRelo: [{ secNameOff: text, records: [{ insnOff: 8, typeId: 3, accessStrOff: access, kind: 0 }] }],
      }),
    );
    const result = dedup(btf, { ext });
    const out = parseBtf(result.bytes);
    const outExt = parseBtfExt(result.ext as Uint8Array);
    expect(Buffer.from(out.strings.bytes).toString()).toBe('\0f\0.text\0a.c\x000:1\0');
    expect(funcInfos(outExt, outExt.funcInfo.sections[0]!)[0]).toEqual({ insnOff: 0, typeId: 2 });
    expect(out.string(outExt.coreRelo.sections[0]!.secNameOff)).toBe('.text');
  });

  test('a type or string of .BTF.ext that is not there is an error', () => {
    const builder = new BtfBuilder();
    const text = builder.addString('.text');
    builder.addInt('int', 4);
    const ext = (typeId: number, secNameOff: number): BtfExt =>
      parseBtfExt(encodeBtfExt({ funcInfo: [{ secNameOff, records: [{ insnOff: 0, typeId }] }] }));
    expect(code(() => dedup(builder.toBtf(), { ext: ext(2, text) }))).toBe('bad-type-id');
    expect(code(() => dedup(builder.toBtf(), { ext: ext(1, 999) }))).toBe('bad-string-offset');
  });

  test('kinds that libbpf cannot deduplicate are refused', () => {
    const builder = new BtfBuilder();
    builder.addLocParam(4, 8, [1]);
    expect(code(() => dedup(builder.toBtf()))).toBe('unsupported');
  });

  test('typedefs of themselves, which libbpf follows for ever, are refused', () => {
    const builder = new BtfBuilder();
    for (const [x, y] of [
      [3, 3],
      [4, 5],
    ] as const) {
      builder.addStruct('s', 8);
      builder.addField('x', x, 0);
      builder.addField('y', y, 32);
    }
    for (const id of [3, 4, 5]) builder.addTypedef('t', id);
    expect(code(() => dedup(builder.toBtf()))).toBe('limit');
  });

  test('chains of types as long as the file are no trouble', () => {
    const builder = new BtfBuilder();
    const length = 100_000;
    for (let id = 1; id < length; id++) builder.addPtr(id + 1);
    builder.addInt('int', 4);
    builder.addStruct('s', 8);
    builder.addField('x', 1, 0);
    builder.addStruct('s', 8);
    builder.addField('x', 1, 0);
    expect(parseBtf(dedup(builder.toBtf()).bytes).typeCount).toBe(length + 2);
  });
});
