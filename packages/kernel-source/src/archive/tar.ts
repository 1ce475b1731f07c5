// tar, through modern-tar: ustar, PAX and GNU long names.

import type { Chunks } from '../io/byte-stream.ts';
import { KernelSourceError } from '../errors.ts';
import type { Member } from './member.ts';
import { WebSource } from '../web-source.ts';

/** The regular files and links of a tar. @throws KernelSourceError `bad-archive`; what the source throws passes through */
export async function* tarMembers(chunks: Chunks): AsyncGenerator<Member> {
  const { createTarDecoder } = await import('modern-tar');
  const source = new WebSource(chunks);
  const entries = source.stream().pipeThrough(createTarDecoder({ strict: true }));
  const reader = entries.getReader();
  const wrap = (error: unknown) => source.error ?? badTar(error);
  try {
    for (;;) {
      const next = await reader.read().catch((error: unknown) => {
        throw wrap(error);
      });
      if (next.done) return;
      const { header, body } = next.value;
      const member = { path: header.name, size: header.size, chunks: bodyChunks(body, wrap) };
      if (header.type === undefined || header.type === 'file') yield member;
      // A hard link names its target from the root of the archive.
      const target = header.linkname ?? '';
      if (header.type === 'symlink') yield { ...member, size: 0, link: target };
      if (header.type === 'link') yield { ...member, size: 0, link: `/${target.replace(/^\.?\/+/, '')}` };
      if (!body.locked) await drain(body.getReader(), wrap);
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}

async function* bodyChunks(body: ReadableStream<Uint8Array>, wrap: Wrap): AsyncGenerator<Uint8Array> {
  const reader = body.getReader();
  let done = false;
  try {
    for (;;) {
      const next = await read(reader, wrap);
      done = next.done;
      if (next.done) return;
      yield next.value;
    }
  } catch (error) {
    done = true;
    throw error;
  } finally {
    if (!done) await drain(reader, wrap);
    reader.releaseLock();
  }
}

type Reader = ReadableStreamDefaultReader<Uint8Array>;
type Wrap = (error: unknown) => unknown;

/** Reads what is left of a body. modern-tar 0.8 also offers to cancel it, but then waits for ever every few thousand times. */
async function drain(reader: Reader, wrap: Wrap): Promise<void> {
  while (!(await read(reader, wrap)).done);
}

async function read(reader: Reader, wrap: Wrap): Promise<Awaited<ReturnType<Reader['read']>>> {
  try {
    return await reader.read();
  } catch (error) {
    throw wrap(error);
  }
}

function badTar(cause: unknown): KernelSourceError {
  if (cause instanceof KernelSourceError) return cause;
  const reason = cause instanceof Error ? cause.message : String(cause);
  const code = /truncated/i.test(reason) ? 'truncated' : 'bad-archive';
  return new KernelSourceError(code, `damaged tar: ${reason}`, { cause });
}
