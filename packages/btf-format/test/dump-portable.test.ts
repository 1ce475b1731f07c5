// The portable header: a compiler's word on every size and offset where there is one, and text that is kept beside it.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Btf, BtfBuilder, collectBytes, dumpPortableC, type PortableNote, parseBtf } from '@btfq/btf-format';
import { afterAll, describe, expect, test } from 'vitest';
import { mangle, NameSpace } from '../src/dump-portable/c-names.ts';
import { placeMembers } from '../src/dump-portable/placement.ts';
import { randomBtf } from './random-btf.ts';

const golden = join(import.meta.dirname, 'golden');
const names = readdirSync(golden)
  .filter((file) => file.endsWith('.c'))
  .map((file) => file.slice(0, -2));

function header(btf: Btf, asserts = false): { text: string; notes: readonly PortableNote[] } {
  let notes: readonly PortableNote[] = [];
  const bytes = collectBytes((sink) => {
    notes = dumpPortableC(btf, sink, { asserts });
  });
  return { text: new TextDecoder().decode(bytes), notes };
}

test.each(names)('%s reads as it did, in either byte order', async (name) => {
  const little = header(parseBtf(readFileSync(join(golden, `${name}.btf`))));
  await expect(little.text).toMatchFileSnapshot(join(golden, `${name}.portable.h`));
  expect(header(parseBtf(readFileSync(join(golden, `${name}.eb.btf`)))).text).toBe(little.text);
});

describe('a compiler agrees with every size and offset', () => {
  const folder = mkdtempSync(join(tmpdir(), 'btfq-portable-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  /** What to call, for the editions it knows; undefined where it is not there. */
  const compilers = [process.env['CC'] ?? 'gcc', process.env['CLANG'] ?? 'clang'].map((command) => ({
    command,
    editions: ['c11', 'c17', 'c23', 'gnu17'].filter((edition) => accepts(command, edition)),
  }));

  function accepts(command: string, edition: string): boolean {
    return spawnSync(command, [`-std=${edition}`, '-fsyntax-only', '-x', 'c', '-'], { input: '' }).status === 0;
  }

  function refusals(btf: Btf, command: string, edition: string): string {
    const file = join(folder, 'header.h');
    writeFileSync(file, header(btf, true).text);
    const { status, stderr } = spawnSync(command, [`-std=${edition}`, '-Werror', '-fsyntax-only', '-x', 'c', file]);
    return status === 0 ? '' : stderr.toString(); // gcc notes that it packs bits as it has since 4.4
  }

  for (const { command, editions } of compilers) {
    test(`${command}: hand-made and random types`, ({ skip }) => {
      if (editions.length === 0) skip(`${command} is not installed`);
      for (const edition of editions) {
        for (const name of names) {
          expect(refusals(parseBtf(readFileSync(join(golden, `${name}.btf`))), command, edition), name).toBe('');
        }
      }
      for (let seed = 0; seed < 24; seed++) {
        expect(refusals(randomBtf(seed), command, editions[seed % editions.length]!), `seed ${seed}`).toBe('');
      }
    });
  }
});

test('random types leave nothing unsaid', () => {
  let structs = 0;
  for (let seed = 0; seed < 300; seed++) {
    const { text, notes } = header(randomBtf(seed), true);
    expect(notes, `seed ${seed}`).toEqual([]);
    structs += text.split('sizeof(struct').length - 1;
  }
  expect(structs).toBeGreaterThan(1000);
});

test('what C cannot express is listed', () => {
  const builder = new BtfBuilder();
  const int = builder.addInt('int', 4, 1);
  const forward = builder.addFwd('elsewhere');
  builder.addStruct('outer', 8);
  builder.addField('here', int, 0);
  builder.addField('there', forward, 32);
  builder.addStruct('late', 4);
  builder.addField('beyond', int, 16);
  builder.addEnum('wide', 1);
  builder.addEnumValue('TOO_LARGE', 300);
  const { text, notes } = header(builder.toBtf());
  expect(notes.map(({ what }) => what)).toEqual(['struct outer.there', 'struct late.beyond', 'enum wide']);
  for (const { what, why } of notes) expect(text).toContain(` * ${what}: ${why}\n`);
});

test('types that double with each level end', () => {
  const builder = new BtfBuilder();
  let inner = builder.addInt('char', 1, 1);
  for (let level = 0; level < 60; level++) {
    const pair = builder.addUnion('', 1);
    builder.addField('a', inner, 0);
    builder.addField('b', inner, 0);
    inner = pair;
  }
  builder.addUnion('outer', 1);
  builder.addField('all', inner, 0);
  expect(() => header(builder.toBtf())).toThrow(expect.objectContaining({ code: 'limit' }));
});

test('names become names of C, each its own', () => {
  expect(['core::fmt', '9lives', 'typeof', 'a.b', 'plain'].map(mangle)).toEqual([
    'core__fmt',
    '_9lives',
    'typeof_',
    'a_b',
    'plain',
  ]);
  const space = new NameSpace();
  expect(['a.b', 'a_b', 'a_b', 'a_b___2'].map((name) => space.take(name))).toEqual([
    'a_b',
    'a_b___2',
    'a_b___3',
    'a_b___2___2',
  ]);
});

const byte = { bitfieldSize: 0, size: 1, align: 1 };
const word = { bitfieldSize: 0, size: 4, align: 4 };
const bits = (bitOffset: number, bitfieldSize: number) => ({ bitOffset, bitfieldSize, size: 4, align: 4 });

test.each([
  [
    'as C has it',
    [
      { ...byte, bitOffset: 0 },
      { ...word, bitOffset: 32 },
    ],
    8,
    { packed: false, items: [{ member: 0 }, { member: 1 }] },
  ],
  [
    'a hole',
    [
      { ...byte, bitOffset: 0 },
      { ...word, bitOffset: 64 },
    ],
    12,
    { packed: false, items: [{ member: 0 }, { padBytes: 7 }, { member: 1 }] },
  ],
  [
    'off its alignment',
    [
      { ...byte, bitOffset: 0 },
      { ...word, bitOffset: 8 },
    ],
    5,
    { packed: true, align: 1, items: [{ member: 0 }, { member: 1 }] },
  ],
  ['a larger end', [{ ...word, bitOffset: 0 }], 64, { packed: false, items: [{ member: 0 }, { padBytes: 60 }] }],
  [
    'bits across a word',
    [bits(0, 30), bits(30, 4)],
    8,
    { packed: true, items: [{ member: 0 }, { member: 1 }, { padBytes: 3 }] },
  ],
  [
    'a hole of bits',
    [bits(0, 3), bits(5, 3)],
    4,
    { packed: true, items: [{ member: 0 }, { padBits: 2 }, { member: 1 }, { padBytes: 3 }] },
  ],
  [
    'overlapping',
    [
      { ...word, bitOffset: 0 },
      { ...word, bitOffset: 16 },
    ],
    8,
    { packed: true, asUnion: true },
  ],
  ['behind the end', [{ ...word, bitOffset: 32 }], 4, { dropped: [0] }],
] as const)('placement: %s', (_, members, size, expected) => {
  expect(placeMembers(members, size, false)).toMatchObject(expected);
});
