// Rules of the kernel's checker by release, in both directions: refused as long as a release has the rule, taken by the
// first that has it no more; and what `convertFor` writes for the old ones is taken there.
import { BtfBuilder, BtfKind, checkBtf, convertFor, parseBtf, RELEASE_RULES } from '@btfq/btf-format';
import { expect, test } from 'vitest';

/** BTF that breaks one rule each. */
function broken(name: string): Uint8Array {
  const builder = new BtfBuilder();
  const int = builder.addInt('int', 4, 1);
  switch (name) {
    case 'no-kind-flag':
      builder.addFwd('some_union', true);
      break;
    case 'enum-of-int':
      builder.addEnum('small', 1);
      builder.addEnumValue('ONE', 1);
      break;
    case 'short-names':
      builder.addStruct('n'.repeat(129), 4);
      builder.addField('value', int, 0);
      break;
    case 'no-tag-flag':
      builder.addPtr(builder.addTypeTag('address_space(1)', int, true));
      break;
    default:
      builder.addPtr(builder.addConst(builder.addTypeTag('rcu', int)));
  }
  return builder.build();
}

const LAST_BEFORE: Readonly<Record<string, string>> = {
  '5.0': '4.20',
  '5.1': '5.0',
  '6.1': '6.0',
  '6.15': '6.14',
  '7.2': '7.1',
};

test.each(RELEASE_RULES.map((rule) => [rule.name, rule] as const))('%s', (name, { before, since }) => {
  const bytes = broken(name);
  const problems = (release: string) => checkBtf(bytes, { kernel: { release } });
  const last = LAST_BEFORE[before]!;
  expect(problems(last)).toMatchObject([{ level: 'kernel' }]);
  expect(problems(before)).toEqual([]);
  expect(checkBtf(bytes, { kernel: true })).toEqual([]);
  if (since !== undefined) expect(problems(since)).toHaveLength(1);

  const { bytes: written, lost, problems: left } = convertFor(parseBtf(bytes), last);
  if (name === 'enum-of-int')
    expect(left).toMatchObject([{ code: 'size' }]); // no other size can be said
  else {
    expect(left).toEqual([]);
    expect(lost).toHaveLength(1);
    expect(checkBtf(written, { kernel: { release: last } })).toEqual([]);
  }
});

test('a name of 128 bytes is taken by all', () => {
  const builder = new BtfBuilder();
  builder.addStruct('n'.repeat(128), 0);
  expect(checkBtf(builder.build(), { kernel: { release: '4.19' } })).toEqual([]);
});

test("a prototype's unnamed parameters get names where it becomes an enum", () => {
  const builder = new BtfBuilder();
  const int = builder.addInt('int', 4, 1);
  builder.addFuncProto(int);
  builder.addFuncParam('', int);
  builder.addFuncParam('', int);
  const { bytes, problems } = convertFor(builder.toBtf(), '4.19');
  expect(problems).toEqual([]);
  const btf = parseBtf(bytes);
  expect(btf.kind(2)).toBe(BtfKind.Enum);
  expect(checkBtf(bytes, { kernel: { release: '4.19' } })).toEqual([]);
});
