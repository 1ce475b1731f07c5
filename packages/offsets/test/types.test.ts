// Definitions in each language, against bytes that C compilers wrote: 64 and 32 bits, both byte orders, bitfields, unions,
// arrays, packed structs. fixtures/types/event.c has the values.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadBtf } from '@btfq/btf-format';
import { parseElf } from '@btfq/elf';
import { generateTypes, isfJson, ownTypeIds, type TypeLanguage, typeIds } from '@btfq/offsets';
import { fixturesFolder } from '@btfq/test-kit';
import { afterAll, describe, expect, test } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'btfq-types-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const has = (command: string, args: string[] = ['--version']) => spawnSync(command, args).status === 0;

const ARCHES = ['x86_64', 'i686', 's390x', 's390'] as const;
const open = (arch: string) => {
  const bytes = new Uint8Array(readFileSync(join(fixturesFolder, 'types', `${arch}.o`)));
  return { btf: loadBtf(bytes), elf: parseElf(bytes) };
};
/** The bytes of a variable of the object. */
const bytesOf = (arch: string, name: string): Uint8Array => {
  const { elf } = open(arch);
  const symbol = [...elf.symbols].find((one) => one.name === name);
  if (symbol === undefined) throw new Error(`${arch} has no ${name}`);
  const { offset } = elf.sections[symbol.sectionIndex] as (typeof elf.sections)[number];
  return elf.bytes.slice(offset + symbol.value, offset + symbol.value + symbol.size);
};
const text = (arch: string, language: Exclude<TypeLanguage, 'isf'>) => {
  const { btf } = open(arch);
  return generateTypes(btf, ownTypeIds(btf), language);
};
const write = (name: string, content: string) => {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
};

const wide = (arch: string) => arch === 'x86_64' || arch === 's390x';
const word = (arch: string, value: bigint) => (wide(arch) ? value : Number(value));
const expectedEvent = (arch: string) => ({
  kind: 200,
  when: 0x1122334455667788n,
  low: 5,
  mid: 99,
  high: 0x2abcde,
  neg: -7,
  rest: 300,
  wide: 0x1deadbeefn,
  top: 0x7abcdef1n,
  verdict: 77,
  yes: true,
  no: false,
  pointer: word(arch, 0x89abcdefn),
  word: word(arch, -123456n),
  sport: 4242,
  dport: 443,
  real: { f: 1.5, d: -2.25 },
  last: -9007199254740993n,
  matrix: [
    [1, 2],
    [3, 65535],
  ],
});

describe.each(ARCHES)('%s', (arch) => {
  test('TypeScript decodes what C wrote', async () => {
    const file = write(`${arch}.ts`, text(arch, 'ts'));
    const { decodeEvent, decodePacked, sizeOfEvent, cString } = (await import(file)) as Record<string, never> & {
      decodeEvent(
        view: DataView,
        offset?: number,
      ): Record<string, unknown> & { comm: Uint8Array; addr: Record<string, unknown>; in: unknown };
      decodePacked(view: DataView): unknown;
      cString(bytes: Uint8Array): string;
    };
    const bytes = bytesOf(arch, 'event');
    expect(sizeOfEvent).toBe(bytes.length);
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    const event = decodeEvent(new DataView(shifted.buffer), 3);
    expect(event).toMatchObject(expectedEvent(arch));
    expect(cString(event.comm)).toBe('btfq');
    const big = arch.startsWith('s390');
    expect(event.addr).toEqual({
      v4: big ? 0x01020304 : 0x04030201,
      v6: Uint8Array.from({ length: 16 }, (_, i) => i + 1),
      both: big ? [0x0102030405060708n, 0x090a0b0c0d0e0f10n] : [0x0807060504030201n, 0x100f0e0d0c0b0a09n],
    });
    expect(event.in).toEqual([
      { a: -2, b: Uint8Array.of(7, 8, 9) },
      { a: 30000, b: Uint8Array.of(1, 2, 3) },
    ]);
    expect(decodePacked(new DataView(bytesOf(arch, 'packed').buffer))).toEqual({
      a: 1,
      b: 0xcafebabe,
      c: { a: -300, b: Uint8Array.of(4, 5, 6) },
      d: 0xfedcba9876543210n,
      x: 2,
      y: 51,
    });
    expect(() => decodeEvent(new DataView(bytes.buffer, 0, 8))).toThrow(RangeError);
  });

  test('Python reads what C wrote', () => {
    if (!has('python3')) return void console.warn('skipped: python3 is not installed');
    if (arch.startsWith('s390') && !has('python3', ['-c', 'from ctypes import BigEndianUnion'])) {
      return void console.warn('skipped: python3 is older than 3.11');
    }
    write(`${arch}_types.py`, text(arch, 'python'));
    const hex = Buffer.from(bytesOf(arch, 'event')).toString('hex');
    const program = `import ${arch}_types as t
e = t.event.from_buffer_copy(bytes.fromhex("${hex}"))
print(e.kind, hex(e.when), e.low, e.mid, hex(e.high), e.neg, e.rest, hex(e.wide), hex(e.top), e.comm, e.verdict, bool(e.yes), bool(e.no), hex(e.pointer), e.word)
print(e.addr.v6[:], e.sport, e.dport, getattr(e, "in_")[1].a, e.real.f, e.real.d, e.last, [list(row) for row in e.matrix])`;
    const output = execFileSync('python3', ['-c', program], { cwd: folder, encoding: 'utf8' });
    expect(output.split('\n')).toEqual([
      "200 0x1122334455667788 5 99 0x2abcde -7 300 0x1deadbeef 0x7abcdef1 b'btfq' 77 True False 0x89abcdef -123456",
      '[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16] 4242 443 30000 1.5 -2.25 -9007199254740993 [[1, 2], [3, 65535]]',
      '',
    ]);
  });
});

test('Rust reads what C wrote', () => {
  if (!has('rustc')) return void console.warn('skipped: rustc is not installed');
  write('types.rs', text('x86_64', 'rust'));
  const bytes = [...bytesOf('x86_64', 'event')].join(', ');
  const main = write(
    'main.rs',
    `#![deny(warnings)]
mod types;
fn main() {
    let e: types::Event = unsafe { std::mem::transmute([${bytes}u8]) };
    println!("{} {:x} {} {} {:x} {} {} {:x} {:x}", e.kind, e.when, e.low(), e.mid(), e.high(), e.neg(), e.rest(), e.wide(), e.top());
    println!("{} {} {:x} {} {:?} {} {}", e.verdict, e.yes, e.pointer, e.word, unsafe { e.addr.v6 }, e.last, e.matrix[1][1]);
}
`,
  );
  execFileSync('rustc', ['--edition', '2021', '-C', 'debuginfo=0', main, '-o', join(folder, 'rust')], {
    stdio: 'pipe',
  });
  expect(execFileSync(join(folder, 'rust'), { encoding: 'utf8' })).toBe(
    '200 1122334455667788 5 99 2abcde -7 300 1deadbeef 7abcdef1\n77 1 89abcdef -123456 [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16] -9007199254740993 65535\n',
  );
});

test('Go is as gofmt writes it, and compiles', () => {
  if (!has('go', ['version'])) return void console.warn('skipped: go is not installed');
  write('go.mod', 'module example\n\ngo 1.21\n');
  write('types.go', text('x86_64', 'go'));
  expect(execFileSync('gofmt', ['-l', 'types.go'], { cwd: folder, encoding: 'utf8' })).toBe('');
  execFileSync('go', ['vet', '.'], { cwd: folder, stdio: 'pipe' });
}, 60_000);

test('C compiles, with its sizes and offsets asserted', () => {
  if (!has('gcc')) return void console.warn('skipped: gcc is not installed');
  const file = write('types.c', text('x86_64', 'c'));
  expect(readFileSync(file, 'utf8')).toContain('_Static_assert');
  execFileSync('gcc', ['-std=c11', '-Wall', '-Werror', '-fsyntax-only', file], { stdio: 'pipe' });
});

test('reference output', async () => {
  const outputs = (['go', 'rust', 'python', 'ts'] as const).map(
    (language) => `// ${language}\n${text('s390x', language)}`,
  );
  await expect(outputs.join('\n')).toMatchFileSnapshot(join(fixturesFolder, 'types/s390x.txt'));
});

test('an ISF file has the types and fields of all', () => {
  const { btf } = open('s390x');
  const isf = JSON.parse(
    isfJson(btf, { name: 'btfq', version: '1' }, [{ name: 'event', address: 0xffffffff81000001n }]),
  );
  expect(isf.metadata).toEqual({ producer: { name: 'btfq', version: '1' }, format: '6.2.0' });
  expect(isf.user_types.event.size).toBe(bytesOf('s390x', 'event').length);
  expect(isf.user_types.event.fields.mid).toEqual({
    offset: 16,
    type: { kind: 'bitfield', bit_length: 7, bit_position: 22, type: { kind: 'base', name: 'unsigned int' } },
  });
  expect(isf.user_types.event.fields.pointer.type.kind).toBe('pointer');
  expect(isf.enums.verdict.constants).toEqual({ PASS: 0, DROP: 1, LATE: 77 });
  expect(isf.base_types['unsigned int']).toEqual({ size: 4, signed: false, kind: 'int', endian: 'big' });
  expect(isfJson(btf, { name: 'btfq', version: '1' }, [{ name: 'event', address: 0xffffffff81000001n }])).toContain(
    '"address": 18446744071578845185',
  );
});

test.each([['no_such'], ['struct verdict'], ['u32']])('%s is not a type to define', (name) => {
  const { btf } = open('x86_64');
  expect(() => generateTypes(btf, typeIds(btf, [name]), 'rust')).toThrow(
    expect.objectContaining({ code: 'bad-type-request' }),
  );
});
