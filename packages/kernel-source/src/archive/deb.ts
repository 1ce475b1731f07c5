// .deb packages: an ar of debian-binary, control.tar and data.tar, each tar compressed as it likes. deb(5), deb-control(5)

import type { ByteSource } from '@btfq/dwarf';
import { arMembers } from './ar.ts';
import { ByteStream, type Chunks, readAll } from '../io/byte-stream.ts';
import { decompressStream } from '../compression/decompress.ts';
import { KernelSourceError } from '../errors.ts';
import { identifyCompression } from '../identify.ts';
import type { Member } from './member.ts';
import { isDebugPackage, type OpenPackage, type PackageMetadata } from '../identity/package.ts';
import { UnpackedXz } from '../compression/unpacked-xz.ts';
import { xzIndex } from '../compression/xz-blocks.ts';
import { tarMembers } from './tar.ts';
import { tarMembersAt } from './tar-at.ts';

/** A control file is a page of text. */
const MAX_CONTROL = 1024 * 1024;

/**
 * Opens a .deb and reads its control file; the members are read as they are asked for. `file`: the same file to read in any
 * order, by which of a debug package only that is unpacked which is looked at.
 *
 * @throws KernelSourceError
 */
export async function openDeb(
  stream: ByteStream,
  maxBytes: number,
  maxStream = maxBytes,
  file?: () => ByteSource | undefined,
): Promise<OpenPackage> {
  const members = arMembers(stream);
  let metadata: PackageMetadata | undefined;
  for (;;) {
    const next = await members.next();
    if (next.done) throw new KernelSourceError('truncated', 'the .deb has no data.tar', { offset: stream.position });
    const { path, size, chunks } = next.value;
    if (path.startsWith('control.tar')) metadata = await readControl(await uncompressed(chunks, maxBytes));
    if (path.startsWith('data.tar')) {
      if (metadata === undefined) {
        throw new KernelSourceError('bad-archive', 'the .deb has no control file before its data', {
          expected: 'control.tar with a file named control',
        });
      }
      const source = isDebugPackage(metadata) ? file?.() : undefined;
      const packed = source && partOf(source, stream.position, size);
      const index = packed && xzIndex(packed);
      if (packed !== undefined && index !== undefined && index.size <= maxStream) {
        await stream.close();
        return { metadata, members: membersInAnyOrder(await UnpackedXz.open(packed, index)) };
      }
      return { metadata, members: dataMembers(await uncompressed(chunks, maxBytes, maxStream), members) };
    }
  }
}

async function* membersInAnyOrder(tar: UnpackedXz): AsyncGenerator<Member> {
  try {
    yield* tarMembersAt(tar);
  } finally {
    tar.dispose();
  }
}

function partOf(file: ByteSource, start: number, size: number): ByteSource | undefined {
  if (start + size > file.size) return undefined;
  return { size, read: (offset, length, into) => file.read(start + offset, length, into) };
}

async function* dataMembers(chunks: Chunks, outer: AsyncGenerator<Member>): AsyncGenerator<Member> {
  try {
    yield* tarMembers(chunks);
  } finally {
    // Lets go of the file when the consumer stops early.
    await outer.return(undefined).catch(() => {});
  }
}

/** The tar inside, identified by its first bytes and not by `.xz` or `.zst`. */
async function uncompressed(chunks: Chunks, maxBytes: number, maxStream = maxBytes): Promise<Chunks> {
  const stream = new ByteStream(chunks);
  const compression = identifyCompression(await stream.peek(64));
  return compression === undefined ? stream.rest() : decompressStream(compression, stream.rest(), maxBytes, maxStream);
}

async function readControl(chunks: Chunks): Promise<PackageMetadata | undefined> {
  for await (const member of tarMembers(chunks)) {
    if (!/^(\.\/)?control$/.test(member.path)) continue;
    return parseControl(new TextDecoder().decode(await readAll(member.chunks, MAX_CONTROL, 'control file')));
  }
  return undefined;
}

/** Reads the fields of a control file that say which kernel this is. */
export function parseControl(text: string): PackageMetadata {
  const fields = new Map<string, string>();
  for (const line of text.split('\n')) {
    const colon = line.indexOf(':');
    // Continuation lines start with a blank: none of the fields that matter here has one.
    if (colon > 0 && line[0] !== ' ') fields.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim());
  }
  const field = (name: string) => fields.get(name) ?? '';
  return {
    type: 'deb',
    name: field('package'),
    version: field('version'),
    arch: field('architecture'),
    vendor: field('maintainer'),
  };
}
