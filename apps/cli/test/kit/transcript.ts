// Transcripts: Markdown files whose `console` blocks hold commands and what they print. They are run from top to bottom
// in a fresh folder in which `fixtures` is the repo's; the file is right when running it again gives the same file.
//
//   ```console
//   $ btfq kernels --db missing.db | head -3     lines of stdout follow as they are
//   ! btfq: no index at missing.db               lines of stderr after `! `
//   [4]                                          the exit code, where it is not 0
//   ```
//
// `http://web.test` is a web space over that folder: see web-space.ts. `btfq` and `./btfq` run inside the test's process; what follows a `|` or `>`, and every other command, is the shell's.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { runCli } from '../../src/cli.ts';
import { keptFile } from '@btfq/test-kit';
import { memoryIo } from './memory-io.ts';
import { serveFolder, WEB } from './web-space.ts';

const REPO = resolve(import.meta.dirname, '../../../..');

/**
 * Runs the transcript in `markdown` and gives it back with the output that came now. `plain` shows what a terminal would:
 * stderr without a mark, before stdout, and no exit codes.
 */
export async function replay(markdown: string, plain = false): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'btfq-transcript-'));
  const web = markdown.includes(WEB) ? await serveFolder(folder) : undefined;
  const here = (text: string) => (web === undefined ? text : text.replaceAll(WEB, web.origin));
  const there = (text: string) => (web === undefined ? text : text.replaceAll(web.origin, WEB));
  try {
    symlinkSync(join(REPO, 'fixtures'), join(folder, 'fixtures'));
    const out: string[] = [];
    let inside = false;
    for (const line of markdown.split('\n')) {
      if (line.startsWith('```')) {
        inside = line === '```console';
        out.push(line);
      } else if (!inside) out.push(line);
      else if (line.startsWith('$ '))
        out.push(line, ...(await runLine(here(line.slice(2)), folder, plain)).map(withoutVersion).map(there));
    }
    return out.join('\n');
  } finally {
    web?.process.kill();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function runLine(line: string, folder: string, plain: boolean): Promise<string[]> {
  const assignments: Record<string, string> = {};
  let rest = line;
  for (let found = assignment(rest); found; found = assignment(rest)) {
    assignments[found[1]!] = found[2]!;
    rest = rest.slice(found[0].length);
  }
  if (!/^(\.\/)?btfq( |$)/.test(rest)) return fromShell(rest, folder);
  const { words, tail } = splitWords(rest);
  const { exitCode, stdoutBytes, stderr } = await ranOnce(words.slice(1), folder, assignments);
  const lines: string[] = [];
  if (tail === '') lines.push(...shown(stdoutBytes));
  else lines.push(...fromShell(tail.startsWith('|') ? tail.slice(1) : `cat ${tail}`, folder, stdoutBytes));
  if (plain) lines.unshift(...splitLines(stderr));
  else for (const text of splitLines(stderr)) lines.push(`! ${text}`.trimEnd());
  if (exitCode !== 0 && !plain) lines.push(`[${exitCode}]`);
  return lines.map((text) => steady(text, folder));
}

interface Ran {
  readonly exitCode: number;
  readonly stdoutBytes: Uint8Array;
  readonly stderr: string;
}

/**
 * Runs a command. What `btfq ingest fixtures/...` into a new index makes and prints is kept for the run of the tests: many
 * pages begin with the same command, and the first of them runs it.
 */
async function ranOnce(words: readonly string[], folder: string, env: Record<string, string>): Promise<Ran> {
  const db = join(folder, 'btfq.db');
  const fresh =
    words[0] === 'ingest' && words.slice(1).every((word) => word.startsWith('fixtures/')) && !existsSync(db);
  if (!fresh) return run(words, folder, env);
  const kept = keptFile(`ingested ${words.join(' ')}`);
  if (existsSync(`${kept}.json`)) {
    copyFileSync(kept, db);
    const { exitCode, stdout, stderr } = JSON.parse(readFileSync(`${kept}.json`, 'utf8'));
    return { exitCode, stdoutBytes: new TextEncoder().encode(stdout), stderr };
  }
  const ran = await run(words, folder, env);
  if (ran.exitCode === 0) {
    const part = `${kept}.${process.pid}`;
    copyFileSync(db, part);
    renameSync(part, kept);
    writeFileSync(`${part}.json`, JSON.stringify({ ...ran, stdout: new TextDecoder().decode(ran.stdoutBytes) }));
    renameSync(`${part}.json`, `${kept}.json`);
  }
  return ran;
}

async function run(words: readonly string[], folder: string, env: Record<string, string>): Promise<Ran> {
  const io = memoryIo({ cwd: folder, env });
  const exitCode = await runCli(words, io);
  return { exitCode, stdoutBytes: io.stdoutBytes, stderr: io.stderr };
}

const assignment = (line: string) => /^([A-Z_]+)=(\S*) +/.exec(line);

function fromShell(line: string, folder: string, input?: Uint8Array): string[] {
  const result = spawnSync('sh', ['-c', line], { cwd: folder, input, maxBuffer: 1 << 28 });
  const lines = shown(result.stdout);
  for (const text of splitLines(result.stderr.toString())) lines.push(`! ${text}`);
  if (result.status !== 0) lines.push(`[${result.status}]`);
  return lines;
}

/** Text as lines; anything binary by its size and hash. */
function shown(bytes: Uint8Array): string[] {
  if (!bytes.includes(0)) return splitLines(new TextDecoder().decode(bytes));
  return [`(${bytes.length} bytes, SHA-256 ${createHash('sha256').update(bytes).digest('hex').slice(0, 16)}...)`];
}

const splitLines = (text: string) => (text === '' ? [] : text.replace(/\n$/, '').split('\n'));

/** The version of btfq in what it generates differs from release to release. */
function withoutVersion(line: string): string {
  return line.replace(/(Made by btfq |"version": ")\d+\.\d+\.\d+/, '$1VERSION');
}

/** Takes out what differs from run to run: the folder, and times. */
function steady(line: string, folder: string): string {
  return line
    .replaceAll(folder, '$PWD')
    .replace(/\bbtfq-[0-9a-f]{16}\.db\b/g, 'btfq-HASH.db')
    .replace(/\bSHA-256 [0-9a-f]{64}; it is [0-9a-f]{64}/g, 'SHA-256 HASH; it is HASH')
    .replace(/\b\d+(\.\d+)? (ms|s)\b/g, 'N $2')
    .replace(/\b\d+(\.\d+)?\/s\b/g, 'N/s')
    .trimEnd();
}

/** The words of a command line up to the first unquoted `|` or `>`, which starts the `tail`. */
export function splitWords(line: string): { words: string[]; tail: string } {
  const words: string[] = [];
  const pattern = /\s*(?:([|>].*)|((?:'[^']*'|"[^"]*"|[^\s'"|>])+))/gsy;
  for (let match = pattern.exec(line); match; match = pattern.exec(line)) {
    if (match[1] !== undefined) return { words, tail: match[1] };
    words.push(match[2]!.replace(/'([^']*)'|"([^"]*)"/g, (_, single, double) => single ?? double));
  }
  return { words, tail: '' };
}
