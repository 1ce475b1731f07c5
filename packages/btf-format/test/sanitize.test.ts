import {
  type BtfFeature,
  BtfBuilder,
  BtfKind,
  checkBtf,
  decodeType,
  featuresMissingIn,
  parseBtf,
  sanitize,
} from '@btfq/btf-format';
import { describe, expect, test } from 'vitest';
import { bytesOf, code, golden } from './golden.ts';

interface Case {
  readonly missing: readonly BtfFeature[];
  readonly input: string;
  readonly output: string;
}

describe('sanitize', () => {
  test.each(golden<Case>('sanitize'))('does what libbpf does: without $missing', ({ missing, input, output }) => {
    expect(Buffer.from(sanitize(parseBtf(bytesOf(input)), missing)).toString('base64')).toBe(output);
  });

  test('ENUM64 becomes ENUM where all values fit, if asked', () => {
    const builder = new BtfBuilder();
    builder.addEnum64('small', 8, true);
    builder.addEnum64Value('MINUS', -1);
    builder.addEnum64('large', 8);
    builder.addEnum64Value('LARGE', 1n << 40n);
    const btf = parseBtf(sanitize(builder.toBtf(), ['enum64'], { enum64: 'enum' }));
    expect(decodeType(btf, 1)).toMatchObject({
      kind: BtfKind.Enum,
      size: 8,
      values: [{ name: 'MINUS', value: 4294967295n }],
    });
    expect(decodeType(btf, 2)).toMatchObject({ kind: BtfKind.Union, members: [{ name: 'LARGE', type: 3 }] });
    expect(decodeType(btf, 3)).toMatchObject({ name: 'enum64_placeholder', size: 1 });
  });

  test.each(['4.20', '5.1', '5.5', '5.12', '5.15', '5.16', '5.19', '6.8', '7.0'])(
    'what is made for %s passes its check',
    (release) => {
      const builder = new BtfBuilder({ layout: true });
      const int = builder.addInt('int', 4);
      const proto = builder.addFuncProto(int);
      builder.addFuncParam('x', int);
      const func = builder.addFunc('f', 1, proto);
      builder.addDeclTag('tag', func, 0);
      const variable = builder.addVar('v', 1, builder.addTypeTag('tag', int));
      builder.addDatasec('?.data', 4);
      builder.addDatasecVar(variable, 0, 4);
      builder.addFloat('float', 4);
      builder.addEnum('e', 4);
      builder.addEnumValue('A', -1);
      builder.addEnum64('e64', 8);
      builder.addEnum64Value('B', 1n << 40n);
      const bytes = builder.build();
      expect(checkBtf(bytes, { kernel: { release } })).not.toEqual([]);
      expect(checkBtf(sanitize(parseBtf(bytes), featuresMissingIn(release)), { kernel: { release } })).toEqual([]);
    },
  );

  test('a release that is none', () => {
    expect(code(() => featuresMissingIn('bookworm'))).toBe('invalid-argument');
  });
});
