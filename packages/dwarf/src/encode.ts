// encodeBtf, step by step: open the debug sections, walk each unit into rows, intern the rows' types, collect functions and
// variables, and write what came together. Units that refer to each other (LTO, dwz, type units) are walked all before the
// first is interned; others one at a time, so that memory holds one unit and what all have in common.

import { DwarfError } from './errors.ts';
import { FunctionCollector } from './functions/collect.ts';
import { ElfFunctions } from './functions/elf-functions.ts';
import { type LeftOut, Prototypes } from './functions/prototypes.ts';
import { registerParams } from './functions/register-params.ts';
import { UnitInterner } from './intern/intern-unit.ts';
import { ModuleBase } from './intern/module-base.ts';
import { NodeTable } from './intern/nodes.ts';
import { TupleWriter } from './intern/tuples.ts';
import { Variants } from './intern/variants.ts';
import type { DwarfOptions } from './options.ts';
import { LANGUAGE_RUST } from './read/constants.ts';
import { type DebugFile, openDebugFile } from './read/debug-file.ts';
import { EntryReader, FIRST_SIGNATURE, type UnitContext } from './read/entry-reader.ts';
import { NameTable } from './read/names.ts';
import type { SectionData } from './read/section-data.ts';
import { readUnitHeader } from './read/unit-header.ts';
import type { ByteSource } from './source.ts';
import { type Annotations, collectAnnotations, tagNames } from './unit/annotations.ts';
import { OffsetMap } from './unit/offset-map.ts';
import { Records } from './unit/records.ts';
import { type UnitSection, unitSections } from './unit/unit-sections.ts';
import { walkUnit } from './unit/walk.ts';
import { VariableCollector } from './variables/collect.ts';
import { SectionSymbols } from './variables/section-symbols.ts';
import { Order } from './write/order.ts';
import { writeAll } from './write/write-all.ts';

/** Entry offsets are 31-bit numbers. */
const MAX_OFFSET = 0x7fffffff;

/** What {@link encodeBtf} made. */
export interface DwarfBtf {
  /** The BTF, in the file's byte order; split over the base where one was given. */
  readonly bytes: Uint8Array;
  /** Types, without void and the base's. */
  readonly types: number;
  readonly functions: number;
  readonly variables: number;
  /** Units of .debug_info. */
  readonly units: number;
  /** Names that stand for different types in different units, and the types that differ for it. */
  readonly variants: number;
  /** Functions that were left out, by reason. */
  readonly leftOut: LeftOut;
}

/**
 * Makes BTF from the debug information of a kernel, a module or any ELF file, as `pahole -J` does with the kernel's flags.
 *
 * @throws DwarfError
 * @example
 * const { bytes } = encodeBtf(bytesSource(vmlinux));
 */
export function encodeBtf(source: ByteSource, options: DwarfOptions = {}): DwarfBtf {
  const { base: given } = options;
  const base = given === undefined || given instanceof ModuleBase ? given : new ModuleBase(given);
  try {
    return new Encoding(source, options, base).run();
  } catch (error) {
    // a DataView says so where a unit ends too early; what was read is not worth a check at each byte
    if (error instanceof RangeError) {
      throw new DwarfError('truncated', 'debug information that ends within an entry', { cause: error });
    }
    throw error;
  } finally {
    base?.release();
  }
}

class Encoding {
  readonly #options: DwarfOptions;
  readonly #base: ModuleBase | undefined;
  readonly #names: NameTable;
  readonly #records = new Records();
  readonly #map = new OffsetMap(this.#records);
  readonly #nodes: NodeTable;
  readonly #variants: Variants;
  readonly #order = new Order();
  readonly #file: DebugFile;
  /** The file that dwz moved the common part to; only where this one refers to it. */
  readonly #alternate: DebugFile | undefined;
  readonly #reader: EntryReader;
  readonly #interner: UnitInterner;
  readonly #functions: ElfFunctions;
  readonly #prototypes: Prototypes;
  readonly #functionCollector: FunctionCollector;
  readonly #variableCollector: VariableCollector;
  readonly #tagNames;
  readonly #signatures = new Map<string, number>();
  #units = 0;
  #done = 0;

  constructor(source: ByteSource, options: DwarfOptions, base: ModuleBase | undefined) {
    this.#options = options;
    this.#base = base;
    this.#nodes = base?.nodes ?? new NodeTable();
    this.#variants = base?.variants ?? new Variants();
    const names = (this.#names = base?.names ?? new NameTable());
    this.#tagNames = tagNames(names);
    this.#file = openDebugFile(source, names, options.decompress);
    const { alternateName } = this.#file;
    if (alternateName !== undefined) {
      const { alternate } = options;
      const found = typeof alternate === 'function' ? alternate(alternateName) : alternate;
      if (found !== undefined) this.#alternate = openDebugFile(found, names, options.decompress);
    }
    const { elf } = this.#file;
    const addressSize = elf.is64 ? 8 : 4;
    this.#reader = new EntryReader(elf.littleEndian);
    const tuples = {
      littleEndian: elf.littleEndian,
      addressSize,
      floats: options.floats ?? true,
      enum64: options.enum64 ?? true,
      flatArrays: options.flatArrays ?? false,
      fakeInt: names.internText('__SANITIZED_FAKE_INT__'),
    };
    const [records, map] = [this.#records, this.#map];
    this.#interner = new UnitInterner(records, map, this.#nodes, this.#variants, tuples);
    this.#functions = new ElfFunctions(elf, names);
    this.#prototypes = new Prototypes(this.#functions, this.#nodes, this.#variants);
    const interner = this.#interner;
    this.#functionCollector = new FunctionCollector(
      records,
      map,
      interner,
      this.#functions,
      this.#prototypes,
      registerParams(elf.machine),
      addressSize,
    );
    const sizes = new TupleWriter(records, tuples, (ref) => interner.rowOf(ref));
    this.#variableCollector = new VariableCollector(
      records,
      map,
      interner,
      names,
      elf,
      options.variables ?? 'percpu',
      new SectionSymbols(elf),
      (ref) => sizes.sizeOf(interner.rowOf(ref)),
    );
  }

  run(): DwarfBtf {
    const { info, types, abbreviations } = this.#file;
    if (info === undefined || info.size === 0) {
      throw new DwarfError('no-dwarf', 'no debug information (.debug_info) in this file', {
        section: '.debug_info',
        expected: 'a file with debug information, from a -dbg or debuginfo package',
      });
    }
    this.#checkBase();
    const sections = this.#sections(info);
    const total = sections.reduce((sum, { section }) => sum + section.size, 0);
    if (total >= MAX_OFFSET) {
      throw new DwarfError('limit', `${total} bytes of debug information`, { expected: `less than ${MAX_OFFSET}` });
    }
    const together = types !== undefined || this.#alternate !== undefined || abbreviations.refersAcrossUnits();
    for (const section of sections) this.#walk(section, !together, total);
    if (together) this.#finishUnits(0, total);
    return this.#write();
  }

  #sections(info: SectionData): UnitSection[] {
    const tools = {
      reader: this.#reader,
      records: this.#records,
      names: this.#names,
      isFunctionName: (name: number) => this.#functions.find(name) >= 0,
      excludedLanguages: new Set(this.#options.excludeLanguages ?? [LANGUAGE_RUST]),
      clang: new Map<number, boolean>(),
    };
    return unitSections(this.#file, info, this.#alternate, tools);
  }

  /** Walks all units of a section; `single`: each is finished before the next. */
  #walk({ file, section, origin, isTypes, context, tools }: UnitSection, single: boolean, total: number): void {
    const { littleEndian } = file.elf;
    for (let start = 0; start < section.size; ) {
      const header = readUnitHeader(section, start, littleEndian, isTypes);
      section.ensure(start, header.end - start);
      const unitOrigin = origin + start;
      const unit: UnitContext = {
        ...context,
        format: header.format,
        unitOrigin,
        stringOffsetsBase: -1,
        addressBase: -1,
      };
      if (header.signature !== undefined) {
        const { first, second, type } = header.signature;
        this.#signatures.set(`${first} ${second}`, unitOrigin + type);
      }
      const table = file.abbreviations.table(header.abbreviations, header.format);
      walkUnit(header, section, unit, table, tools);
      if (single) {
        this.#finishUnits(unitOrigin, header.end - start);
        this.#records.clear();
      }
      this.#units++;
      this.#done += header.end - start;
      if ((this.#units & 63) === 0) this.#options.onProgress?.(this.#done, total);
      start = header.end;
    }
    this.#options.onProgress?.(this.#done, total);
  }

  /** Interns the rows at hand and collects what they say of functions and variables. */
  #finishUnits(origin: number, size: number): void {
    const [records, map, interner, order] = [this.#records, this.#map, this.#interner, this.#order];
    map.index(origin, size);
    const annotations = records.annotationCount > 1 ? collectAnnotations(records, map, this.#tagNames) : undefined;
    const typeTags = this.#options.typeTags ?? true;
    interner.run(this.#signatureOffsets(), typeTags ? annotations?.pointers : undefined);
    order.addUnit(records, interner);
    const declTags = (this.#options.declTags ?? true) ? annotations : undefined;
    if (declTags !== undefined) this.#addTypeTags(declTags);
    this.#functionCollector.run(declTags?.functions);
    this.#variableCollector.run((row, number) => {
      order.addVariable(number);
      const tags = declTags?.variables.get(row) ?? [];
      for (let i = 0; i < tags.length; i += 2) {
        order.addTag({ target: number, isVariable: true, value: tags[i]!, component: tags[i + 1]! });
      }
    });
  }

  #addTypeTags({ types }: Annotations): void {
    const interner = this.#interner;
    for (const [row, tags] of types) {
      const variant = interner.hasVariants ? interner.variantOf[row]! : 0;
      const target = variant > 0 ? -variant : interner.own[row]!;
      for (let i = 0; i < tags.length; i += 2) {
        this.#order.addTag({ target, isVariable: false, value: tags[i]!, component: tags[i + 1]! });
      }
    }
  }

  /** Where the types are that are referred to by signature. */
  #signatureOffsets(): ReadonlyMap<number, number> | undefined {
    const { signatures } = this.#reader;
    if (signatures.length === 0) return undefined;
    const offsets = new Map<number, number>();
    for (let i = 0; i < signatures.length; i += 2) {
      const offset = this.#signatures.get(`${signatures[i]} ${signatures[i + 1]}`);
      if (offset !== undefined) offsets.set(FIRST_SIGNATURE - i / 2, offset);
    }
    return offsets;
  }

  #checkBase(): void {
    const { littleEndian } = this.#file.elf;
    if (this.#base === undefined) return;
    if (this.#base.btf.littleEndian !== littleEndian) {
      throw new DwarfError('base-mismatch', 'the base is of another byte order', {
        expected: littleEndian ? 'little-endian' : 'big-endian',
      });
    }
    this.#order.markKnown(this.#base.ids);
  }

  #write(): DwarfBtf {
    const written = writeAll(
      {
        elf: this.#file.elf,
        base: this.#base,
        names: this.#names,
        nodes: this.#nodes,
        variants: this.#variants,
        order: this.#order,
        functions: this.#functions,
        prototypes: this.#prototypes,
        variables: this.#variableCollector.found,
      },
      this.#options,
    );
    return { ...written, units: this.#units, variants: this.#variants.count };
  }
}
