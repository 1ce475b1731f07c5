// A process to be killed: ingests the small kernels into the index that it is given, and says so after each.

import { ingestKernel, openIndex } from '@btfq/btf-index';
import { smallKernel } from './small-kernel.ts';

const [path = '', count = '0'] = process.argv.slice(2);
const index = openIndex(path);
process.stdout.write('open\n');
for (let n = 0; n < Number(count); n++) {
  ingestKernel(index, { ...smallKernel(n), ingestedAt: '2026-01-01T00:00:00Z' });
  process.stdout.write(`${n}\n`);
}
index.close();
process.stdout.write('done\n');
