// The writer beside the server under load: ingests the given kernels under ever new names until it is killed.
//   node --conditions=@btfq/source server-load-ingest.ts DB KERNEL.btf...

import { readFileSync } from 'node:fs';
import { ingestKernel, openIndex } from '@btfq/btf-index';

const [db, ...kernels] = process.argv.slice(2) as [string, ...string[]];
const index = openIndex(db);
for (let i = 0; ; i++) {
  const release = `7.${i}.0-writer`;
  const btf = new Uint8Array(readFileSync(kernels[i % kernels.length]!));
  ingestKernel(index, { identity: { distro: 'bench', version: '2', arch: 'x86_64', release }, btf });
  await new Promise((resolve) => setTimeout(resolve, 50));
}
