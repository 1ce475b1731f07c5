// Kernels of a few dozen types, for what has to be done many times.

import type { KernelIdentity } from '@btfq/btf-index';
import { BtfBytes } from '@btfq/test-kit';

/**
 * A small kernel, the `n`-th of a series in which something changes each time: a struct that everyone has, one in seven
 * with another layout, functions that come and go.
 */
export function smallKernel(n: number): { identity: KernelIdentity; btf: Uint8Array } {
  const btf = new BtfBytes({});
  const int = btf.int('int', 4);
  const long = btf.int('long unsigned int', 8);
  for (let i = 0; i < 40; i++) {
    const moved = i % 7 === n % 7 ? 8 : 0;
    const inner = btf.struct(`struct_${i}`, 16 + moved, [
      { name: 'first', type: long, offset: 0 },
      { name: `second_${Math.floor(n / 5)}`, type: int, offset: (8 + moved) * 8 },
    ]);
    btf.ptr(inner);
  }
  for (let i = n; i < n + 20; i++) btf.func(`function_${i}`, btf.funcProto(int, []));
  return { identity: { distro: 'small', version: '1', arch: 'x86_64', release: `6.1.${n}` }, btf: btf.build() };
}
