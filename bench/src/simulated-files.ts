// Kernels of the simulated archive as raw BTF files, laid out as a BTFHub tree: what ingest is measured with.
//
//   node --conditions=@btfq/source src/simulated-files.ts [--kernels 157] [--seed 1] OUT FOUNDER.btf...

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Founder, simulateKernels } from './simulate.ts';

const ARCH = /(x86_64|arm64|riscv64|s390x|ppc64le)/;

/** A real kernel to begin with, named by its file. */
export function founderOf(file: string): Founder {
  const [, release = ''] = /(\d+\.\d+\.\d+[^/]*)\.btf$/.exec(basename(file)) ?? [];
  const arch = ARCH.exec(file)?.[1] ?? 'x86_64';
  return { distro: 'real', version: '0', arch, release, btf: new Uint8Array(readFileSync(file)) };
}

/**
 * Writes `count` simulated kernels below the folder that `outOf` gives for the place of each in its series; gives their paths in
 * order of the series.
 */
export function writeSimulated(
  outOf: (place: number) => string,
  founders: readonly string[],
  count: number,
  seed: number,
): string[] {
  const paths: string[] = [];
  const places = new Map<string, number>();
  for (const { identity, btf } of simulateKernels(founders.map(founderOf), count, seed)) {
    const series = `${identity.distro} ${identity.version} ${identity.release.replace(/^(\d+\.\d+).*-\d+\./, '$1 ')}`;
    const place = places.get(series) ?? 0;
    places.set(series, place + 1);
    const path = join(outOf(place), identity.distro, identity.version, identity.arch, `${identity.release}.btf`);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, btf);
    paths.push(path);
  }
  return paths;
}

if (import.meta.main) {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { kernels: { type: 'string', default: '157' }, seed: { type: 'string', default: '1' } },
  });
  const [out, ...founders] = positionals as [string, ...string[]];
  const paths = writeSimulated(() => out, founders, Number(values.kernels), Number(values.seed));
  console.log(`${paths.length} kernels in ${out}`);
}
