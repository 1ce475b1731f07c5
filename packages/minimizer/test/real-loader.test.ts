// The real judge, where the machine has it: libbpf loads sample objects into the running kernel with our minimal BTF in
// place of the kernel's own, and unloads them again. Needs root, bpftool with kernel_btf (in PATH or $BPFTOOL) and a kernel that lets BPF
// be loaded. Objects that do not load with the kernel's own BTF either say nothing, and are left out.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseBtf } from '@btfq/btf-format';
import { parseBpfObject } from '@btfq/core-reloc';
import { minimize } from '@btfq/minimizer';
import { fixtureObject, fixturePath } from '@btfq/test-kit';
import { afterAll, describe, expect, test } from 'vitest';

const VMLINUX = '/sys/kernel/btf/vmlinux';
const bpftool = process.env['BPFTOOL'] ?? 'bpftool';
const folder = mkdtempSync(join(tmpdir(), 'btfq-loader-'));
const mountPoint = join(folder, 'bpf');
mkdirSync(mountPoint);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Loads into a BPF file system of its own, which is gone, with the programs, when the command ends. */
function loads(object: string, btf?: string): { loaded: boolean; said: string } {
  const script = 'mount -t bpf bpf "$1" && "$2" prog loadall "$3" "$1/x" ${4:+kernel_btf "$4"}';
  const args = ['-m', 'sh', '-c', script, 'sh', mountPoint, bpftool, object, btf ?? ''];
  const { status, stderr } = spawnSync('unshare', args, { encoding: 'utf8' });
  return { loaded: status === 0, said: stderr ?? '' };
}

/** Why nothing can be tried here; undefined where it can. */
function missing(): string | undefined {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'needs root on Linux';
  if (!existsSync(VMLINUX)) return `needs ${VMLINUX}`;
  if (spawnSync(bpftool, ['version']).status !== 0) return 'needs bpftool in PATH, or $BPFTOOL';
  // older ones take no custom BTF: their help does not name the word
  const { stdout, stderr } = spawnSync(bpftool, ['prog', 'help'], { encoding: 'utf8' });
  if (!`${stdout}${stderr}`.includes('kernel_btf')) return 'needs a bpftool whose `prog load` knows kernel_btf';
  return undefined;
}

const reason = missing();
const names = ['execsnoop', 'opensnoop', 'tcpconnect', 'types'];

describe.skipIf(reason !== undefined)(`libbpf loads with our BTF${reason === undefined ? '' : ` (${reason})`}`, () => {
  test.for(names)('%s', (name, { skip }) => {
    const file = fixturePath(`objects/${name}.bpf.o`);
    const own = loads(file);
    if (!own.loaded) skip(`this kernel does not load it with its own BTF: ${own.said.trim().split('\n').at(-1)}`);
    const kernel = parseBtf(readFileSync(VMLINUX));
    const object = parseBpfObject(fixtureObject(name), { name });
    for (const canonical of [false, true]) {
      const path = join(folder, `${name}-${canonical}.btf`);
      writeFileSync(path, minimize(kernel, [object], { canonical }).bytes);
      expect(loads(file, path), `canonical: ${canonical}`).toMatchObject({ loaded: true });
    }
  });
});
