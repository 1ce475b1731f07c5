// All maps of an object, in the order in which libbpf creates them. libbpf.c bpf_object__init_maps.

import { type Btf, BtfKind, decodeType, findByName, skipModifiersAndTypedefs } from '@btfq/btf-format';
import { LoaderErrno, LoaderError } from '../errors.ts';
import { MapType } from '../uapi/map-type.ts';
import { kconfigSize } from './kernel-btf.ts';
import { parseMapDefinition } from './map-definition.ts';
import type { MapOrigin } from './model.ts';
import { type MapDraft, MapFlag, type MapSources, type MapWithoutIndex } from './map-draft.ts';
import { structOpsMaps } from './struct-ops.ts';

/** @throws LoaderError `bad-map`, `bad-struct-ops` */
export function collectMaps(sources: MapSources): MapDraft[] {
  const drafts = [...definedMaps(sources), ...dataMaps(sources), ...kconfigMap(sources), ...structOpsMaps(sources)];
  return drafts.map((draft, index) => ({ ...draft, index }));
}

function definedMaps({ elf, sections, btf, pinRoot, options }: MapSources): MapWithoutIndex[] {
  const section = sections.maps;
  if (section === undefined || btf === undefined) return [];
  const size = elf.sectionBytes(section).length;
  const id = findByName(btf, '.maps', BtfKind.Datasec);
  const datasec = id === undefined ? undefined : decodeType(btf, id);
  if (datasec?.kind !== BtfKind.Datasec) {
    throw new LoaderError('bad-map', "BTF has no section '.maps'", {
      errno: LoaderErrno.NoEntry,
      section: '.maps',
      expected: 'a DATASEC of that name',
    });
  }
  return datasec.vars.map((place, i) => {
    const variable = decodeType(btf, place.type);
    const fault = (what: string, errno: number = LoaderErrno.Invalid) =>
      new LoaderError('bad-map', `map '${variable.name || `#${i}`}': ${what}`, {
        errno,
        section: '.maps',
        offset: place.offset,
        typeId: place.type,
        symbol: variable.name,
        expected: 'a global variable that is a struct',
      });
    if (variable.name === '') throw fault('no name');
    if (place.offset + place.size > size) throw fault('reaches beyond the section');
    if (variable.kind !== BtfKind.Var) throw fault('no variable');
    if (variable.linkage !== 1) throw fault('not global', LoaderErrno.NotSupported);
    const structId = skipModifiersAndTypedefs(btf, variable.type);
    if (btf.kind(structId) !== BtfKind.Struct) throw fault('no struct');
    if (btf.sizeOrType(structId) > place.size) throw fault('larger than its variable');
    const { definition, inner, pinned } = parseMapDefinition(btf, variable.name, structId, options);
    return {
      ...definition,
      origin: 'maps',
      sectionName: section.name,
      sectionIndex: section.index,
      sectionOffset: place.offset,
      autocreate: true,
      pinPath: pinned ? `${pinRoot}/${variable.name}` : undefined,
      inner,
      slots: [],
      data: undefined,
      structOps: undefined,
    };
  });
}

function dataMaps(sources: MapSources): MapWithoutIndex[] {
  return sources.sections.data.map(({ section, origin }) =>
    internalMap(sources, origin, section.name, section.index, section.size, () =>
      origin === 'bss' ? new Uint8Array(section.size) : sources.elf.sectionBytes(section),
    ),
  );
}

function kconfigMap(sources: MapSources): MapWithoutIndex[] {
  const size = kconfigSize(sources.externs);
  if (size === 0) return [];
  return [
    internalMap(sources, 'kconfig', '.kconfig', sources.sections.symbols.index, size, () => new Uint8Array(size)),
  ];
}

/** libbpf bpf_object__init_internal_map. Sizes are checked against the file before anything is allocated. */
function internalMap(
  { btf, objectName }: MapSources,
  origin: MapOrigin,
  sectionName: string,
  sectionIndex: number,
  size: number,
  data: () => Uint8Array,
): MapWithoutIndex {
  if (size > MAX_DATA_SIZE) {
    throw new LoaderError('bad-map', `section '${sectionName}' has ${size} bytes`, {
      section: sectionName,
      expected: `at most ${MAX_DATA_SIZE}`,
    });
  }
  const valueTypeId = (btf && findByName(btf, sectionName)) ?? 0;
  const readOnly = origin === 'rodata' || origin === 'kconfig' ? MapFlag.ReadOnlyProgram : 0;
  const mmapable = btf !== undefined && hasGlobalVariable(btf, valueTypeId) ? MapFlag.Mmapable : 0;
  return {
    name: internalMapName(objectName, sectionName),
    type: MapType.Array,
    keySize: 4,
    valueSize: size,
    maxEntries: 1,
    flags: readOnly | mmapable,
    numaNode: 0,
    extra: 0n,
    keyTypeId: 0,
    valueTypeId,
    origin,
    sectionName,
    sectionIndex,
    sectionOffset: 0,
    autocreate: true,
    pinPath: undefined,
    inner: undefined,
    slots: [],
    data: data(),
    structOps: undefined,
  };
}

/** Bytes of global variables that are believed: a `.bss` section claims its size without having the bytes. */
const MAX_DATA_SIZE = 1 << 28;

/** Data is mapped into the process where there is a variable for a skeleton to show. */
function hasGlobalVariable(btf: Btf, sectionId: number): boolean {
  const section = decodeType(btf, sectionId);
  if (section.kind !== BtfKind.Datasec) return false;
  return section.vars.some(({ type }) => {
    const variable = decodeType(btf, type);
    return variable.kind === BtfKind.Var && variable.linkage !== 0;
  });
}

/** At most 15 characters: the object's name cut so that the section's fits, or only the latter where it has two dots. */
export function internalMapName(objectName: string, sectionName: string): string {
  const suffix = Math.min(15, Math.max(7, sectionName.length));
  const prefix = sectionName.indexOf('.', 1) >= 0 ? 0 : Math.min(15 - suffix, objectName.length);
  const name = (objectName.slice(0, prefix) + sectionName.slice(0, suffix)).slice(0, 15);
  return name.replace(/[^A-Za-z0-9_.]/g, '_');
}
