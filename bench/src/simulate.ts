// The simulated archive: thousands of kernels derived from a few real ones, one after the other, never all in memory.
// Every real kernel founds a series for each distribution by a larger step, then goes on in small ones.

import { type Btf, parseBtf } from '@btfq/btf-format';
import type { KernelIdentity } from '@btfq/kernel-source';
import { drift, FORK, UPDATE } from './simulate-drift.ts';
import { SeededRandom } from './simulate-random.ts';

/** A real kernel to begin with. */
export interface Founder extends KernelIdentity {
  readonly btf: Uint8Array;
}

export interface SimulatedKernel {
  readonly identity: KernelIdentity;
  readonly btf: Uint8Array;
}

const DISTROS: readonly (readonly [distro: string, version: string, flavour: string])[] = [
  ['debian', '13', 'cloud'],
  ['ubuntu', '24.04', 'generic'],
  ['ubuntu', '24.04', 'aws'],
  ['fedora', '42', 'fc42'],
  ['amzn', '2023', 'amzn2023'],
];

/** `count` kernels, series by series. The same founders, count and seed give the same bytes. */
export function* simulateKernels(
  founders: readonly Founder[],
  count: number,
  seed: number,
): Generator<SimulatedKernel, void> {
  const series = founders.flatMap((founder, number) => DISTROS.map((distro) => ({ founder, number, distro })));
  const wanted = Math.min(series.length, Math.max(1, Math.ceil(count / 20))); // few kernels are few series
  let made = 0;
  for (let s = 0; s < wanted; s++) {
    const { founder, number, distro } = series[s] as (typeof series)[number];
    const length = Math.floor((count * (s + 1)) / wanted) - made;
    yield* simulateSeries(founder, number, distro, length, seed * 1000 + s);
    made += length;
  }
}

function* simulateSeries(
  founder: Founder,
  number: number,
  [distro, version, flavour]: readonly [string, string, string],
  length: number,
  seed: number,
): Generator<SimulatedKernel, void> {
  const random = new SeededRandom(seed);
  const [major, minor] = founder.release.split('.');
  let btf: Btf = drift(parseBtf(founder.btf), random, FORK);
  for (let i = 0; i < length; i++) {
    // the founder's number distinguishes series of the same kernel version
    const release = `${major}.${minor}.${Math.floor(i / 4)}-${1000 + i}.${number}-${flavour}`;
    yield { identity: { distro, version, arch: founder.arch, release }, btf: btf.bytes };
    btf = drift(btf, random, UPDATE);
  }
}
