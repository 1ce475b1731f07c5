// A bundle that was dropped: an archive, or the files of a folder, as paths with their bytes. It stays in the page.
import { readUstar } from '@btfq/minimizer';

/** What a bundle holds. */
export interface DroppedBundle {
  readonly name: string;
  readonly members: ReadonlyMap<string, Uint8Array>;
}

/** Reads `.tar`, `.tar.gz` and `.tar.xz`, or a folder's files. Throws an Error that says what is wrong with it. */
export async function readBundle(files: readonly File[]): Promise<DroppedBundle> {
  const [first] = files;
  if (first === undefined) throw new Error('nothing was chosen');
  if (files.length === 1 && first.webkitRelativePath === '') {
    const tar = await unpacked(new Uint8Array(await first.arrayBuffer()));
    return { name: first.name, members: new Map(readUstar(tar).map(({ name, bytes }) => [name, bytes])) };
  }
  const members = new Map<string, Uint8Array>();
  for (const file of files) {
    // The first step is the folder's own name.
    const path = file.webkitRelativePath.replace(/^[^/]*\//, '') || file.name;
    members.set(path, new Uint8Array(await file.arrayBuffer()));
  }
  return { name: first.webkitRelativePath.replace(/\/.*$/, '') || `${files.length} files`, members };
}

async function unpacked(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const stream = new Blob([bytes]).stream();
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return whole(stream.pipeThrough(new DecompressionStream('gzip')));
  if (bytes[0] === 0xfd && bytes[1] === 0x37) {
    const { XzReadableStream } = await import('xz-decompress');
    return whole(new XzReadableStream(stream));
  }
  return bytes;
}

async function whole(stream: ReadableStream<Uint8Array>): Promise<Uint8Array> {
  return new Uint8Array(await new Response(stream as ReadableStream<Uint8Array<ArrayBuffer>>).arrayBuffer());
}
