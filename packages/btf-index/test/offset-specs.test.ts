// SPECs that are damaged, every kind of entry on kernels made by hand, and renames of releases that no fixture has, found by
// what is around a member and not by its name.
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import {
  chosenCandidates,
  explainEntries,
  ingestKernel,
  offsetTable,
  openIndex,
  readOffsetsSpec,
} from '@btfq/btf-index';
import { cellText } from '@btfq/offsets';
import { BtfBytes, seededRandom } from '@btfq/test-kit';
import { expect, onTestFinished, test } from 'vitest';
import { freshPath } from './kit.ts';
import { JSON_SPEC, SPEC_WORDS } from './spec-words.ts';

const REPO = resolve(import.meta.dirname, '../../..');

/** An index of kernels whose structs have members of these types, eight bytes each. */
function indexOf(kernels: Readonly<Record<string, readonly (readonly [name: string, type: string])[]>>) {
  const index = openIndex(freshPath());
  onTestFinished(() => index.close());
  for (const [release, members] of Object.entries(kernels)) {
    const btf = new BtfBytes({});
    const long = btf.int('long unsigned int', 8);
    const types = new Map([['unsigned long', long]]);
    for (const [, type] of members) if (!types.has(type)) types.set(type, btf.typedef(type, long));
    const fields = members.map(([name, type], i) => ({ name, type: types.get(type)!, offset: i * 64 }));
    btf.struct('task_struct', members.length * 8, fields);
    const identity = { distro: 'linux', version: '1', arch: 'x86_64', release };
    ingestKernel(index, { identity, btf: btf.build() });
  }
  return index;
}

const U64 = 'u64';
const LONG = 'unsigned long';
const before = [
  ['utime', U64],
  ['gtime', U64],
  ['nvcsw', LONG],
  ['nivcsw', LONG],
  ['start_time', U64],
] as const;
const after = [
  ['min_flt', LONG],
  ['maj_flt', LONG],
  ['posix_cputimers', 'posix_cputimers_t'],
] as const;
const proposed = async (index: ReturnType<typeof indexOf>, path: string) => {
  const spec = await readOffsetsSpec(`entries:\n  x: ${path}\n`);
  const [found] = explainEntries(index, spec.entries);
  return { found, paths: found === undefined ? [] : chosenCandidates(found).map((one) => one.path) };
};

test('real_start_time of 5.4 is start_boottime of 5.5, by its place and its type', async () => {
  const index = indexOf({
    '5.4.0': [...before, ['real_start_time', U64], ...after],
    '5.5.0': [...before, ['start_boottime', U64], ...after],
    // later the neighbours move, and others come
    '5.15.0': [['new_at_the_head', LONG], ...before, ['start_boottime', U64], ...after],
  });
  const { found, paths } = await proposed(index, 'task_struct.real_start_time');
  expect(found?.lacking.map(({ release }) => release)).toEqual(['5.5.0', '5.15.0']);
  expect(paths).toEqual(['task_struct.start_boottime']);
  expect(found?.candidates[0]).toMatchObject({
    strong: true,
    compared: ['linux/1/x86_64/5.4.0', 'linux/1/x86_64/5.5.0'],
  });
  expect(found?.candidates[0]?.evidence).toEqual(
    expect.arrayContaining([
      'between start_time and min_flt, as it was',
      'of the same type, u64',
      'new where real_start_time is gone',
    ]),
  );
  expect(found?.candidates[0]?.evidence.join()).not.toMatch(/Linux 5\.5/); // evidence, not history
});

test('a name that says nothing is found by its place, and the way back is proposed too', async () => {
  const index = indexOf({
    '5.4.0': [...before, ['real_start_time', U64], ...after],
    '5.5.0': [...before, ['qx', U64], ...after],
  });
  expect((await proposed(index, 'task_struct.real_start_time')).paths).toEqual(['task_struct.qx']);
  expect((await proposed(index, 'task_struct.qx')).paths).toEqual(['task_struct.real_start_time']);
});

test('what is simply gone is not replaced by what stands in its place', async () => {
  const index = indexOf({
    '5.4.0': [...before, ['real_start_time', U64], ...after],
    '5.5.0': [...before, ...after],
  });
  expect((await proposed(index, 'task_struct.real_start_time')).paths).toEqual([]);
});

test('damaged SPECs end in an error with a line, or in a SPEC', async () => {
  const texts = ['process-sensor', 'packet-filter'].map((name) =>
    readFileSync(join(REPO, 'docs/examples', `${name}.yaml`), 'utf8')
      .split('\n')
      .slice(0, 20)
      .join('\n'),
  );
  texts.push(JSON_SPEC);
  const { below, pick } = seededRandom(21);
  let refused = 0;
  for (let round = 0; round < 600; round++) {
    let text = pick(texts);
    for (let change = 0; change <= below(3); change++) {
      const at = below(text.length);
      const cut = below(4) === 0 ? below(40) : below(3);
      text = text.slice(0, at) + (below(5) === 0 ? '' : pick(SPEC_WORDS)) + text.slice(at + cut);
    }
    try {
      const spec = await readOffsetsSpec(text);
      for (const { line } of spec.entries) expect(line).toBeGreaterThan(0);
    } catch (error) {
      refused++;
      expect(error).toMatchObject({ name: 'OffsetsError', code: expect.stringMatching(/^bad-spec/) });
      expect((error as { line: number }).line).toBeGreaterThan(0);
    }
  }
  expect(refused).toBeGreaterThan(100);
  expect(refused).toBeLessThan(600);
});

test('aliases of aliases do not become a SPEC without end', async () => {
  const levels = Array.from({ length: 12 }, (_, i) => `l${i + 1}: &l${i + 1} [${Array(9).fill(`*l${i}`).join(', ')}]`);
  const text = `l0: &l0 [${Array(9).fill('a.b').join(', ')}]\n${levels.join('\n')}\nentries:\n  a: *l12\n`;
  await expect(readOffsetsSpec(text)).rejects.toMatchObject({ name: 'OffsetsError', code: 'bad-spec' });
});

test('every kind of entry answers', async () => {
  const index = openIndex(freshPath());
  onTestFinished(() => index.close());
  const btf = new BtfBytes({});
  const int = btf.int('int', 4);
  const inner = btf.struct('vfsmount', 16, [{ name: 'mnt_root', type: btf.ptr(int), offset: 0 }]);
  const mount = btf.struct('mount', 48, [
    { name: 'hash', type: int, offset: 0 },
    { name: 'mnt', type: inner, offset: 32 * 8 },
  ]);
  btf.enum('pid_type', { PIDTYPE_PID: 0, PIDTYPE_PGID: 2 });
  const proto = btf.funcProto(int, [
    ['where', btf.ptr(mount)],
    ['dentry', int],
  ]);
  btf.func('vfs_unlink', proto);
  const identity = { distro: 'linux', version: '1', arch: 'x86_64', release: '6.1.0' };
  ingestKernel(index, { identity, btf: btf.build() });
  const spec = await readOffsetsSpec(`entries:
  plain: mount.mnt.mnt_root
  back: {container_of: mount.mnt}
  size: {size: mount}
  fieldsize: {size: mount.mnt}
  value: {value: pid_type.PIDTYPE_PGID}
  there: {exists: mount.mnt}
  gone: {exists: mount.mnt_ns}
  function: {function: vfs_unlink}
  second: {parameter: vfs_unlink.dentry}
`);
  const table = offsetTable(index, spec);
  const row = table.rows[table.rowOf[0]!] ?? [];
  expect(Object.fromEntries(spec.entries.map(({ name }, e) => [name, cellText(row[e] ?? null)]))).toEqual({
    plain: '1:32:8:0:0',
    back: '1:32:16:0:0',
    size: '1:48',
    fieldsize: '1:16',
    value: '1:2',
    there: '1:1',
    gone: '1:0',
    function: '1:2:int vfs_unlink(struct mount *where, int dentry)',
    second: '1:1',
  });
});
