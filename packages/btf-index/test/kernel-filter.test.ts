// Which kernels a filter means, and which one a person means.

import { ingestKernel, kernels, openIndex, parseWhere, resolveKernel, filterFromInput } from '@btfq/btf-index';
import { BtfBytes } from '@btfq/test-kit';
import { describe, expect, it, test } from 'vitest';
import { globMatches } from '../src/query/kernel-filter.ts';
import { codeOf, freshPath } from './kit.ts';

const NAMES = [
  'amzn/2/x86_64/5.10.102-99.473.amzn2.x86_64',
  'debian/12/arm64/6.1.0-9-arm64',
  'debian/12/x86_64/6.1.0-9-amd64',
  'debian/12/x86_64/6.1.0-50-amd64',
  'debian/13/x86_64/6.12.9+deb13-amd64',
  'debian/13/x86_64/6.12.43+deb13-amd64',
  'ubuntu/20.04/x86_64/5.4.0-26-generic',
  'ubuntu/22.04/x86_64/5.15.0-25-generic',
] as const;

const path = freshPath();
const index = openIndex(path);
const empty = new BtfBytes({}).build();
for (const name of [...NAMES].reverse()) {
  const [distro, version, arch, release] = name.split('/') as [string, string, string, string];
  ingestKernel(index, { identity: { distro, version, arch, release }, btf: empty });
}

it('kernels come in order: distro, release as versions compare, arch', () => {
  expect(kernels(index).map(({ name }) => name)).toEqual([NAMES[0], NAMES[2], NAMES[1], ...NAMES.slice(3)]);
});

describe('--where', () => {
  it.each([
    ['distro=debian', [1, 2, 3, 4, 5]],
    ['distro=debian|ubuntu,arch=x86_64', [2, 3, 4, 5, 6, 7]],
    ['arch=aarch64', [1]],
    ['version=12', [1, 2, 3]],
    ['distro-version=12', [1, 2, 3]],
    ['release=6.1*', [1, 2, 3, 4, 5]],
    ['release=6.1.*', [1, 2, 3]],
    ['release=*-generic', [6, 7]],
    ['release=6.1.0-?-amd64', [2]],
    ['release>=5.15', [1, 2, 3, 4, 5, 7]],
    ['release>5.15', [1, 2, 3, 4, 5]],
    ['release<6.1', [0, 6, 7]],
    ['release<=6.1', [0, 1, 2, 3, 6, 7]],
    ['release>=6.12.43', [5]],
    ['release>6.1.0-9-amd64,release<6.12', [3, 1]],
    ['distro!=debian', [0, 6, 7]],
    [' distro = debian , arch = arm64 ', [1]],
    ['release=6.1.0-9-amd64|5.4.0-26-generic', [2, 6]],
    ['distro=none', []],
    ['distro!=debian|ubuntu', [0]],
    ['release>=10|5.15', [1, 2, 3, 4, 5, 7]],
    ['release>=5.10', [0, 1, 2, 3, 4, 5, 7]],
    ['release<6.10', [0, 1, 2, 3, 6, 7]],
    ['release>=6', [1, 2, 3, 4, 5]],
    ['version!=12', [0, 4, 5, 6, 7]],
  ] as const)('%s', (text, expected) => {
    const found = kernels(index, parseWhere(text)).map(({ name }) => name);
    expect(found.sort()).toEqual(expected.map((i) => NAMES[i]).sort());
  });

  it.each([
    '',
    'distro',
    'distro=',
    'color=red',
    'distro>debian',
    'distro=a,,arch=b',
    '=x',
    'release=>6',
    'distro=a||b',
    'module=a b',
    'xmodule=a',
    'module=a,module=b',
    'config.BPF>1',
    'config.BPF=y|',
    'config.=y',
    'x config.BPF=y',
    '!distro=a',
  ])('refuses %j', (text) => {
    // `release=>6` is a word that begins with `>`: no release does
    if (text === 'release=>6') expect(kernels(index, parseWhere(text))).toEqual([]);
    else expect(codeOf(() => parseWhere(text))).toBe('bad-filter');
  });

  it('of several must all hold, and of none lets all through', () => {
    expect(kernels(index, parseWhere(['distro=debian', 'arch=arm64']))).toHaveLength(1);
    expect(kernels(index, parseWhere([]))).toHaveLength(8);
  });

  test.each([
    ['module=nf_nat', { conditions: [], module: 'nf_nat' }],
    [' module  =  nf-nat ', { conditions: [], module: 'nf_nat' }],
    [
      'module=xfs,distro=debian',
      { conditions: [{ field: 'distro', operator: '=', words: ['debian'] }], module: 'xfs' },
    ],
    ['distro=a', { conditions: [{ field: 'distro', operator: '=', words: ['a'] }] }],
    ['config.BPF=y', { conditions: [{ field: 'config.CONFIG_BPF', operator: '=', words: ['y'] }] }],
    ['config.CONFIG_BPF!=m | n', { conditions: [{ field: 'config.CONFIG_BPF', operator: '!=', words: ['m', 'n'] }] }],
    ['arch=aarch64|amd64', { conditions: [{ field: 'arch', operator: '=', words: ['arm64', 'x86_64'] }] }],
  ])('%s becomes conditions', (text, expected) => {
    expect(parseWhere(text)).toStrictEqual(expected);
  });

  test.each([
    [{ module: 'nf-nat' }, { conditions: [], module: 'nf_nat' }],
    [{ text: 'module=xfs' }, { conditions: [], module: 'xfs' }],
    [
      { module: 'a', text: 'module=b' },
      { conditions: [], module: 'a' },
    ],
    [{ distro: null, version: undefined }, { conditions: [] }],
    [{ release: ['a>=6'] }, { conditions: [{ field: 'release', operator: '=', words: ['a>=6'] }] }],
    [{ release: ['>= 6|7'] }, { conditions: [{ field: 'release', operator: '>=', words: ['6', '7'] }] }],
  ])('%j becomes conditions', (input, expected) => {
    expect(filterFromInput(input)).toStrictEqual(expected);
  });

  it('has a form of lists', () => {
    const count = (input: Parameters<typeof filterFromInput>[0]) => kernels(index, filterFromInput(input)).length;
    expect(count({ distro: ['debian', 'ubuntu'], arch: ['aarch64'] })).toBe(1);
    expect(count({ release: ['>=5.4', '<6.1'] })).toBe(3);
    expect(count({ release: ['6.1*', '<6.12'] })).toBe(3);
    expect(count({ text: 'distro=debian', version: ['13'] })).toBe(2);
    expect(count({ distro: [] })).toBe(0);
    expect(count({})).toBe(8);
  });
});

describe('a kernel', () => {
  it.each([
    ['debian/12/x86_64/6.1.0-9-amd64', 2],
    ['debian/12/aarch64/6.1.0-9-arm64', 1],
    ['6.1.0-9-amd64', 2],
    ['6.12.43', 5],
    ['ubuntu/20', 6],
    ['amzn', 0],
  ] as const)('is meant by %s', (text, expected) => {
    expect(resolveKernel(index, text).name).toBe(NAMES[expected]);
  });

  it('must be the only one that is meant', () => {
    expect(() => resolveKernel(index, '6.1')).toThrow(
      expect.objectContaining({ code: 'ambiguous-kernel', candidates: expect.arrayContaining([NAMES[2], NAMES[3]]) }),
    );
    expect(() => resolveKernel(index, '6.1.0-9-amd46')).toThrow(
      expect.objectContaining({ code: 'unknown-kernel', hint: expect.stringContaining('6.1.0-9-amd64') }),
    );
    expect(codeOf(() => resolveKernel(index, ''))).toBe('unknown-kernel');
  });
});

test.each([
  ['*', '', true],
  ['6.1*amd64', '6.1.0-50-amd64', true],
  ['*-50-*', '6.1.0-50-amd64', true],
  ['?.1*', '6.1', true],
  ['6.1', '6.12', false],
  ['*ab', 'aab', true],
  ['*ab*b', 'abab', true],
  ['a?', 'a', false],
  ['a', 'ab', false],
  ['b', 'a', false],
  ['', 'a', false],
  ['*a', 'ab', false],
  ['a*', 'ba', false],
  ['', '', true],
  ['[a]', '[a]', true],
  ['[a]', 'a', false],
  [`${'*a'.repeat(1000)}b`, 'a'.repeat(60), false],
])('the pattern %.20s and %.20s', (pattern, text, expected) => {
  expect(globMatches(pattern, text)).toBe(expected);
});
