import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { replaceFile } from '../src/replace-file.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'btfq-replace-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('replaces a file as a whole and keeps its mode', () => {
  const path = join(folder, 'out');
  writeFileSync(path, 'old');
  chmodSync(path, 0o640);
  const before = statSync(path).ino;
  replaceFile(path, 'new');
  expect(readFileSync(path, 'utf8')).toBe('new');
  expect(statSync(path).mode & 0o777).toBe(0o640);
  expect(statSync(path).ino).not.toBe(before); // who had it open still reads the old one
  expect(readdirSync(folder)).toEqual(['out']);
});

test('writes through a link and leaves the link', () => {
  writeFileSync(join(folder, 'real'), 'old');
  symlinkSync('real', join(folder, 'link'));
  replaceFile(join(folder, 'link'), 'new');
  expect(readFileSync(join(folder, 'real'), 'utf8')).toBe('new');
  expect(readdirSync(folder).sort()).toEqual(['link', 'real']);
});

test('a dangling link gets its file', () => {
  symlinkSync('later', join(folder, 'link'));
  replaceFile(join(folder, 'link'), 'new');
  expect(readFileSync(join(folder, 'later'), 'utf8')).toBe('new');
});

test('what cannot be written leaves nothing aside', () => {
  mkdirSync(join(folder, 'taken'));
  expect(() => replaceFile(join(folder, 'taken'), 'new')).toThrow(expect.objectContaining({ code: 'EISDIR' }));
  expect(() => replaceFile(join(folder, 'no', 'such', 'folder'), 'new')).toThrow(
    expect.objectContaining({ code: 'ENOENT' }),
  );
  expect(readdirSync(folder)).toEqual(['taken']);
});
