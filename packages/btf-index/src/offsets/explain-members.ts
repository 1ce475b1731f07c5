// Members of structs in single kernels, for evidence: layouts are read once a name.

import type { EvidenceMember, SpecEntry } from '@btfq/offsets';
import type { Kernel, LayoutField, StructLayout } from '../answer-types.ts';
import { variantsByKernel } from '../query/declarations.ts';
import type { KernelFilter } from '../query/kernel-filter.ts';
import type { BtfIndex } from '../store/btf-index.ts';

/** An entry that some kernels have and some lack. */
export interface ExplainAsk {
  readonly index: BtfIndex;
  readonly entry: SpecEntry;
  readonly having: readonly Kernel[];
  readonly lacking: readonly Kernel[];
  readonly where: KernelFilter | undefined;
  readonly byName: LayoutsByName;
}

export type MemberIn = EvidenceMember;

/** Layouts by struct and kernel. */
export class LayoutsByName {
  private readonly read: (name: string) => readonly StructLayout[];
  private readonly known = new Map<string, Map<number, StructLayout[]>>();

  constructor(read: (name: string) => readonly StructLayout[]) {
    this.read = read;
  }

  /** The layout in a kernel; undefined where it has no such struct. */
  in(struct: string, kernel: Kernel): StructLayout | undefined {
    let versions = this.known.get(struct);
    if (versions === undefined) this.known.set(struct, (versions = variantsByKernel(this.read(struct))));
    return versions.get(kernel.id)?.[0];
  }

  /** A member in a kernel. */
  member(struct: string, name: string, kernel: Kernel): MemberIn | undefined {
    const layout = this.in(struct, kernel);
    return layout && membersOf(layout).find((one) => one.name === name);
  }
}

const MEMBERS = new WeakMap<StructLayout, readonly MemberIn[]>();

/** Members with names, those of unnamed members too, in order. */
export function membersOf(layout: StructLayout): readonly MemberIn[] {
  let known = MEMBERS.get(layout);
  if (known === undefined) {
    known = layout.fields
      .filter(({ name }) => name !== '')
      .map(({ name, type, bitOffset, bitSize }: LayoutField) => ({ name, type, bitOffset, bitSize }));
    MEMBERS.set(layout, known);
  }
  return known;
}
