// A kernel without BTF but with debug information: what readKernelImage makes of it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fixturesFolder } from '@btfq/test-kit';
import { parseBtf } from '@btfq/btf-format';
import { encodeBtfFile } from '@btfq/kernel-source';
import { expect, test } from 'vitest';
import { readKernelImage } from '../src/image/image.ts';

const path = join(fixturesFolder, 'dwarf/gcc-5.elf');

/** The quirk program with a section that only kernels have: the name of one that nobody reads becomes `.init.text`. */
function asKernel(): Buffer {
  const bytes = readFileSync(path);
  const at = bytes.indexOf('.debug_aranges\0');
  bytes.write('.init.text\0\0\0\0', at, 'latin1');
  return bytes;
}

test('its BTF is made from DWARF, and the trail says so', async () => {
  const image = await readKernelImage(asKernel(), 'elf', 1 << 30);
  expect(image.trail).toEqual(['ELF, from DWARF']);
  expect(image.btf).toEqual(encodeBtfFile(path).bytes);
  expect(image.parsed.typeCount).toBe(parseBtf(image.btf).typeCount);
});

test('damaged debug information is said to be so', async () => {
  const bytes = asKernel();
  const at = bytes.indexOf('.debug_str\0');
  bytes.write('.debug_xxx', at, 'latin1');
  await expect(readKernelImage(bytes, 'elf', 1 << 30)).rejects.toMatchObject({ code: 'bad-dwarf' });
});

test('a program with debug information is not a kernel', async () => {
  await expect(readKernelImage(readFileSync(path), 'elf', 1 << 30)).rejects.toMatchObject({ code: 'no-kernel' });
});
