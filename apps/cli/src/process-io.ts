// The `Io` of a real process.
import { closeSync, fstatSync, mkdirSync, openSync, readFileSync, readSync, rmSync, writeSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { InputError } from './errors.ts';
import { formatJson, type Io } from './io.ts';
import { drawProgress, silentProgress } from './render/progress.ts';
import { COLOURED, PLAIN, type Style, wantsColour } from './render/style.ts';
import { replaceFile } from './replace-file.ts';

const FLUSH_AT = 1 << 16;

/** What of a real process's `Io` only `main.ts` uses. */
export interface ProcessIo extends Io {
  wantsJson: boolean;
}

/**
 * Writes with `writeSync`: it costs no stream set-up at start, and everything is out when the process exits. A reader
 * that went away (`| head`) ends the process quietly, as SIGPIPE would.
 */
function writeFully(fd: number, data: Uint8Array): void {
  let at = 0;
  while (at < data.length) {
    try {
      at += writeSync(fd, data, at, data.length - at);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (code === 'EPIPE') process.exit(141);
      // A pipe that someone else made non-blocking is full: give its reader a moment.
      if (code !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2);
    }
  }
}

// Asked for on demand: Node loads its network code to find out, which a command that only writes bytes need not wait for.
const processTerminal: Io['terminal'] = {
  get stdout() {
    return process.stdout.isTTY === true;
  },
  get stderr() {
    return process.stderr.isTTY === true;
  },
  get columns() {
    return process.stdout.isTTY ? process.stdout.columns || 80 : undefined;
  },
};

/** The bytes of a regular file in given memory; undefined where it is another one, or its size changes meanwhile. */
function readInto(path: string, allocate: (size: number) => Uint8Array): Uint8Array | undefined {
  const file = openSync(path, 'r');
  try {
    const stats = fstatSync(file);
    if (!stats.isFile() || stats.size === 0) return undefined;
    const memory = allocate(stats.size + 1); // the end of the file shows by the byte that stays
    let length = 0;
    for (let count = -1; count !== 0 && length <= stats.size; length += count) {
      count = readSync(file, memory, length, stats.size + 1 - length, null);
    }
    return length === stats.size ? memory.subarray(0, length) : undefined;
  } finally {
    closeSync(file);
  }
}

export function processIo(): ProcessIo {
  const encoder = new TextEncoder();
  let pending = '';
  let abort: AbortController | undefined;
  let style: Style | undefined;
  const cwd = process.cwd();

  const io: ProcessIo = {
    env: process.env,
    cwd,
    terminal: processTerminal,
    get style() {
      // asked for several times a line, and each variable of the environment is a call into the system's library
      return (style ??= wantsColour(process.env, processTerminal.stdout) ? COLOURED : PLAIN);
    },
    wantsJson: false,
    get signal() {
      if (!abort) {
        const controller = new AbortController();
        abort = controller;
        for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => controller.abort());
      }
      return abort.signal;
    },
    flush() {
      if (pending === '') return;
      const text = pending;
      pending = '';
      writeFully(1, encoder.encode(text));
    },
    print(line = '') {
      pending += `${line}\n`;
      if (pending.length >= FLUSH_AT) io.flush();
    },
    write(data) {
      if (typeof data === 'string' && data.length < FLUSH_AT) {
        pending += data;
        if (pending.length >= FLUSH_AT) io.flush();
        return;
      }
      io.flush();
      writeFully(1, typeof data === 'string' ? encoder.encode(data) : data);
    },
    json(value) {
      io.print(formatJson(value));
    },
    note(line) {
      io.flush();
      writeFully(2, encoder.encode(`${line}\n`));
    },
    path: (path) => resolve(cwd, path),
    readFile(path, allocate) {
      try {
        const found = allocate && path !== '-' ? readInto(resolve(cwd, path), allocate) : undefined;
        return found ?? readFileSync(path === '-' ? 0 : resolve(cwd, path));
      } catch (error) {
        throw fileError('read', path, error);
      }
    },
    writeFile(path, data) {
      if (path === '-') {
        io.write(data);
        return;
      }
      const full = resolve(cwd, path);
      try {
        try {
          replaceFile(full, data);
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
          mkdirSync(dirname(full), { recursive: true });
          replaceFile(full, data);
        }
      } catch (error) {
        throw fileError('write', path, error);
      }
    },
    removeFile(path) {
      if (path !== '-') rmSync(resolve(cwd, path), { force: true });
    },
    progress(label, total, unit) {
      if (!processTerminal.stderr || io.wantsJson) return silentProgress((line) => io.note(line));
      const target = {
        write: (text: string) => writeFully(2, encoder.encode(text)),
        columns: process.stderr.columns || 80,
        now: () => performance.now(),
      };
      return drawProgress(label, total, target, unit);
    },
  };
  return io;
}

/** A path's trouble in words, with the next step where there is one. */
export function fileError(verb: 'read' | 'write', path: string, error: unknown): InputError {
  const code = (error as NodeJS.ErrnoException).code ?? 'EIO';
  const reasons: Record<string, string> = {
    ENOENT: 'no such file',
    EISDIR: 'is a folder',
    ENOTDIR: 'a part of the path is not a folder',
    EACCES: 'permission denied',
    EPERM: 'permission denied',
    ENOSPC: 'no space left',
    EROFS: 'the file system is read-only',
  };
  const reason = reasons[code] ?? (error as Error).message;
  return new InputError(code, `cannot ${verb} ${path}: ${reason}`, { path, cause: error });
}
