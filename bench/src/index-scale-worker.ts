// The other thread of index-scale: makes simulated kernels and prepares them, a few ahead of the writer.

import { parentPort, workerData } from 'node:worker_threads';
import { prepareKernel, transferables } from '@btfq/btf-index';
import { type Founder, simulateKernels } from './simulate.ts';

const { founders, count, seed } = workerData as { founders: Founder[]; count: number; seed: number };
const port = parentPort;
if (port === null) throw new Error('index-scale-worker runs in a worker thread');

const source = simulateKernels(founders, count, seed);
port.on('message', () => {
  const next = source.next();
  if (next.done) {
    port.postMessage(null);
    port.close();
    return;
  }
  const { identity, btf } = next.value;
  const start = performance.now();
  const prepared = prepareKernel(Uint8Array.from(btf));
  const milliseconds = performance.now() - start;
  port.postMessage({ identity, prepared, milliseconds }, transferables(prepared));
});
