// Configurations: read as kconfig writes them, and given to the kernel that they are of, and to no other.

import { gzipSync } from 'node:zlib';
import { makeTar, mutations } from '@btfq/test-kit';
import { describe, expect, it } from 'vitest';
import { configBeside, KernelSourceError, loadTargetBytes, parseKernelConfig } from '@btfq/kernel-source';
import { configVerdict } from '../src/config/belongs.ts';
import { isConfigName, isConfigPath, isConfigText } from '../src/config/kernel-config.ts';
import { BANNER, flatImage, kernelBtf, kernelModule, moduleBtf, RELEASE, vmlinux } from './synthetic.ts';
import { folderOf, kernelsOf, readPaths, skippedOf } from './support.ts';
import { join } from 'node:path';

const text = (value: string) => new TextEncoder().encode(value);
const header = (version: string, arch = 'x86') =>
  `#\n# Automatically generated file; DO NOT EDIT.\n# Linux/${arch} ${version} Kernel Configuration\n#\n`;
const lines =
  'CONFIG_BPF=y\nCONFIG_HZ=250\nCONFIG_KVM=m\n# CONFIG_BPF_LSM is not set\nCONFIG_LSM="lockdown,\\"bpf\\""\n';
/** Of the kernel of the samples: Debian 6.1.199-1 is what its banner says. */
const OWN = header('6.1.199') + lines;
const marked = (config: string) =>
  Buffer.concat([Buffer.from('..IKCFG_ST..IKCFG_ST'), gzipSync(config), Buffer.from('IKCFG_ED..')]);
const DEBIAN = { distro: 'debian', version: '12', arch: 'x86_64' };

describe('the text', () => {
  it('gives every symbol the value that the file has', () => {
    expect(parseKernelConfig(text(`${header('6.12.1', 'arm64')}${lines}\nCONFIG_A_B2=0x1f\r\n`))).toEqual({
      arch: 'arm64',
      version: '6.12.1',
      symbols: new Map([
        ['CONFIG_BPF', 'y'],
        ['CONFIG_HZ', '250'],
        ['CONFIG_KVM', 'm'],
        ['CONFIG_BPF_LSM', 'n'],
        ['CONFIG_LSM', '"lockdown,\\"bpf\\""'],
        ['CONFIG_A_B2', '0x1f'],
      ]),
    });
  });

  it.each([
    ['nothing', '', 0],
    ['comments alone', '# Linux\n', 0],
    ['a line cut off', 'CONFIG_BPF=y\nCONFIG_H', 13],
    ['a symbol without a value', 'CONFIG_BPF=\n', 0],
    ['another language', 'CONFIG_BPF=y\nif [ x ]; then\n', 13],
    ['a string without its end', 'CONFIG_LSM="bpf\n', 0],
    ['a quote that ends nothing', 'CONFIG_LSM="bpf\\"\n', 0],
    ['one symbol told twice', 'CONFIG_BPF=y\n# CONFIG_BPF is not set\n', 13],
  ])('%s is refused', (_, config, offset) => {
    expect(() => parseKernelConfig(text(config))).toThrow(expect.objectContaining({ code: 'bad-config', offset }));
  });

  it('is UTF-8, and of a size that configurations have', () => {
    const bytes = Buffer.concat([text('CONFIG_A="'), Buffer.of(0xff), text('"\n')]);
    for (const bad of [bytes, new Uint8Array(5_000_000)]) {
      expect(() => parseKernelConfig(bad)).toThrow(expect.objectContaining({ code: 'bad-config' }));
    }
  });

  it('stays a typed error or a whole answer whatever happens to it', () => {
    for (const bytes of mutations(text(OWN), { count: 300, seed: 7 })) {
      try {
        for (const [symbol, value] of parseKernelConfig(bytes).symbols)
          expect(`${symbol}=${value}`).toMatch(/^CONFIG_\w+=./s);
      } catch (error) {
        if (!(error instanceof KernelSourceError)) throw error;
      }
    }
  });

  it.each([
    [OWN, true],
    ['CONFIG_A=y\n', true],
    ['\n# CONFIG_A is not set\n', true],
    ['#!/bin/sh\nCONFIG_A=y\n', false],
    ['# a comment\nA=y\n', false],
    ['# nothing\n', false],
  ])('is known by its content: %j', (config, expected) => expect(isConfigText(text(config))).toBe(expected));

  it.each([
    ['config-6.1.0-50-amd64', true],
    ['config', true],
    ['config.gz', true],
    ['.config', true],
    ['.config.old', false],
    ['config-6.1.0-50-amd64.bak', false],
    ['tiny.config', false],
    ['auto.conf', false],
  ])('is meant by its name: %s', (name, expected) => expect(isConfigName(name)).toBe(expected));

  it.each([
    ['boot/config-6.1.0', true],
    ['./usr/lib/modules/6.1.0/config', true],
    ['usr/src/linux-headers-6.1.0/.config', false],
    ['etc/ssh/config', false],
  ])('is meant by its place in an archive: %s', (path, expected) => expect(isConfigPath(path)).toBe(expected));
});

describe('whose it is', () => {
  const debian = { release: RELEASE, arch: 'x86_64', banner: BANNER };
  it.each([
    ['the version of the sources in the banner', header('6.1.199'), debian, 'own'],
    ['the version that the release begins with', header('6.9.3'), { ...debian, release: '6.9.3-mine' }, 'own'],
    ['not 6.9.3 for 6.9.31', header('6.9.3'), { ...debian, release: '6.9.31' }, 'open'],
    ['the salt', 'CONFIG_BUILD_SALT="6.1.0-99-amd64"\n', debian, 'own'],
    [
      'the salt without +debug',
      'CONFIG_BUILD_SALT="6.1.0-99-amd64"\n',
      { ...debian, release: `${RELEASE}+debug` },
      'own',
    ],
    ['nothing', '', debian, 'open'],
    ['a third number that proves nothing', header('6.1.7'), debian, 'open'],
  ] as const)('%s', (_, config, kernel, expected) => {
    expect(configVerdict(parseKernelConfig(text(config + lines)), kernel)).toBe(expected);
  });

  it.each([
    [header('6.1.199', 'arm64'), 'a configuration for arm64'],
    [header('6.12.1'), 'a configuration of 6.12.1'],
    ['CONFIG_BUILD_SALT="6.1.0-98-amd64"\n', 'a configuration of 6.1.0-98-amd64'],
  ])('%j is of another kernel', (config, found) => {
    expect(configVerdict(parseKernelConfig(text(config + lines)), debian)).toMatchObject({ found });
  });
});

describe('beside a kernel', () => {
  const boot = (config: string, name = `config-${RELEASE}`) =>
    folderOf({ [`boot/vmlinuz-${RELEASE}`]: vmlinux(), [`boot/${name}`]: config });

  it.each([`config-${RELEASE}`, 'config', '.config'])('%s is taken', async (name) => {
    const folder = boot(OWN, name);
    const [kernel] = kernelsOf(await readPaths([folder]));
    expect(kernel?.config?.source).toBe(join(folder, 'boot', name));
    expect(kernel?.config?.symbols.get('CONFIG_BPF_LSM')).toBe('n');
    expect(kernel?.problems).toEqual([]);
  });

  it('a packed one and one in the folder of modules are taken', async () => {
    const packed = folderOf({ vmlinux: vmlinux(), 'config.gz': gzipSync(OWN) });
    const modules = folderOf({ [`lib/modules/${RELEASE}/vmlinuz`]: vmlinux(), [`lib/modules/${RELEASE}/config`]: OWN });
    for (const folder of [packed, modules]) {
      expect(kernelsOf(await readPaths([folder]))[0]?.config?.symbols.size).toBe(5);
    }
  });

  it('two files on the command line go together, also with BTF of a tree and in a tar', async () => {
    const folder = folderOf({
      a: vmlinux(),
      [`b/config-${RELEASE}`]: OWN,
      [`debian/12/x86_64/${RELEASE}.btf`]: kernelBtf(),
      'root.tar': makeTar([
        { name: `boot/vmlinuz-${RELEASE}`, bytes: vmlinux() },
        { name: `usr/src/linux-headers-${RELEASE}/.config`, bytes: text(header('5.1.1') + lines) },
        { name: `boot/config-${RELEASE}`, bytes: text(OWN) },
      ]),
    });
    const config = join(folder, `b/config-${RELEASE}`);
    const btf = await readPaths([join(folder, `debian/12/x86_64/${RELEASE}.btf`), config]);
    expect(kernelsOf(btf)[0]?.config?.source).toBe(config);
    const tar = await readPaths([join(folder, 'root.tar')]);
    expect(skippedOf(tar)).toEqual([]);
    expect(kernelsOf(tar)[0]?.config?.source).toMatch(/root\.tar: boot\/config-/);
  });

  it.each([
    ['of another release by its name', OWN, 'config-6.1.0-98-amd64', 'a configuration of 6.1.0-98-amd64'],
    ['of another version inside', header('6.12.1') + lines, undefined, 'a configuration of 6.12.1'],
    ['of another architecture', header('6.1.199', 'arm64') + lines, undefined, 'a configuration for arm64'],
  ])('one %s is named and not taken', async (_, config, name, found) => {
    const folder = folderOf({
      'a.tar': makeTar([
        { name: `boot/vmlinuz-${RELEASE}`, bytes: vmlinux() },
        { name: `boot/${name ?? `config-${RELEASE}`}`, bytes: text(config) },
      ]),
    });
    const [kernel] = kernelsOf(await readPaths([folder]));
    expect(kernel?.config).toBeUndefined();
    expect(kernel?.problems).toMatchObject([{ code: 'foreign-config', found, expected: expect.any(String) }]);
  });

  it('a damaged one is named, and the kernel stays', async () => {
    const [kernel] = kernelsOf(await readPaths([boot(`${OWN}CONFIG_CUT`)]));
    expect(kernel?.config).toBeUndefined();
    expect(kernel?.problems).toMatchObject([{ code: 'bad-config' }]);
  });

  it('two that differ decide nothing, two that are alike are one', async () => {
    const files = (other: string) =>
      folderOf({
        [`boot/vmlinuz-${RELEASE}`]: vmlinux(),
        [`boot/config-${RELEASE}`]: OWN,
        [`lib/modules/${RELEASE}/config`]: other,
      });
    const [same] = kernelsOf(await readPaths([files(`${OWN}\n`)]));
    expect(same?.config?.symbols.size).toBe(5);
    expect(same?.problems).toEqual([]);
    const [differ] = kernelsOf(await readPaths([files(OWN.replace('HZ=250', 'HZ=100'))]));
    expect(differ?.config).toBeUndefined();
    expect(differ?.problems).toMatchObject([{ code: 'foreign-config' }]);
  });

  it('one without a kernel is named', async () => {
    const items = await readPaths([folderOf({ [`boot/config-${RELEASE}`]: OWN })]);
    expect(items).toMatchObject([{ code: 'config-without-kernel', found: `5 symbols of ${RELEASE}` }]);
  });

  it('in a folder of two kernels goes by release, or by what it says', async () => {
    const other = '6.9.3-mine';
    const image = vmlinux({ banner: BANNER.replace(RELEASE, other), btf: kernelBtf({ pid: 32 }) });
    const tar = makeTar([
      { name: `boot/vmlinuz-${RELEASE}`, bytes: vmlinux() },
      { name: `boot/vmlinuz-${other}`, bytes: image },
      { name: `boot/config-${RELEASE}`, bytes: text(OWN) },
      { name: 'boot/config', bytes: text(header('6.9.3') + lines) },
    ]);
    const folder = folderOf({ 'a.tar': tar });
    const kernels = kernelsOf(await readPaths([folder], { identity: { distro: 'debian', version: '12' } }));
    const sources = kernels.map(({ identity, config }) => [identity.release, config?.source.split('/').at(-1)]);
    expect(sources).toEqual([
      [RELEASE, `config-${RELEASE}`],
      [other, 'config'],
    ]);
  });

  it('is found for a kernel that is read alone', async () => {
    const folder = boot(OWN);
    const path = join(folder, `boot/vmlinuz-${RELEASE}`);
    const found = await configBeside(path, { release: RELEASE, arch: 'x86_64', banner: BANNER });
    expect(found?.symbols.size).toBe(5);
    expect(await configBeside(path, { release: '6.2.0', arch: 'x86_64' })).toBeUndefined();
  });
});

describe('inside a kernel', () => {
  const flat = (config: Uint8Array) => Buffer.concat([flatImage('arm64', kernelBtf()), config]);

  it('is read from flat images and from vmlinux, and wins over a file', async () => {
    const folder = folderOf({
      [`flat/vmlinuz-${RELEASE}`]: flat(marked(OWN)),
      [`flat/config-${RELEASE}`]: header('6.1.199', 'arm64') + lines.replace('250', '100'),
    });
    const [kernel] = kernelsOf(await readPaths([folder], { identity: { distro: 'debian', version: '12' } }));
    expect(kernel?.config?.source).toBe('IKCFG of the image');
    expect(kernel?.config?.symbols.get('CONFIG_HZ')).toBe('250');
    expect(kernel?.problems).toMatchObject([{ code: 'foreign-config' }]);
    for (const image of [vmlinux({ config: marked(OWN) }), flat(marked(OWN))]) {
      expect((await loadTargetBytes(image, { image: true })).config?.symbols.size).toBe(5);
    }
    const elf = kernelsOf(await readPaths([folderOf({ vmlinux: vmlinux({ config: marked(OWN) }) })]));
    expect(elf[0]?.config?.symbols.size).toBe(5);
  });

  it('a damaged one is named, and the kernel stays', async () => {
    const broken = marked(OWN);
    broken.fill(0x55, 40, 60);
    const folder = folderOf({ [`vmlinuz-${RELEASE}`]: flat(broken) });
    const [kernel] = kernelsOf(await readPaths([folder], { identity: DEBIAN }));
    expect(kernel?.config).toBeUndefined();
    expect(kernel?.problems).toMatchObject([{ code: 'bad-config' }]);
  });

  it('is read from configs.ko, which has no types', async () => {
    const folder = folderOf({
      [`boot/vmlinuz-${RELEASE}`]: vmlinux(),
      [`lib/modules/${RELEASE}/kernel/kernel/configs.ko`]: Buffer.concat([
        kernelModule({ name: 'configs', btf: undefined }),
        marked(OWN),
      ]),
      [`lib/modules/${RELEASE}/kernel/a.ko`]: kernelModule({ name: 'a', btf: moduleBtf(kernelBtf()) }),
    });
    const [kernel] = kernelsOf(await readPaths([folder]));
    expect(kernel?.config?.symbols.size).toBe(5);
    expect(kernel?.modules.map(({ name }) => name)).toEqual(['a']);
  });
});
