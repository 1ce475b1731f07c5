// A kernel's verifier behind messages, for a worker: a page stays responsive while it runs, and nothing leaves the machine.
//
//   page → worker   { kind: 'open', id, image, kconfig? }       a kernel image, as bytes or as a Blob (a File)
//                   { kind: 'open-kept', id, kept }             instead: a kernel that an index keeps, as one file (saved/kept-file.ts)
//                   { kind: 'verify', id, object, name }        a BPF object, of the kernel that was opened last
//   worker → page   { kind: 'ready', id, release, arch }        answers 'open' and 'open-kept'
//                   { kind: 'program', id, ... }                one for each program, as they are verified
//                   { kind: 'done', id }                        ends 'verify'
//                   { kind: 'error', id, code, message }        instead of 'ready' or 'done'
//
// The worker's file is one line: `serveVerifier(self)`. Requests are answered one after the other; to stop one, end the worker.
// Boot images (vmlinuz) are packed with what needs a library, which this package does not have: whoever has one gives `unpack`, and `partUnpacker` for kept kernels.
import { openObject, type VerifierStats, verifyObject } from '@btfq/loader';
import { type CallingKernel, callingKernel } from '../calling-kernel.ts';
import { type Kernel, type KernelSnapshot, openKernel } from '../kernel.ts';
import { readKeptKernel, type UnpackPart } from '../saved/kept-file.ts';
import { openSavedKernel } from '../saved/open-saved.ts';

/** What a page asks. `id` comes back with every answer. */
export type VerifierRequest =
  | { readonly kind: 'open'; readonly id: number; readonly image: Uint8Array | FileLike; readonly kconfig?: string }
  | { readonly kind: 'open-kept'; readonly id: number; readonly kept: Uint8Array | FileLike }
  | { readonly kind: 'verify'; readonly id: number; readonly object: Uint8Array; readonly name: string };

/** As much of a Blob as is needed. */
export interface FileLike {
  arrayBuffer(): Promise<ArrayBuffer>;
}

/** What a worker answers. */
export type VerifierAnswer =
  | { readonly kind: 'ready'; readonly id: number; readonly release: string; readonly arch: string }
  | ({ readonly kind: 'program'; readonly id: number } & VerifiedProgram)
  | { readonly kind: 'done'; readonly id: number }
  | { readonly kind: 'error'; readonly id: number; readonly code: string; readonly message: string };

/** One program's verdict, as plain data. */
export interface VerifiedProgram {
  readonly program: string;
  readonly section: string;
  readonly verdict: 'loads' | 'fails' | 'not-known';
  /** Why it fails, or why nothing is known; '' where it loads. */
  readonly reason: string;
  readonly log: string;
  readonly stats: VerifierStats | undefined;
  /** The source line of the log's last instruction, of a program that fails. */
  readonly source: { readonly file: string; readonly line: number; readonly text: string } | undefined;
}

/** A worker's own side of its channel: `self` in a browser. */
export interface VerifierPort {
  postMessage(message: VerifierAnswer): void;
  addEventListener(type: 'message', listener: (event: { readonly data: VerifierRequest }) => void): void;
}

interface Opened {
  readonly kernel: Kernel;
  readonly calling: CallingKernel;
  readonly start: KernelSnapshot;
}

/** What the page's own libraries do. */
export interface ServeVerifierOptions {
  /** Makes an unpacked image of a boot image; gives others back as they are. */
  readonly unpack?: (image: Uint8Array) => Uint8Array | Promise<Uint8Array>;
  /** Gets what unpacks the parts of a kept kernel (zstd). Without it none can be opened. */
  readonly partUnpacker?: () => UnpackPart | Promise<UnpackPart>;
}

/** Answers the messages of a port. */
export function serveVerifier(port: VerifierPort, options: ServeVerifierOptions = {}): void {
  let opened: Opened | undefined;
  const answer = async (data: VerifierRequest): Promise<void> => {
    try {
      if (data.kind === 'open') {
        opened = undefined;
        const bytes = await bytesOf(data.image);
        opened = open(openKernel((await options.unpack?.(bytes)) ?? bytes), data.kconfig);
        port.postMessage(ready(data.id, opened));
      } else if (data.kind === 'open-kept') {
        opened = undefined;
        const unpack = await options.partUnpacker?.();
        if (unpack === undefined)
          throw Object.assign(new Error('No kept kernel can be unpacked'), { code: 'no-unpacker' });
        const kept = readKeptKernel(await bytesOf(data.kept), unpack);
        opened = open(openSavedKernel(kept), kept.kconfig);
        port.postMessage(ready(data.id, opened));
      } else {
        if (opened === undefined) throw Object.assign(new Error('No kernel was opened'), { code: 'no-kernel' });
        for (const program of verify(opened, data.object, data.name)) {
          port.postMessage({ kind: 'program', id: data.id, ...program });
        }
        port.postMessage({ kind: 'done', id: data.id });
      }
    } catch (error) {
      const { code, name, message } = error as Error & { code?: string };
      port.postMessage({ kind: 'error', id: data.id, code: code ?? name, message });
    }
  };
  let last = Promise.resolve();
  port.addEventListener('message', ({ data }) => {
    last = last.then(() => answer(data));
  });
}

async function bytesOf(given: Uint8Array | FileLike): Promise<Uint8Array> {
  return given instanceof Uint8Array ? given : new Uint8Array(await given.arrayBuffer());
}

const ready = (id: number, { kernel, calling }: Opened): VerifierAnswer => ({
  kind: 'ready',
  id,
  release: calling.release,
  arch: kernel.arch,
});

function open(kernel: Kernel, kconfig: string | undefined): Opened {
  return { kernel, calling: callingKernel(kernel, kconfig === undefined ? {} : { kconfig }), start: kernel.snapshot() };
}

function* verify({ kernel, calling, start }: Opened, bytes: Uint8Array, name: string): Generator<VerifiedProgram> {
  const object = openObject(bytes, { path: name });
  for (const result of verifyObject(object, calling, { reset: () => kernel.restore(start) })) {
    const { program, verdict, reason, log, stats, source } = result;
    yield {
      program: program.name,
      section: program.sectionName,
      verdict,
      reason,
      log,
      stats,
      source: source && { file: source.file, line: source.line, text: source.text },
    };
  }
}
