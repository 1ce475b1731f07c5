// The sections that have units, of the file and of the one that dwz moved the common part to. Offsets of entries are one space
// over all of them: .debug_info first, then .debug_types, then the other file's .debug_info.

import type { DebugFile } from '../read/debug-file.ts';
import type { UnitContext } from '../read/entry-reader.ts';
import type { SectionData } from '../read/section-data.ts';
import { LocationReader } from './locations.ts';
import type { WalkTools } from './walk-tools.ts';

/** Units to walk: a section of a file, at its place among entry offsets. */
export interface UnitSection {
  readonly file: DebugFile;
  readonly section: SectionData;
  readonly origin: number;
  readonly isTypes: boolean;
  readonly context: Omit<UnitContext, 'format' | 'unitOrigin' | 'stringOffsetsBase' | 'addressBase'>;
  readonly tools: WalkTools;
}

/** The sections, in the order in which they are walked. */
export function unitSections(
  file: DebugFile,
  info: SectionData,
  alternate: DebugFile | undefined,
  shared: Omit<WalkTools, 'locations'>,
): UnitSection[] {
  const { types } = file;
  const alternateInfo = alternate?.info;
  const alternateOrigin = info.size + (types?.size ?? 0);
  const unitsOf = (from: DebugFile, section: SectionData, origin: number, isTypes: boolean): UnitSection => ({
    file: from,
    section,
    origin,
    isTypes,
    context: {
      sectionOrigin: origin,
      alternateOrigin: alternateInfo === undefined ? -1 : alternateOrigin,
      strings: from.strings,
      lineStrings: from.lineStrings,
      alternateStrings: alternate?.strings,
      names: shared.names,
      stringOffsets: from.stringOffsets,
      addresses: from.addresses,
    },
    tools: { ...shared, locations: new LocationReader(from, from.elf.littleEndian) },
  });
  const list = [unitsOf(file, info, 0, false)];
  if (types !== undefined) list.push(unitsOf(file, types, info.size, true));
  if (alternate !== undefined && alternateInfo !== undefined) {
    list.push(unitsOf(alternate, alternateInfo, alternateOrigin, false));
  }
  return list;
}
