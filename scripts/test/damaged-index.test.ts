// A damaged index, a full disk, media that cannot be written: the scripts that try these thousands of times, a few times.

import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compactIndex, kernels, mergeIndex, openIndex, publishIndex, removeKernel, verifyIndex } from '@btfq/btf-index';
import { expect, it, vi } from 'vitest';
import { damageRuns } from '../damage-runs.ts';
import { fullDiskRuns } from '../full-disk.ts';
import { add, answers, expected, held } from '../small-answers.ts';

function codeOf(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return (error as { code?: unknown }).code;
  }
}

it('damage never gives a wrong answer that verify does not know of', () => {
  const { counts, wrong } = damageRuns(60, 3);
  expect(wrong).toEqual([]);
  expect(counts.right).toBeGreaterThan(0);
  expect(counts.refused).toBeGreaterThan(0);
}, 60_000);

it('a full disk changes nothing, at whichever write', ({ skip }) => {
  const result = fullDiskRuns(12, 4);
  if (result === undefined) return skip('mounting a tmpfs needs root');
  expect(result.wrong).toEqual([]);
  expect(Object.keys(result.full).length).toBeGreaterThan(1);
}, 60_000);

it('on read-only media what is in the log is read too', ({ skip }) => {
  const folder = mkdtempSync(join(tmpdir(), 'btfq-read-only-'));
  const media = join(folder, 'media');
  mkdirSync(media);
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'btfq-read-only', media]).status !== 0) {
    rmSync(folder, { recursive: true });
    return skip('mounting a tmpfs needs root');
  }
  try {
    const [path, taken] = [join(folder, 'index.db'), join(media, 'index.db')];
    const writer = openIndex(path);
    for (const n of [0, 1, 2]) add(writer, n);
    for (const end of ['', '-wal']) copyFileSync(path + end, taken + end); // while the writer has not folded it in
    writer.close();
    expect(spawnSync('mount', ['-o', 'remount,ro', media]).status).toBe(0);
    const index = openIndex(taken, { readonly: true });
    expect(held(index)).toEqual([0, 1, 2]);
    expect(answers(index)).toBe(expected([0, 1, 2], folder));
    expect(verifyIndex(index).problems).toEqual([]);
    index.close();
    expect(codeOf(() => openIndex(taken))).toBe('read-only');
  } finally {
    spawnSync('umount', [media]);
    rmSync(folder, { recursive: true });
  }
}, 60_000);

it('a clock that goes backwards between all steps changes no answer', () => {
  const folder = mkdtempSync(join(tmpdir(), 'btfq-clock-'));
  let time = Date.UTC(2040, 0, 1);
  vi.useFakeTimers({ toFake: ['Date'], now: time });
  const earlier = () => vi.setSystemTime((time -= 40 * 86_400_000));
  try {
    const [path, other] = [join(folder, 'index.db'), join(folder, 'other.db')];
    const second = openIndex(other);
    for (const n of [5, 6]) add(second, n);
    second.close();
    const index = openIndex(path);
    const generations = [index.generation()];
    const steps = [
      ...[0, 1, 2].map((n) => () => void add(index, n)),
      () => void mergeIndex(index, other),
      () => removeKernel(index, kernels(index)[1]?.id as number),
      () => void compactIndex(index),
      () => void publishIndex(path, join(folder, 'out')),
      () => void add(index, 7),
    ];
    for (const step of steps) {
      earlier();
      step();
      generations.push(index.generation());
      expect(answers(index)).toBe(expected(held(index), folder));
    }
    expect(new Set(generations).size).toBeGreaterThanOrEqual(6); // who waits for a change sees each
    expect(verifyIndex(index).problems).toEqual([]);
    index.close();
  } finally {
    vi.useRealTimers();
    rmSync(folder, { recursive: true });
  }
}, 60_000);
