// Reads one job: its files, one after the other, into one collector.

import { existsSync } from 'node:fs';
import { Collector } from './collector.ts';
import type { Job } from './discover.ts';
import { fileChunks } from './io/file.ts';
import { DEFAULT_MAX_BYTES, type KernelItem, type ReadOptions } from './kernel.ts';
import { readLargeElf } from './image/large-elf.ts';
import { isSysfs, PROC_CONFIG, systemIdentity } from './identity/system.ts';
import { walkFile } from './walk.ts';

/**
 * The kernels of one job, and what was skipped. A job of one package gives one kernel; a tar of a whole tree gives many, as
 * they come.
 *
 * @throws KernelSourceError only `aborted`
 * @example
 * for await (const found of discover(paths)) {
 *   if (found.kind === 'skipped') console.error(found.path, found.message);
 *   else for await (const item of readJob(found.job)) console.log(item);
 * }
 */
export async function* readJob(job: Job, options: ReadOptions = {}): AsyncGenerator<KernelItem> {
  const walkOptions = {
    given: options.identity ?? {},
    ...(job.files.some(isSysfs) ? { machine: await systemIdentity() } : {}),
    ...(job.folder === undefined ? {} : { folders: [job.folder] }),
    ...(options.fallback === undefined ? {} : { fallback: options.fallback }),
    maxBytes: options.maxBytes ?? DEFAULT_MAX_BYTES,
    modules: options.modules ?? true,
    image: options.image ?? false,
    fromDwarf: options.fromDwarf ?? false,
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  };
  const collector = new Collector(walkOptions);
  for (const file of job.files) {
    const large = await readLargeElf(file, options.image, options.fromDwarf);
    if (large === undefined) yield* walkFile(fileChunks(file), file, collector, walkOptions);
    else await collector.add({ paths: [file], format: 'elf', bytes: large });
  }
  // The running kernel's configuration, where the job does not name one: in libbpf's order.
  if (walkOptions.machine !== undefined && !job.files.includes(PROC_CONFIG)) {
    for (const file of [`/boot/config-${walkOptions.machine.release}`, PROC_CONFIG]) {
      if (existsSync(file)) {
        yield* walkFile(fileChunks(file), file, collector, walkOptions);
        break;
      }
    }
  }
  yield* collector.finish();
}
