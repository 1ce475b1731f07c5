// A kernel that was made from debug information beside one that has BTF of its own: what ingest says, and what verify finds.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fixturesFolder } from '@btfq/test-kit';
import { beforeEach, expect, test } from 'vitest';
import { runCli } from '../src/cli.ts';
import { memoryIo } from './kit/memory-io.ts';

const PACKAGE = join(fixturesFolder, 'dwarf/kernel.ddeb');
const KERNEL = 'ubuntu/22.04/x86_64/5.15.0-100-generic';
const IDENTITY = ['--distro', 'ubuntu', '--distro-version', '22.04', '--arch', 'x86_64'];
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'btfq-dwarf-'));
  return () => rmSync(folder, { recursive: true });
});

async function btfq(...args: string[]): Promise<{ exitCode: number; stdout: string; stderr: string }> {
  const io = memoryIo({ cwd: folder, env: {} });
  const exitCode = await runCli(args, io);
  return { exitCode, stdout: io.stdout, stderr: io.stderr };
}

/** Puts BTF that pahole made of a quirk program into the index, as the kernel's own. */
async function ingestOwn(file: string): Promise<void> {
  writeFileSync(join(folder, 'own.btf'), readFileSync(join(fixturesFolder, 'dwarf', file)));
  const { exitCode } = await btfq('ingest', 'own.btf', ...IDENTITY, '--release', '5.15.0-100-generic');
  expect(exitCode).toBe(0);
}

test('a kernel from DWARF is recorded as such, and is what its debug information says', async () => {
  const ingested = await btfq('ingest', PACKAGE, '--modules');
  expect(ingested).toMatchObject({ exitCode: 0 });
  expect(ingested.stdout + ingested.stderr).toContain(`${KERNEL}: added from DWARF`);
  const listed = await btfq('kernels', '--verbose');
  expect(listed.stdout).toContain('from DWARF');
  const verified = await btfq('verify', '--from-dwarf', PACKAGE, '--json');
  expect(verified.exitCode).toBe(0);
  const found = JSON.parse(verified.stdout) as { kernel: string; differences: string[]; kinds: { STRUCT: unknown } };
  expect(found).toMatchObject({ kernel: KERNEL, differences: [] });
  expect(found.kinds.STRUCT).toMatchObject({ missing: 0, surplus: 0, different: 0 });
  expect((await btfq('verify')).stdout).toContain('whole');
});

test('BTF that pahole made of the same program is equal', async () => {
  await ingestOwn('gcc-5.btf');
  const { exitCode, stdout } = await btfq('verify', '--from-dwarf', PACKAGE);
  expect(exitCode).toBe(0);
  expect(stdout).toContain(`${KERNEL} beside its debug information`);
});

test('BTF of another program is not, and --verbose says where', async () => {
  await ingestOwn('gcc-i686.btf');
  const { exitCode, stdout } = await btfq('verify', '--from-dwarf', PACKAGE, '--verbose');
  expect(exitCode).toBe(1);
  expect(stdout).toMatch(/^different STRUCT \w+$/m);
});
