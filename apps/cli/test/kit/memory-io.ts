// An `Io` for tests: real files below a folder, captured streams, no terminal unless asked for.
import { formatJson, type Io } from '../../src/io.ts';
import { processIo } from '../../src/process-io.ts';
import { silentProgress } from '../../src/render/progress.ts';
import { COLOURED, PLAIN } from '../../src/render/style.ts';
import { resolve } from 'node:path';

export interface MemoryIo extends Io {
  wantsJson: boolean;
  readonly stdout: string;
  readonly stdoutBytes: Uint8Array;
  readonly stderr: string;
}

/** `columns` makes stdout a terminal of that width; `colour` turns colours on. */
export function memoryIo(
  options: {
    cwd?: string;
    env?: Record<string, string>;
    columns?: number;
    colour?: boolean;
    signal?: AbortSignal;
  } = {},
): MemoryIo {
  const cwd = options.cwd ?? process.cwd();
  const real = processIo();
  const out: Uint8Array[] = [];
  let stderr = '';
  const write = (data: string | Uint8Array) =>
    void out.push(typeof data === 'string' ? new TextEncoder().encode(data) : new Uint8Array(data)); // the caller may reuse it
  const io: MemoryIo = {
    env: options.env ?? {},
    cwd,
    terminal: { stdout: options.columns !== undefined, stderr: false, columns: options.columns },
    style: options.colour ? COLOURED : PLAIN,
    wantsJson: false,
    get stdoutBytes() {
      return new Uint8Array(Buffer.concat(out));
    },
    get stdout() {
      return Buffer.concat(out).toString('utf8');
    },
    get stderr() {
      return stderr;
    },
    write,
    print: (line = '') => write(`${line}\n`),
    json: (value) => write(`${formatJson(value)}\n`),
    flush: () => {},
    note: (line) => {
      stderr += `${line}\n`;
    },
    path: (path) => resolve(cwd, path),
    readFile: (path) => real.readFile(resolve(cwd, path)),
    writeFile: (path, data) => (path === '-' ? write(data) : real.writeFile(resolve(cwd, path), data)),
    removeFile: (path) => real.removeFile(resolve(cwd, path)),
    progress: () => silentProgress((line) => io.note(line)),
    signal: options.signal ?? new AbortController().signal,
  };
  return io;
}
