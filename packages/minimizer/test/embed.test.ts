import { parseElf } from '@btfq/elf';
import { binarySymbol, EMBED_MACHINES, embedC, embedObject } from '@btfq/minimizer';
import { expect, test } from 'vitest';

const bytes = Uint8Array.from({ length: 37 }, (_, i) => i * 7);

test('names as ld -r -b binary makes them', () => {
  expect(binarySymbol('min_core_btfs.tar.gz')).toBe('_binary_min_core_btfs_tar_gz');
  expect(binarySymbol('a-b c/d')).toBe('_binary_a_b_c_d');
});

test.each(EMBED_MACHINES)('object file for %s', (machine) => {
  const elf = parseElf(embedObject('x.tar.gz', bytes, machine) as Uint8Array);
  expect(elf.type).toBe(1);
  const data = elf.section('.data');
  expect(data && elf.sectionBytes(data)).toEqual(bytes);
  const symbol = (name: string) => {
    const found = elf.symbol(`_binary_x_tar_gz_${name}`);
    return found && [found.value, found.binding, found.sectionIndex];
  };
  expect(symbol('start')).toEqual([0, 1, 1]);
  expect(symbol('end')).toEqual([37, 1, 1]);
  expect(symbol('size')).toEqual([37, 1, 0xfff1]);
  expect(elf.section('.note.GNU-stack')?.flags).toBe(0);
});

test('no object file for a machine that is not known', () => {
  expect(embedObject('x', bytes, 'vax')).toBeUndefined();
});

test('C header with all bytes', () => {
  const header = embedC('x.tar.gz', bytes);
  const body = /\{([^}]*)\}/.exec(header)?.[1] as string;
  expect(body.split(',').flatMap((one) => (one.trim() ? [Number(one)] : []))).toEqual([...bytes]);
  expect(header).toContain('#define _binary_x_tar_gz_size 37UL');
});
