// tar, through modern-tar: ustar, PAX and GNU long names.

import type { Chunks } from './byte-stream.ts';
import { KernelSourceError } from './errors.ts';
import type { Member } from './member.ts';

/** The regular files of a tar. @throws KernelSourceError `bad-archive`; what the source throws passes through */
export async function* tarMembers(chunks: Chunks): AsyncGenerator<Member> {
  const { createTarDecoder } = await import('modern-tar');
  const source = new SourceErrors(chunks);
  const entries = ReadableStream.from(source.chunks()).pipeThrough(createTarDecoder({ strict: true }));
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
      if (!body.locked) await body.cancel();
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}

async function* bodyChunks(
  body: ReadableStream<Uint8Array>,
  wrap: (error: unknown) => unknown,
): AsyncGenerator<Uint8Array> {
  const reader = body.getReader();
  try {
    for (;;) {
      const next = await reader.read().catch((error: unknown) => {
        throw wrap(error);
      });
      if (next.done) return;
      yield next.value;
    }
  } finally {
    await reader.cancel().catch(() => {});
    reader.releaseLock();
  }
}

/** Remembers why the source stopped: a stream passes errors on, but a decompressor's says more than 'truncated'. */
class SourceErrors {
  error: unknown;
  private readonly source: Chunks;

  constructor(source: Chunks) {
    this.source = source;
  }

  async *chunks(): AsyncGenerator<Uint8Array> {
    try {
      yield* this.source;
    } catch (error) {
      this.error = error;
      throw error;
    }
  }
}

function badTar(cause: unknown): KernelSourceError {
  if (cause instanceof KernelSourceError) return cause;
  const reason = cause instanceof Error ? cause.message : String(cause);
  const code = /truncated/i.test(reason) ? 'truncated' : 'bad-archive';
  return new KernelSourceError(code, `damaged tar: ${reason}`, { cause });
}
