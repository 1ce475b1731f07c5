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
import { copyFileSync, existsSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { runCli } from '../../src/cli.ts';
import { type MemoryIo, memoryIo } from './memory-io.ts';
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
  const { exitCode, io } = await ranOnce(words.slice(1), folder, assignments);
  const lines: string[] = [];
  if (tail === '') lines.push(...shown(io.stdoutBytes));
  else lines.push(...fromShell(tail.startsWith('|') ? tail.slice(1) : `cat ${tail}`, folder, io.stdoutBytes));
  if (plain) lines.unshift(...splitLines(io.stderr));
  else for (const text of splitLines(io.stderr)) lines.push(`! ${text}`.trimEnd());
  if (exitCode !== 0 && !plain) lines.push(`[${exitCode}]`);
  return lines.map((text) => steady(text, folder));
}

interface Ran {
  readonly exitCode: number;
  readonly io: MemoryIo;
}

/** What `btfq ingest fixtures/...` into a new index printed, with a copy of the index: pages begin with the same command. */
const ingested = new Map<string, Ran & { readonly db: string }>();

async function ranOnce(words: readonly string[], folder: string, env: Record<string, string>): Promise<Ran> {
  const db = join(folder, 'btfq.db');
  const fresh =
    words[0] === 'ingest' && words.slice(1).every((word) => word.startsWith('fixtures/')) && !existsSync(db);
  const key = words.join(' ');
  const known = ingested.get(key);
  if (fresh && known !== undefined) {
    copyFileSync(known.db, db);
    return known;
  }
  const io = memoryIo({ cwd: folder, env });
  const exitCode = await runCli(words, io);
  if (fresh && exitCode === 0) {
    const kept = join(mkdtempSync(join(tmpdir(), 'btfq-ingested-')), 'btfq.db');
    process.once('exit', () => rmSync(dirname(kept), { recursive: true, force: true }));
    copyFileSync(db, kept);
    ingested.set(key, { exitCode, io, db: kept });
  }
  return { exitCode, io };
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
