// Which types and members of a target are kept. Keyed by layer, since the modules of one kernel share their id ranges.

import type { Btf } from '@btfq/btf-format';

/** The kept members of a struct or union by index; undefined while none is kept. */
type Members = Set<number> | undefined;

/** Kept types and members. Its cost follows what is kept, not the size of the target. */
export class Marks {
  private readonly layers = new Map<Btf, Map<number, Members>>();

  /** Keeps a type; true where it was not kept before. Void is no type. */
  addType(btf: Btf, id: number): boolean {
    if (id === 0) return false;
    const types = this.typesOf(btf.layerOf(id));
    if (types.has(id)) return false;
    types.set(id, undefined);
    return true;
  }

  /** Keeps one member of a struct or union, and the type itself. */
  addMember(btf: Btf, id: number, index: number): void {
    const types = this.typesOf(btf.layerOf(id));
    const members = types.get(id);
    if (members === undefined) types.set(id, new Set([index]));
    else members.add(index);
  }

  /** The kept ids of a layer, ascending. */
  idsOf(layer: Btf): number[] {
    return [...(this.layers.get(layer)?.keys() ?? [])].sort((a, b) => a - b);
  }

  /** Indexes of the kept members of a type, ascending. */
  membersOf(layer: Btf, id: number): number[] {
    return [...(this.layers.get(layer)?.get(id) ?? [])].sort((a, b) => a - b);
  }

  private typesOf(layer: Btf): Map<number, Members> {
    let types = this.layers.get(layer);
    if (types === undefined) this.layers.set(layer, (types = new Map()));
    return types;
  }
}
