// What each reader asks for, word by word: quotes, missing names, names that are too long, and what is taken instead.

import { type BundleFormat, lookupMember } from '@btfq/minimizer';
import { describe, expect, it, test } from 'vitest';
import { parseOsRelease } from '../src/bundle/lookup.ts';

const RELEASE = '5.4.0-1.el8.x86_64';

function look(format: BundleFormat, osRelease: string, paths: readonly string[] = [], more = {}) {
  return lookupMember(format, paths, { osRelease, machine: 'x86_64', release: RELEASE, ...more });
}

test.each([
  ['A=b', 'b'],
  ['  A=b  ', 'b'],
  ['A="b c"', 'b c'],
  [`A='b c'`, 'b c'],
  [`A="b\\"c\\$d"`, 'b"c$d'],
  ['A="b\\c"', 'b\\c'],
  [`A=b"c"`, `b"c"`],
  [`A="c"b`, `"c"b`],
  [`A=b'c'`, `b'c'`],
  [`A='c'b`, `'c'b`],
  [`A='`, `'`],
  ['A=first\nA=last', 'last'],
  ['# A=b\nA=c', 'c'],
  ['xA=b', undefined],
])('os-release %j', (text, expected) => {
  expect(parseOsRelease(text).get('A')).toBe(expected);
});

describe('what is asked', () => {
  const plain = 'ID=debian\nVERSION_ID="12"\n';
  test.each<[BundleFormat, string, string[]]>([
    ['dir', plain, [`debian/12/x86_64/${RELEASE}.btf`]],
    ['dir', 'ID=debian', []],
    ['dir', 'VERSION_ID=12', []],
    ['bcc', plain, [`./debian/12/x86_64/${RELEASE}.btf`]],
    ['bcc', 'ID="debian"\nVERSION_ID="12"', [`./"debian"/12/x86_64/${RELEASE}.btf`]],
    ['bcc', 'ID=debian\nVERSION_ID=12', [`./debian//x86_64/${RELEASE}.btf`]],
    ['bcc', 'ID=a b\nXVERSION_ID="1"\nVERSION_ID="12 x"', [`./a/1/x86_64/${RELEASE}.btf`]],
    ['tracee', plain, [`dist/btfhub/debian/12/x86_64/${RELEASE}.btf`]],
    ['tracee', 'ID=""debian""\r\nVERSION_ID=""12""', [`dist/btfhub/debian/12/x86_64/${RELEASE}.btf`]],
    ['tracee', 'ID=a=b\nVERSION_ID=12', []],
    ['kyanos', plain, [`custom-archive/debian/12/x86_64/${RELEASE}.btf`]],
    ['kyanos', `ID='debian'\nVERSION_ID=12`, [`custom-archive/'debian'/12/x86_64/${RELEASE}.btf`]],
    ['inspektor-gadget', 'ID="debian"\nVERSION_ID=""12""', [`"debian"/12/x86_64/${RELEASE}.btf`]],
    ['inspektor-gadget', 'ID=debian', []],
    ['inspektor-gadget', 'VERSION_ID=12', []],
    ['datadog', 'ID=ubuntu\nVERSION_ID="22.04"', [`ubuntu/22.04/${RELEASE}.btf.tar.xz`, `ubuntu/22.04/${RELEASE}.btf`]],
    ['datadog', 'ID=ubuntu', [`ubuntu//${RELEASE}.btf.tar.xz`, `ubuntu//${RELEASE}.btf`]],
    ['datadog', plain, [`debian/${RELEASE}.btf.tar.xz`, `debian/${RELEASE}.btf`]],
    ['datadog', 'ID=plan9', []],
    ['eunomia', 'ID=arch', [`./btfhub-archive/arch//x86_64/${RELEASE}.btf`]],
    ['flat', '', [`${RELEASE}.btf`]],
  ])('%s of %j', (format, osRelease, asked) => {
    expect(look(format, osRelease).asked).toEqual(asked);
  });

  test.each<[BundleFormat, string, string, boolean]>([
    ['dir', 'ID=debian', 'has no VERSION_ID', true],
    ['dir', 'VERSION_ID=1', 'has no ID', true],
    ['bcc', 'ID="a"\nVERSION_ID="1"', 'keeps the quotes of ID="a"', true],
    ['bcc', `ID='a'\nVERSION_ID="1"`, `keeps the quotes of ID='a'`, true],
    ['bcc', 'ID=a\nVERSION_ID="1"', 'keeps the quotes', false],
    ['bcc', 'ID=a\nVERSION_ID=1', 'without double quotes as empty', true],
    ['bcc', 'ID=a\nVERSION_ID="1"', 'without double quotes as empty', false],
    ['kyanos', `ID='a'\nVERSION_ID=1`, 'double quotes only', true],
    ['kyanos', 'ID=a\nVERSION_ID=1', 'double quotes only', false],
    ['inspektor-gadget', 'ID="a"\nVERSION_ID=1', 'keeps the quotes of ID="a"', true],
    ['inspektor-gadget', 'ID=a\nVERSION_ID=1', 'keeps the quotes', false],
    ['inspektor-gadget', 'ID=a', 'gives up', true],
    ['datadog', 'ID=plan9', 'does not know the platform plan9', true],
    ['datadog', 'X=1', 'an os-release without ID', true],
  ])('%s of %j says %j: %s', (format, osRelease, note, said) => {
    expect(look(format, osRelease).notes.some((one) => one.includes(note))).toBe(said);
  });
});

describe('bcc’s room for a name of 100 characters', () => {
  const host = { osRelease: 'ID=a\nVERSION_ID="1"', machine: 'x86_64' };
  const whole = (release: string) => `./a/1/x86_64/${release}.btf`;
  const fill = (length: number) => 'r'.repeat(length - whole('').length);
  it.each([
    [99, (asked: string) => [asked]],
    [100, () => []],
    [101, (asked: string) => [asked.slice(0, 99)]],
  ])('%d characters', (length, expected) => {
    const release = fill(length);
    expect(lookupMember('bcc', [], { ...host, release }).asked).toEqual(expected(whole(release)));
  });
});

describe('what is taken instead', () => {
  test.each<[string, readonly string[], string | undefined, string]>([
    ['the only one', ['amzn/x.btf', `rhel/${RELEASE}.btf`], `rhel/${RELEASE}.btf`, 'the only file of that name'],
    ['by the release', [`amzn/${RELEASE}.btf`, `rhel/${RELEASE}.btf`], `rhel/${RELEASE}.btf`, 'tells rhel'],
    ['two that fit', [`centos/${RELEASE}.btf`, `rhel/${RELEASE}.btf`], undefined, 'cannot choose between centos'],
    ['a folder that it does not know', [`plan9/${RELEASE}.btf`], undefined, `the bundle has plan9/${RELEASE}.btf`],
    ['nothing', ['rhel/other.btf'], undefined, `nothing for release ${RELEASE}`],
  ])('by the Datadog agent: %s', (_, paths, member, note) => {
    const found = look('datadog', 'ID=debian', paths);
    expect(found.member).toBe(member);
    expect(found.notes.join('\n')).toContain(note);
    if (member !== undefined) expect(found.notes.join('\n')).not.toContain('the bundle has');
    if (!note.includes('choose')) expect(found.notes.join('\n')).not.toContain('choose');
  });

  it('by kyanos: the one of its folder that starts most alike, which is not a hit', () => {
    const folder = 'custom-archive/debian/12/x86_64/';
    const paths = ['5.4.0-1.el7.x86_64', '5.4.0-1.el8.arm64', '5.4.0-1.el8.x', '6.1', '4.4']
      .map((release) => `${folder}${release}.btf.tar.xz`)
      .concat(`custom-archive/debian/11/x86_64/5.4.0-1.el8.x86_6.btf`, `${folder}sub/5.4.0-1.el8.x86_64.btf`);
    const found = look('kyanos', 'ID=debian\nVERSION_ID=12', paths);
    expect(found.hit).toBe(false);
    expect(found.notes[0]).toContain(`kyanos takes ${folder}5.4.0-1.el8.x.btf.tar.xz`);
    const none = look('kyanos', 'ID=debian\nVERSION_ID=12', [`${folder}6.1.btf`]);
    expect(none.notes.join('\n')).not.toContain('kyanos takes');
  });

  it('of equals the first by name', () => {
    const folder = 'custom-archive/debian/12/x86_64/';
    const found = look('kyanos', 'ID=debian\nVERSION_ID=12', [`${folder}5.4.0-1b.btf`, `${folder}5.4.0-1a.btf`]);
    expect(found.notes[0]).toContain(`${folder}5.4.0-1a.btf`);
  });
});
