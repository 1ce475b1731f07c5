// The verifiers of kernels, run from their images: how long a kernel and a program take, from the image and as an index keeps it.

import { readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { openVerifierStore, packVerifier, type VerifierStore } from '@btfq/btf-index';
import { callingKernel, type Kernel, openKernel, openSavedKernel } from '@btfq/kernel-runtime';
import { loadTarget } from '@btfq/kernel-source';
import { type LoaderObject, openObject, verifyObject } from '@btfq/loader';
import type { Case } from '../case.ts';
import { BTFQ, runProcess } from '../process.ts';
import type { Row } from '../result.ts';
import { spread } from '../statistics.ts';

const ALONE = 'no other tool runs a verifier without its kernel';
const MB = 2 ** 20;

/** Milliseconds of this process' CPU, whatever else the machine does. */
function cpu<T>(action: () => T): { result: T; milliseconds: number } {
  const before = process.cpuUsage();
  const result = action();
  const { user, system } = process.cpuUsage(before);
  return { result, milliseconds: (user + system) / 1000 };
}

/** Times of all programs of the objects. */
function measurePrograms(kernel: Kernel, objects: readonly LoaderObject[]): { times: number[]; notKnown: number } {
  const start = kernel.snapshot();
  // Programs that ask for the configuration get an empty one.
  const calling = callingKernel(kernel, { kconfig: '' });
  const times: number[] = [];
  let notKnown = 0;
  for (const object of objects) {
    const verifications = verifyObject(object, calling, { reset: () => kernel.restore(start) });
    for (;;) {
      const { result, milliseconds } = cpu(() => verifications.next());
      if (result.done === true) break;
      times.push(milliseconds);
      if (result.value.verdict === 'not-known') notKnown++;
    }
  }
  return { times, notKnown };
}

function openStored(store: VerifierStore, btf: Uint8Array): Kernel {
  const source = store.get('kernel', () => btf);
  if (source === undefined) throw new Error('the kernel was not stored');
  const kernel = openSavedKernel(source);
  kernel.snapshot();
  return kernel;
}

export const verifier: Case = {
  name: 'verifier',
  about: 'verdicts of kernels that are not booted (--image)',
  async run({ images, objects: paths, rounds, scratch, note }) {
    const rows: Row[] = [];
    if (images.length === 0) note('verifier: no kernel image: give one by --image');
    const objects = paths.map((path) => openObject(new Uint8Array(readFileSync(path)), { path: basename(path) }));
    for (const path of images) {
      const name = basename(path);
      const { image } = await loadTarget(path, { modules: false, image: true });
      if (image === undefined) throw new Error(`${path} has no kernel image`);
      const row = (
        what: string,
        says: string,
        values: readonly number[],
        target: Row['target'],
        rest: Partial<Row> = {},
      ) => {
        rows.push({
          name: `verifier-${what}-${name}`,
          what: `${name}: ${says}`,
          unit: 'ms CPU',
          ours: spread(values),
          reference: undefined,
          referenceNote: ALONE,
          target,
          ...rest,
        });
      };
      const atMost = (atLeast: number, aim: number) => ({ of: 'value', better: 'less', atLeast, aim }) as const;
      const ready = Array.from(
        { length: Math.min(rounds, 3) },
        () => cpu(() => openKernel(image).snapshot()).milliseconds,
      );
      row('ready', 'from its image to ready', ready, atMost(2000, 2000));

      const file = join(scratch, `${name}.verifier`);
      const store = openVerifierStore(file, { readonly: false, create: true }) as VerifierStore;
      const prepared = openKernel(image);
      const btf = Uint8Array.from(prepared.btf.bytes);
      store.put('kernel', packVerifier(prepared.save()));
      const bytes = store.sizeOf('kernel');
      const saved = Array.from({ length: rounds }, () => cpu(() => openStored(store, btf)).milliseconds);
      row('saved', 'as an index keeps it, to ready', saved, atMost(50, 50), {
        facts: { bytes, file: statSync(file).size },
      });

      const { times, notKnown } = measurePrograms(openStored(store, btf), objects);
      store.close();
      const facts = { programs: times.length, objects: objects.length, notKnown };
      row('program', 'a program, median of all', times, atMost(20, 5), { facts });
      const all = times.reduce((sum, time) => sum + time, 0);
      row('objects', 'all programs of all objects', [all], atMost(10_000, 3000), { facts });

      const run = await runProcess([...BTFQ, 'veristat', '--on', path, ...paths, '-o', 'csv']);
      const { peakBytes } = run;
      if (peakBytes !== undefined && run.exitCode < 2) {
        row('memory', 'peak memory of btfq veristat, image and all objects', [peakBytes / MB], atMost(300, 300), {
          unit: 'MB',
          peakBytes,
        });
      }
    }
    return rows;
  },
};
