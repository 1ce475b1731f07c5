// Modules of the small kernels: split BTF that refers to the kernel's types and names, and one with a distilled base.

import { parseBtf } from '@btfq/btf-format';
import type { ModuleInput } from '@btfq/btf-index';
import { BtfBytes } from '@btfq/test-kit';
import { smallKernel } from './small-kernel.ts';

/** Two modules of the `n`-th small kernel. The first is the same for all but for the ids and offsets in it. */
export function smallModules(n: number): ModuleInput[] {
  const kernel = parseBtf(smallKernel(n).btf);
  const idOf = (name: string) => {
    for (let id = 1; id < kernel.typeCount; id++) if (kernel.name(id) === name) return id;
    throw new Error(`no ${name}`);
  };
  const split = new BtfBytes({ firstId: kernel.typeCount, firstString: kernel.stringEnd });
  const own = split.struct('of_module', 24, [
    { name: 'kernels', type: idOf('struct_5') + 1, offset: 0 },
    { name: 'own', type: idOf('long unsigned int'), offset: 64 },
  ]);
  split.func('module_function', split.funcProto(idOf('int'), [['argument', split.ptr(own)]]));
  const base = new BtfBytes({});
  base.int('int', 4);
  const distilled = new BtfBytes({ firstId: 2, firstString: 5 });
  distilled.struct(`distilled_${Math.floor(n / 2)}`, 4, [{ name: 'x', type: 1, offset: 0 }]);
  return [
    { name: 'plain', btf: split.build() },
    { name: 'with_base', btf: distilled.build(), base: base.build() },
  ];
}
