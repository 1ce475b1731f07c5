// ar, the outer container of a .deb: a magic, then 60-byte text headers. deb(5), ar(5)

import type { ByteStream } from '../io/byte-stream.ts';
import { KernelSourceError } from '../errors.ts';
import type { Member } from './member.ts';

const MAGIC = '!<arch>\n';
const HEADER_SIZE = 60;

/** The members of an ar archive. @throws KernelSourceError `bad-archive`, `truncated` */
export async function* arMembers(stream: ByteStream): AsyncGenerator<Member> {
  const magic = latin1(await stream.take(MAGIC.length, 'ar magic'));
  if (magic !== MAGIC) throw bad('not an ar archive', 0, JSON.stringify(MAGIC));
  while ((await stream.peek(1)).length > 0) {
    const at = stream.position;
    const header = latin1(await stream.take(HEADER_SIZE, 'ar header'));
    const sizeText = header.slice(48, 58).trim();
    if (header.slice(58) !== '`\n' || !/^\d+$/.test(sizeText)) {
      throw bad(`damaged ar header (size ${JSON.stringify(sizeText)})`, at, 'a decimal size and "`\\n"');
    }
    const size = Number(sizeText);
    const end = stream.position + size;
    yield { path: header.slice(0, 16).trim().replace(/\/$/, ''), size, chunks: stream.part(size, 'ar member') };
    await stream.skip(end - stream.position, 'ar member');
    // Members start on even offsets; the very last one may lack its padding.
    if (size % 2 === 1 && (await stream.peek(1)).length > 0) await stream.skip(1, 'ar padding');
  }
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}

function bad(message: string, offset: number, expected: string): KernelSourceError {
  return new KernelSourceError('bad-archive', message, { offset, expected });
}
