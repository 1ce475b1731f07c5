// The worker that a kernel's verifier runs in: packages/kernel-runtime/src/worker/serve-verifier.ts says what it is asked and answers.
//
//   const worker = new Worker(new URL('../verifier/worker-entry.ts', import.meta.url), { type: 'module' });
//   worker.postMessage({ kind: 'open', id: 1, image: file });           a File: vmlinuz, vmlinux or Image
//   worker.postMessage({ kind: 'open-kept', id: 1, kept: blob });       or a kernel that an index keeps
//   worker.postMessage({ kind: 'verify', id: 2, object: bytes, name: 'prog.bpf.o' });
import { serveVerifier, type VerifierPort } from '@btfq/kernel-runtime';
import { ZSTDDecoder } from 'zstddec';
import { unpackKernel } from './boot-image.ts';

async function partUnpacker(): Promise<(data: Uint8Array, size: number) => Uint8Array> {
  const decoder = new ZSTDDecoder();
  await decoder.init();
  return (data, size) => decoder.decode(data, size);
}

serveVerifier(globalThis as unknown as VerifierPort, { unpack: unpackKernel, partUnpacker });
