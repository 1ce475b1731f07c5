// Bundles from an index: made from declarations, they must be what the kernels' whole BTF gives.

import { parseBtf } from '@btfq/btf-format';
import { parseBpfObject, resolveObject } from '@btfq/core-reloc';
import { bundleFromIndex, kernels, parseWhere } from '@btfq/btf-index';
import { minimize, readUstar } from '@btfq/minimizer';
import { fixtureKernels, fixtureObject, kernelBtf } from '@btfq/test-kit';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { sharedIndex } from './kit.ts';

const index = sharedIndex();

const names = ['execsnoop', 'opensnoop', 'tcpconnect', 'relocs', 'plain'];
const files = names.map((name) => ({ name: `${name}.bpf.o`, bytes: fixtureObject(name) }));

test.each(files)('canonical members for $name are those of the whole BTF', async (file) => {
  const { packed } = await bundleFromIndex(index, [file], { canonical: true });
  if (packed.kind !== 'directory') throw new Error('a folder');
  const members = new Map(packed.files.map(({ path, bytes }) => [path, bytes]));
  const object = parseBpfObject(file.bytes, { name: file.name });
  for (const { id, distro, version, arch, release } of fixtureKernels()) {
    const own = minimize(parseBtf(kernelBtf(id)), [object], { canonical: true });
    expect(members.get(`${distro}/${version}/${arch}/${release}.btf`), id).toEqual(own.bytes);
  }
});

test('default members give every relocation the same value', async () => {
  const { packed, manifest } = await bundleFromIndex(index, files);
  if (packed.kind !== 'directory') throw new Error('a folder');
  const members = new Map(packed.files.map(({ path, bytes }) => [path, bytes]));
  expect(manifest.kernels.filter(({ failure }) => failure !== null)).toEqual([]);
  for (const { id, distro, version, arch, release } of fixtureKernels()) {
    const minimal = parseBtf(members.get(`${distro}/${version}/${arch}/${release}.btf`) as Uint8Array);
    const whole = parseBtf(kernelBtf(id));
    for (const { name, bytes } of files) {
      const object = parseBpfObject(bytes, { name });
      const values = (btf: typeof whole) =>
        resolveObject(object, btf).map(({ value, poison, errno, target }): unknown =>
          target?.kind === 7 ? [target.btf.name(target.rootTypeId)] : [value, poison, errno],
        );
      expect(values(minimal), `${id} ${name}`).toEqual(values(whole));
    }
  }
});

test('a filter, and an archive that is the same every time', async () => {
  const where = parseWhere('arch=arm64');
  const [file] = files as [(typeof files)[0]];
  const make = () => bundleFromIndex(index, [file], { where, format: 'bcc', canonical: true });
  const [one, other] = [await make(), await make()];
  expect(other.packed).toEqual(one.packed);
  if (one.packed.kind !== 'archive') throw new Error('an archive');
  const paths = readUstar(new Uint8Array(gunzipSync(one.packed.bytes))).map(({ name }) => name);
  for (const { distro, version, release } of kernels(index, where)) {
    expect(paths).toContain(`./${distro}/${version}/aarch64/${release}.btf`);
  }
  expect(one.manifest.kernels.length).toBe(kernels(index, where).length);
  expect(one.computed).toBeLessThanOrEqual(one.manifest.kernels.length);
});
