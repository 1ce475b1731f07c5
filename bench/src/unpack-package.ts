// What a debug package costs before anything is read in it: its data.tar.xz through the xz library, thrown away.
//   node --conditions=@btfq/source src/unpack-package.ts FILE.deb

import { arMembers } from '../../packages/kernel-source/src/archive/ar.ts';
import { decompressStream } from '../../packages/kernel-source/src/compression/decompress.ts';
import { ByteStream } from '../../packages/kernel-source/src/io/byte-stream.ts';
import { fileChunks } from '../../packages/kernel-source/src/io/file.ts';

const path = process.argv[2];
if (path === undefined) throw new Error('usage: unpack-package.ts FILE.deb');
let bytes = 0;
for await (const member of arMembers(new ByteStream(fileChunks(path)))) {
  if (!member.path.startsWith('data.tar')) continue;
  for await (const chunk of decompressStream('xz', member.chunks, Number.MAX_SAFE_INTEGER)) bytes += chunk.length;
}
console.log(`${bytes} bytes`);
