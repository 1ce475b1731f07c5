// Questions about kernels themselves.

import type { Kernel } from '../answer-types.ts';
import { IndexError } from '../errors.ts';
import { nearWords } from './did-you-mean.ts';
import type { BtfIndex } from '../store/btf-index.ts';
import { archAlias } from '@btfq/kernel-source/identity';
import { type KernelFilter, maskOf } from './kernel-filter.ts';

/** All kernels that a filter lets through, in kernel order. */
export function kernels(index: BtfIndex, where?: KernelFilter): readonly Kernel[] {
  const { kernels: all } = index.catalog();
  const mask = maskOf(index, where);
  return mask === undefined ? all : all.filter((_, rank) => mask[rank] === 1);
}

/** As `kernels`, but their ids. */
export function kernelIds(index: BtfIndex, where?: KernelFilter): number[] {
  return kernels(index, where).map(({ id }) => id);
}

/** A kernel by its row id. Throws `unknown-kernel`. */
export function kernelById(index: BtfIndex, id: number): Kernel {
  const { kernels: all, rank } = index.catalog();
  const kernel = all[rank[id] ?? 0xffffffff];
  if (kernel === undefined) throw new IndexError('unknown-kernel', `there is no kernel with the id ${id}`);
  return kernel;
}

/** Kernels by row ids, in the order given, without a statement. Throws `unknown-kernel`. */
export function kernelsByIds(index: BtfIndex, ids: readonly number[]): Kernel[] {
  return ids.map((id) => kernelById(index, id));
}

/** `rankOf(index)[kernel.id]` is the kernel's place in kernel order. */
export function rankOf(index: BtfIndex): Uint32Array {
  return index.catalog().rank;
}

/**
 * The kernel that a person means: its name, its release, or a prefix of either that only one kernel has. Throws
 * `unknown-kernel`, `ambiguous-kernel` (with the candidates).
 */
export function resolveKernel(index: BtfIndex, text: string): Kernel {
  const all = index.catalog().kernels;
  const name = text
    .split('/')
    .map((part, i) => (i === 2 ? archAlias(part) : part))
    .join('/');
  const exact = all.filter((kernel) => kernel.name === name || kernel.release === text);
  const found =
    exact.length > 0
      ? exact
      : text === ''
        ? []
        : all.filter((kernel) => kernel.name.startsWith(name) || kernel.release.startsWith(text));
  const [kernel] = found;
  if (kernel === undefined) {
    const near = nearWords(text, text.includes('/') ? all.map((k) => k.name) : all.map((k) => k.release));
    throw new IndexError('unknown-kernel', `there is no kernel ${text}`, {
      kernel: text,
      hint: near.length > 0 ? `did you mean ${near.join(', ')}?` : 'btfq kernels lists them all',
    });
  }
  if (found.length > 1) {
    const candidates = found.map((candidate) => candidate.name);
    const listed = candidates.slice(0, 10).join('\n  ');
    throw new IndexError('ambiguous-kernel', `${text} matches ${found.length} kernels`, {
      kernel: text,
      candidates,
      hint: `they are:\n  ${listed}${found.length > 10 ? `\n  and ${found.length - 10} more` : ''}`,
    });
  }
  return kernel;
}

/** Other kernels with the same BTF, byte for byte, in kernel order. */
export function identicalKernels(index: BtfIndex, id: number): readonly number[] {
  const catalog = index.catalog();
  kernelById(index, id);
  const position = catalog.positionOf(id);
  return catalog.kernelIdsIn([position, position + 1]).filter((other) => other !== id);
}
