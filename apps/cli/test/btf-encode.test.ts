// btfq btf encode in its own words and in pahole's, held against what pahole 1.32 makes of the quirk program.
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Btf, BtfKind, decodeType, idsByName, parseBtf } from '@btfq/btf-format';
import { compareBtf } from '@btfq/dwarf';
import { fixturesFolder } from '@btfq/test-kit';
import { beforeEach, describe, expect, test } from 'vitest';
import { runCli } from '../src/cli.ts';
import { memoryIo } from './kit/memory-io.ts';

const FEATURES =
  'encode_force,var,float,enum64,decl_tag,type_tag,optimized_func,consistent_func,decl_tag_kfuncs,attributes';
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'btfq-encode-'));
  for (const [file, name] of [
    ['gcc-5.elf', 'vmlinux'],
    ['gcc-5.btf', 'pahole.btf'],
    ['object.o', 'module.ko'],
    ['object-split.btf', 'pahole-module.btf'],
    ['dwz-a.elf', 'dwz-a'],
    ['dwz-common.debug', 'dwz-common'],
  ] as const) {
    copyFileSync(join(fixturesFolder, 'dwarf', file), join(folder, name));
  }
  return () => rmSync(folder, { recursive: true });
});

const read = (name: string, base?: Btf) =>
  parseBtf(new Uint8Array(readFileSync(join(folder, name))), base === undefined ? {} : { base });

async function encode(...args: string[]) {
  const io = memoryIo({ cwd: folder, env: {} });
  const exitCode = await runCli(['btf', 'encode', ...args], io);
  return { exitCode, stdout: io.stdout, stderr: io.stderr };
}

const differences = () => compareBtf(read('pahole.btf'), read('out.btf')).differences;

describe.each([
  ['its own words', ['vmlinux', '-o', 'out.btf']],
  ["pahole's", ['-J', '--btf_encode_detached=out.btf', 'vmlinux']],
  ["pahole's, apart", ['--btf_encode', '--btf_encode_detached', 'out.btf', 'vmlinux']],
  [
    'those of Makefile.btf',
    ['-J', `--btf_features=${FEATURES}`, '--lang_exclude=rust', '--btf_encode_detached=out.btf', 'vmlinux'],
  ],
  [
    'those of older kernels',
    [
      ...[
        '-J',
        '--btf_gen_floats',
        '--lang_exclude=rust',
        '--skip_encoding_btf_inconsistent_proto',
        '--btf_gen_optimized',
      ],
      ...['--btf_encode_detached=out.btf', 'vmlinux'],
    ],
  ],
])('in %s', (_, args) => {
  test('makes what pahole makes', async () => {
    expect(await encode(...args)).toMatchObject({ exitCode: 0, stdout: '' });
    expect(differences()).toEqual([]);
  });
});

test.each([
  ['-B', 'pahole.btf'],
  ['--btf_base', 'pahole.btf'],
  ['--base-btf', 'vmlinux-with-btf'],
])('%s makes split BTF over a base', async (flag, base) => {
  copyFileSync(join(folder, 'pahole.btf'), join(folder, 'vmlinux-with-btf'));
  expect(await encode('module.ko', flag, base, '-o', 'out.btf')).toMatchObject({ exitCode: 0 });
  const over = read('pahole.btf');
  const { differences: found } = compareBtf(read('pahole-module.btf', over), read('out.btf', over));
  // Differs from pahole: it writes typedefs of the base again
  expect(found.filter((line) => !line.startsWith('missing TYPEDEF '))).toEqual([]);
});

test('--pahole-version before 1.27 makes one array of several dimensions', async () => {
  const elementsOf = (btf: Btf) => {
    const arrays = decodeType(btf, idsByName(btf, 'arrays')[0]!);
    if (arrays.kind !== BtfKind.Struct) throw new Error('no struct arrays');
    const first = decodeType(btf, arrays.members[0]!.type);
    return first.kind === BtfKind.Array ? first.nelems : undefined;
  };
  for (const [version, elements] of [
    ['1.24', 24],
    ['v1.26', 24],
    ['1.27', 2],
    ['1.32', 2],
  ] as const) {
    expect(await encode('vmlinux', '--pahole-version', version, '-o', 'out.btf')).toMatchObject({ exitCode: 0 });
    expect(elementsOf(read('out.btf'))).toBe(elements);
  }
});

test('--alternate gives the file that dwz moved common parts to', async () => {
  const without = await encode('dwz-a', '-o', 'out.btf');
  expect(without.exitCode).not.toBe(0);
  expect(without.stderr).toContain('.gnu_debugaltlink');
  expect(await encode('dwz-a', '--alternate', 'dwz-common', '-o', 'out.btf')).toMatchObject({ exitCode: 0 });
  expect(differences()).toEqual([]);
});

test.each([
  [['vmlinux'], /needs -o FILE/],
  [['vmlinux', '-o', 'x', '--features', 'floats'], /unknown feature floats/],
  [['vmlinux', '-o', 'x', '--lang_exclude', 'klingon'], /unknown language klingon/],
  [['vmlinux', '-o', 'x', '--pahole-version', 'new'], /not a version of pahole/],
  [['pahole.btf', '-o', 'x'], /ELF/],
  [['nothing', '-o', 'x'], /nothing/],
])('%j is refused', async (args, message) => {
  const { exitCode, stderr } = await encode(...args);
  expect(exitCode).not.toBe(0);
  expect(stderr).toMatch(message);
});
