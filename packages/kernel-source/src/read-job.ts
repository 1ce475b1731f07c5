// Reads one job: its files, one after the other, into one collector.

import { existsSync } from 'node:fs';
import { Collector } from './collect/collector.ts';
import type { Job } from './discover.ts';
import { type FileSource, openFileSource } from './dwarf/file-source.ts';
import { fileChunks } from './io/file.ts';
import { type KernelItem, limitsOf, type ReadOptions } from './kernel.ts';
import type { Chunks } from './io/byte-stream.ts';
import { openLargeElf } from './image/large-elf.ts';
import { isSysfs, PROC_CONFIG, systemIdentity, systemNotes } from './identity/system.ts';
import { filesOfFolder } from './archive/oci.ts';
import { walkFile, walkImage } from './walk.ts';

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
    ...(job.files.some(isSysfs) ? { machine: await systemIdentity(), notes: await systemNotes() } : {}),
    ...(job.folder === undefined ? {} : { folders: [job.folder] }),
    ...(options.fallback === undefined ? {} : { fallback: options.fallback }),
    ...limitsOf(options.maxBytes),
    modules: options.modules ?? true,
    image: options.image ?? false,
    fromDwarf: options.fromDwarf ?? false,
    modulesFromDwarf: options.modulesFromDwarf ?? false,
    moduleTables: options.moduleTables ?? false,
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  };
  const collector = new Collector(walkOptions);
  try {
    if (job.image !== undefined) {
      yield* walkImage(filesOfFolder(job.image), { paths: [job.image], depth: 0, collector }, walkOptions);
    }
    for (const file of job.image === undefined ? job.files : []) {
      const large = openLargeElf(file, options.image);
      if (large === undefined) {
        let opened: FileSource | undefined;
        const inAnyOrder = () => (opened ??= openCounted(file, options.onBytes));
        try {
          yield* walkFile(counted(fileChunks(file), options.onBytes), file, collector, walkOptions, inAnyOrder);
        } finally {
          opened?.close();
        }
        continue;
      }
      try {
        await collector.add({ paths: [file], format: 'elf', bytes: large.bytes, source: large.source });
        options.onBytes?.(large.source.size);
      } finally {
        large.close();
      }
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
  } finally {
    collector.dispose();
  }
}

async function* counted(chunks: Chunks, onBytes: ReadOptions['onBytes']): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    onBytes?.(chunk.length);
    yield chunk;
  }
}

/** A file to read in any order; undefined for what can only be read from front to back. */
function openCounted(path: string, onBytes: ReadOptions['onBytes']): FileSource | undefined {
  try {
    const source = openFileSource(path);
    const read: FileSource['read'] = (offset, length, into) => {
      onBytes?.(length);
      return source.read(offset, length, into);
    };
    return { ...source, read };
  } catch {
    return undefined;
  }
}
