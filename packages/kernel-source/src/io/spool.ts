// A file that arrives as a stream, to be read in any order: in memory where it is small, else in a temporary file. A debug
// package's vmlinux has 600 MB, its section headers come last, and of what they list only some is looked at.

import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readSync,
  rmSync,
  rmdirSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ByteSource, bytesSource } from '@btfq/dwarf';
import { type Chunks, joinBytes, plainBytes, tooLarge } from './byte-stream.ts';

/** What is larger goes to disk. */
const IN_MEMORY = 48 * 1024 * 1024;
/** Chunks are gathered up to this before they are written. */
const WRITE = 1024 * 1024;

/** A spooled file. */
export interface Spooled extends ByteSource {
  /** All of it, where it is in memory. */
  readonly bytes?: Uint8Array;
  /** Lets go of memory and disk. */
  dispose(): void;
}

/** Reads chunks to their end. @throws KernelSourceError `too-large` past `maxBytes`; what the source throws */
export async function spool(chunks: Chunks, maxBytes: number, what: string): Promise<Spooled> {
  const parts: Uint8Array[] = [];
  let length = 0;
  let file: TemporaryFile | undefined;
  try {
    for await (const chunk of chunks) {
      length += chunk.length;
      if (length > maxBytes) throw tooLarge(what, maxBytes);
      parts.push(plainBytes(chunk));
      // One chunk is in memory already: whoever gave it holds it.
      if (file === undefined && length > IN_MEMORY && parts.length > 1) file = new TemporaryFile();
      if (file !== undefined) for (const part of parts.splice(0)) file.append(part);
    }
    if (file === undefined) return inMemory(joinBytes(parts, length));
    file.flush();
    return file;
  } catch (error) {
    file?.dispose();
    throw error;
  }
}

function inMemory(bytes: Uint8Array): Spooled {
  return { ...bytesSource(bytes), bytes, dispose() {} };
}

/** A file in the folder for temporary files. On disk it has no name any more where the system allows that. */
export class TemporaryFile implements Spooled {
  size = 0;
  readonly #file: number;
  readonly #folder: string;
  readonly #path: string;
  #named = true;
  #open = true;
  #pending: Uint8Array[] = [];
  #pendingSize = 0;

  constructor() {
    this.#folder = mkdtempSync(join(folderForLargeFiles(), 'btfq-'));
    this.#path = join(this.#folder, 'spool');
    this.#file = openSync(this.#path, 'wx+');
    try {
      unlinkSync(this.#path);
      rmdirSync(this.#folder);
      this.#named = false;
    } catch {
      // Windows keeps the names of open files: they go when the file is closed.
    }
  }

  /** Adds bytes at the end. */
  append(bytes: Uint8Array): void {
    this.#pending.push(bytes);
    this.#pendingSize += bytes.length;
    this.size += bytes.length;
    if (this.#pendingSize >= WRITE) this.flush();
  }

  /** Makes room at the end, which reads as zeros and takes no disk, and returns where it begins. */
  reserve(size: number): number {
    this.flush();
    this.size += size;
    return this.size - size;
  }

  /** Writes into room that was reserved. */
  place(offset: number, bytes: Uint8Array): void {
    for (let done = 0; done < bytes.length; ) {
      done += writeSync(this.#file, bytes, done, bytes.length - done, offset + done);
    }
  }

  /** Writes what was gathered. */
  flush(): void {
    const bytes = joinBytes(this.#pending, this.#pendingSize);
    const start = this.size - this.#pendingSize;
    this.place(start, bytes);
    this.#pending = [];
    this.#pendingSize = 0;
  }

  read(offset: number, length: number, into?: Uint8Array): Uint8Array {
    const bytes = into ?? new Uint8Array(length);
    let done = 0;
    while (done < length) {
      const count = readSync(this.#file, bytes, done, length - done, offset + done);
      if (count === 0) break;
      done += count;
    }
    // Behind what was written, room that was reserved has no bytes yet.
    if (done < length && offset + length <= this.size) return bytes.fill(0, done, length).subarray(0, length);
    return bytes.subarray(0, done);
  }

  /** A part of the file, as a file of its own. */
  part(start: number, size: number): ByteSource {
    return { size, read: (offset, length, into) => this.read(start + offset, length, into) };
  }

  dispose(): void {
    if (!this.#open) return;
    this.#open = false;
    closeSync(this.#file);
    if (this.#named) rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** `/tmp` is often memory; `/var/tmp` never is. file-hierarchy(7) */
function folderForLargeFiles(): string {
  return process.env['TMPDIR'] === undefined && existsSync('/var/tmp') ? '/var/tmp' : tmpdir();
}
