import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { BtfBuilder } from '@btfq/btf-format';
import { databaseOf, openIndex } from '@btfq/btf-index';
import { describe, expect, it, onTestFinished } from 'vitest';
import { versionLine } from '../src/version.ts';

const PROGRAM = resolve(import.meta.dirname, '../dist/bin/btfq.cjs');

/** What is installed is not what other tests run: the command in one file, its threads' module in another. */
describe.skipIf(!existsSync(PROGRAM))('the bundle of ingest (it is there once apps/cli is built)', () => {
  it('starts its threads, with flags of V8 too, and knows its schema and its version', () => {
    const folder = mkdtempSync(join(tmpdir(), 'btfq-bundle-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const kernels = join(folder, 'debian/12/x86_64');
    mkdirSync(kernels, { recursive: true });
    for (const at of [1, 2, 3]) {
      const builder = new BtfBuilder();
      const int = builder.addInt('int', 4, 1);
      builder.addStruct(`only_in_${at}`, 4);
      builder.addField('value', int, 0);
      writeFileSync(join(kernels, `6.1.0-${at}-amd64.btf`), builder.build());
    }
    const db = join(folder, 'index.db');
    const flags = ['--max-semi-space-size=2', '--stack-size=900'];
    const ran = spawnSync(process.execPath, [...flags, PROGRAM, 'ingest', kernels, '--db', db, '--jobs', '2'], {
      encoding: 'utf8',
    });
    expect({ status: ran.status, stderr: ran.stderr }).toEqual({
      status: 0,
      stderr: expect.not.stringMatching(/warning/i),
    });
    const index = openIndex(db, { readonly: true });
    onTestFinished(() => index.close());
    const tools = databaseOf(index).prepare('SELECT tool FROM kernel').pluck().all();
    expect(tools).toEqual([versionLine(), versionLine(), versionLine()]);
  });
});
