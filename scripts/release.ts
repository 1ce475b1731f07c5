// A release: `pnpm changeset version` first, commit, then this. Builds from scratch, checks, packs into release/, and with
// --publish puts what the registry does not have yet there, in flow order and with provenance. Needs NODE_AUTH_TOKEN (or an
// npm login), and for the provenance to run where OpenID tokens are given out, such as GitHub Actions.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { FLOW } from './package-order.ts';

const ROOT = resolve(import.meta.dirname, '..');
const OUT = join(ROOT, 'release');
const publish = process.argv.includes('--publish');

function run(command: string, args: readonly string[], cwd = ROOT): void {
  console.log(`$ ${command} ${args.join(' ')}`);
  const { status } = spawnSync(command, args, { cwd, stdio: 'inherit' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed`);
}

function output(command: string, args: readonly string[]): string {
  const result = spawnSync(command, args, { cwd: ROOT, encoding: 'utf8' });
  return result.status === 0 ? result.stdout.trim() : '';
}

const dirty = output('git', ['status', '--porcelain']);
if (dirty !== '') throw new Error(`commit or remove first:\n${dirty}`);
const pending = globSync('.changeset/*.md', { cwd: ROOT }).filter((file) => !file.endsWith('README.md'));
if (pending.length > 0) throw new Error(`run \`pnpm changeset version\` and commit: ${pending.length} changesets wait`);

// Files of deleted sources stay in dist otherwise, and would be shipped.
for (const folder of globSync(['packages/*/dist', 'apps/*/dist', 'test-kit/dist'], { cwd: ROOT })) {
  rmSync(join(ROOT, folder), { recursive: true });
}
run('node', ['scripts/build.mjs', '--force']);
run('node', ['scripts/check.ts']);

rmSync(OUT, { recursive: true, force: true });
mkdirSync(OUT);
const sums: string[] = [];
for (const [name, { folder }] of Object.entries(FLOW)) {
  const { version } = JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8'));
  run('pnpm', ['pack', '--pack-destination', OUT], join(ROOT, folder));
  const file = `${name.replace('@', '').replace('/', '-')}-${version}.tgz`;
  sums.push(
    `${createHash('sha256')
      .update(readFileSync(join(OUT, file)))
      .digest('hex')}  ${file}`,
  );
  if (!publish) continue;
  if (output('npm', ['view', `${name}@${version}`, 'version']) === version) {
    console.log(`${name} ${version} is there already`);
    continue;
  }
  // The very tarball that was checked goes out.
  run('npm', ['publish', join(OUT, file), '--access', 'public', '--provenance']);
}
writeFileSync(join(OUT, 'SHA256SUMS'), `${sums.join('\n')}\n`);
// Executables for machines without Node join the sums.
if (process.platform === 'linux') {
  run('node', ['scripts/executable.ts', '--out', OUT]);
  run('node_modules/.bin/vitest', ['run', 'scripts/test/executable.test.ts']); // in an empty root
}
console.log(sums.join('\n'));
