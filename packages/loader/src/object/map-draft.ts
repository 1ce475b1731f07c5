// Maps on their way: what they are made of, and a map before its initial slots are known.

import type { Btf } from '@btfq/btf-format';
import type { ElfFile } from '@btfq/elf';
import type { MapOptions } from './map-definition.ts';
import type { LoaderExtern, LoaderMap } from './model.ts';
import type { ObjectSections } from './sections.ts';

/** Flags that libbpf sets by itself (BPF_F_*). */
export const MapFlag = { ReadOnlyProgram: 1 << 7, Mmapable: 1 << 10, Link: 1 << 13 } as const;

/** A map whose initial slots are still to be collected. */
export type MapDraft = Omit<LoaderMap, 'slots' | 'structOps'> & {
  readonly slots: (number | undefined)[];
  readonly structOps:
    | { readonly typeId: number; readonly data: Uint8Array; readonly programs: (number | undefined)[] }
    | undefined;
};

/** What maps are made of. */
export interface MapSources {
  readonly elf: ElfFile;
  readonly sections: ObjectSections;
  readonly btf: Btf | undefined;
  readonly externs: readonly LoaderExtern[];
  /** libbpf's name of the object. */
  readonly objectName: string;
  /** The directory of pinned maps. */
  readonly pinRoot: string;
  readonly options: MapOptions;
}

/** A map without its place in the list. */
export type MapWithoutIndex = Omit<MapDraft, 'index'>;
