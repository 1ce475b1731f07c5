// A progress bar of one line on a terminal's stderr: share, rate and remaining time.
import { duration, grouped } from './numbers.ts';

export interface Progress {
  /** `done` units are done; `current` names what is worked on. Draws at most ten times a second. */
  update(done: number, current?: string): void;
  /** Prints a line above the bar, or plainly where there is none. */
  note(line: string): void;
  /** Clears the bar. */
  finish(): void;
}

export interface ProgressTarget {
  write(text: string): void;
  readonly columns: number;
  now(): number;
}

const BAR_WIDTH = 24;
const REDRAW_MS = 100;

/** What is counted: things, or bytes, which are shown in megabytes. */
export type ProgressUnit = 'count' | 'bytes';

const megabytes = (bytes: number) => grouped(Math.round(bytes / 1e6));

/** The bar's line for `done` of `total` units after `elapsed` milliseconds, cut to `columns`. */
export function formatProgress(
  label: string,
  done: number,
  total: number,
  elapsed: number,
  columns: number,
  current = '',
  unit: ProgressUnit = 'count',
): string {
  const share = total > 0 ? Math.min(1, done / total) : 0;
  const filled = Math.round(share * BAR_WIDTH);
  const bar = '█'.repeat(filled) + '░'.repeat(BAR_WIDTH - filled);
  const rate = elapsed > 500 && done > 0 ? done / (elapsed / 1000) : undefined;
  const shown = unit === 'bytes' ? `${megabytes(done)}/${megabytes(total)} MB` : `${grouped(done)}/${grouped(total)}`;
  const parts = [`${label} ${bar} ${shown}`];
  if (rate !== undefined) {
    const speed = unit === 'bytes' ? rate / 1e6 : rate;
    const number = speed >= 10 ? Math.round(speed) : speed.toFixed(1);
    parts.push(unit === 'bytes' ? `${number} MB/s` : `${number}/s`);
    if (done < total) parts.push(`${duration(((total - done) / rate) * 1000)} left`);
  }
  if (current !== '') parts.push(current);
  const line = parts.join('  ');
  return line.length > columns ? `${line.slice(0, Math.max(0, columns - 1))}…` : line;
}

/** A bar on `target`. */
export function drawProgress(
  label: string,
  total: number,
  target: ProgressTarget,
  unit: ProgressUnit = 'count',
): Progress {
  const start = target.now();
  let last = Number.NEGATIVE_INFINITY;
  let line = '';
  const clear = '\r\x1b[2K';
  return {
    update(done, current) {
      const now = target.now();
      if (now - last < REDRAW_MS && done < total) return;
      last = now;
      line = formatProgress(label, done, total, now - start, target.columns, current, unit);
      target.write(clear + line);
    },
    note(text) {
      target.write(`${clear}${text}\n${line}`);
    },
    finish() {
      target.write(clear);
    },
  };
}

/** No bar: notes are printed, the rest is dropped. */
export function silentProgress(note: (line: string) => void): Progress {
  return { update() {}, note, finish() {} };
}
