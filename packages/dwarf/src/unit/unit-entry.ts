// The first entry of a unit: its language, its compiler, and the bases of what other entries give by index.

import { DwarfError } from '../errors.ts';
import { type AbbreviationTable, badCode } from '../read/abbreviations.ts';
import { Tag } from '../read/constants.ts';
import type { UnitContext } from '../read/entry-reader.ts';
import type { SectionData } from '../read/section-data.ts';
import { Has, Slot } from '../read/shapes.ts';
import type { UnitHeader } from '../read/unit-header.ts';
import type { WalkTools } from './walk-tools.ts';

export interface UnitEntry {
  readonly included: boolean;
  readonly hasChildren: boolean;
  readonly clang: boolean;
  readonly loclistsBase: number;
}

/** The unit's own entry: language, producer, and the bases of what is found by index. */
export function readUnitEntry(
  header: UnitHeader,
  section: SectionData,
  context: UnitContext,
  table: AbbreviationTable,
  tools: WalkTools,
): UnitEntry {
  const { reader, names } = tools;
  const none = { included: false, hasChildren: false, clang: false, loclistsBase: -1 };
  if (header.entries >= header.end) return none;
  const start = reader.at;
  const code = reader.uleb();
  if (code === 0) return none;
  const shape = table[code];
  if (shape === undefined) throw badCode(code, section, start);
  const { values } = reader;
  // names by index need the base, which may stand behind them
  const at = reader.at;
  context.stringOffsetsBase = -1;
  context.addressBase = -1;
  if ((shape.mask & (Has.StrOffsetsBase | Has.AddrBase)) !== 0) {
    reader.runBases(shape.program);
    if ((shape.mask & Has.StrOffsetsBase) !== 0) context.stringOffsetsBase = values[Slot.StrOffsetsBase]! >>> 0;
    if ((shape.mask & Has.AddrBase) !== 0) context.addressBase = values[Slot.AddrBase]! >>> 0;
    reader.at = at;
  }
  reader.run(shape.program);
  if (shape.tag === Tag.SkeletonUnit || (shape.mask & Has.DwoName) !== 0) {
    const name = (shape.mask & Has.DwoName) !== 0 ? names.text(values[Slot.DwoName]!) : 'a .dwo file';
    throw new DwarfError('split-debug', `the types are in ${name}`, {
      section: section.name,
      offset: header.start,
      expected: 'debug information that is not split (-gno-split-dwarf)',
    });
  }
  const language = (shape.mask & Has.Language) !== 0 ? values[Slot.Language]! : 0;
  const producer = (shape.mask & Has.Producer) !== 0 ? values[Slot.Producer]! : 0;
  let clang = tools.clang.get(producer);
  if (clang === undefined) tools.clang.set(producer, (clang = names.text(producer).includes('clang')));
  return {
    included: !tools.excludedLanguages.has(language),
    hasChildren: shape.hasChildren,
    clang,
    loclistsBase: (shape.mask & Has.LoclistsBase) !== 0 ? values[Slot.LoclistsBase]! >>> 0 : -1,
  };
}
