// Rows of names, types, sets and declarations, read when asked for and kept while the file stays as it is.

import type { BtfIndex } from './btf-index.ts';
import { type ContentTree, decodeMembershipChanges, type Ranges, rangesOf, shifted, unite } from './content-tree.ts';
import { type ModulePlace, moduleVersions } from './module-versions.ts';
import { commonOfBlocks, declarationBlocks, declarationKey } from './declaration-blocks.ts';
import { blobAt, blobsOf, numbersOf, textsOf } from './columns.ts';
import { EveryText } from './every-text.ts';
import { mentionsOf } from '../encoding/references.ts';
import { decodeTypeCode, type TypeCode } from '../encoding/type-code.ts';
import { VarintReader } from '../varints.ts';
import { decoded } from './sqlite-errors.ts';

/** A row of `declaration`. */
export interface DeclarationRow {
  readonly id: number;
  readonly name: number;
  readonly kind: number;
  readonly discriminator: number;
  readonly set: number;
  readonly body: Uint8Array;
}

/** How many declarations' bodies are kept. */
const KEPT_DECLARATIONS = 20_000;

/** How many worked out steps of questions are kept. */
const KEPT_ANSWERS = 500;

const ROWS = Symbol('rows');

/** The rows of an index in its present state. */
export function rowsOf(index: BtfIndex): Rows {
  return index.cached(ROWS, () => new Rows(index));
}

export class Rows {
  private readonly index: BtfIndex;
  /** Of the same state of the file: asking the index for it again asks the file whether it changed. */
  private readonly tree: ContentTree;
  private readonly names = new Map<number, string>();
  /** By id, once there were reasons to read them all. */
  private everyText: EveryText | undefined;
  private readonly ids = new Map<string, number | undefined>();
  private readonly types = new Map<number, TypeCode>();
  private readonly sets = new Map<number, Ranges>();
  private readonly moduleChanges = new Map<number, Uint8Array>();
  private readonly placesOfSet = new Map<number, readonly ModulePlace[]>();
  private readonly declarations = new Map<string, readonly DeclarationRow[]>();
  private readonly memory = new Map<string, unknown>();
  private kept = 0;
  /** Whether it has what all blocks of a published file speak of. */
  private hasCommon = false;

  constructor(index: BtfIndex) {
    this.index = index;
    this.tree = index.catalog().tree;
  }

  /** The text of a name. */
  text(name: number): string {
    let text = this.names.get(name);
    if (text === undefined && this.everyText !== undefined) {
      text = this.everyText.of(name);
      if (text !== undefined) this.names.set(name, text);
    }
    if (text === undefined) {
      [text] = decoded(this.index.path, () => {
        const row = this.index.statement('SELECT text FROM name WHERE id = ?').get(name) as [string] | undefined;
        if (typeof row?.[0] !== 'string') throw new TypeError(`there is no name ${name}`);
        return row;
      });
      this.names.set(name, text);
    }
    return text;
  }

  /** The row of a name; undefined where nothing in the index has it. */
  name(text: string): number | undefined {
    if (!this.ids.has(text)) {
      const row = this.index.statement('SELECT id FROM name WHERE text = ?').get(text) as [number] | undefined;
      if (this.ids.size > KEPT_DECLARATIONS) this.ids.clear();
      this.ids.set(text, row?.[0]);
      if (row !== undefined) this.names.set(row[0], text);
    }
    return this.ids.get(text);
  }

  /** Reads the rows of many names at once. */
  loadNames(texts: Iterable<string>): void {
    const wanted = [...new Set(texts)].filter((text) => !this.ids.has(text));
    if (wanted.length < 2) return;
    for (const text of wanted) this.ids.set(text, undefined);
    const found = this.index
      .statement('SELECT n.id, n.text FROM json_each(?) j CROSS JOIN name n ON n.text = j.value')
      .all(JSON.stringify(wanted)) as [number, string][];
    for (const [id, text] of found) {
      this.ids.set(text, id);
      this.names.set(id, text);
    }
  }

  /** Reads the texts of many names at once. */
  loadTexts(ids: Iterable<number>): void {
    if (this.everyText !== undefined) return;
    const wanted = [...new Set(ids)].filter((id) => !this.names.has(id));
    if (wanted.length < 2) return;
    this.everyText = EveryText.forMany(this.index, wanted.length);
    if (this.everyText !== undefined) return;
    const [found, texts] = this.index
      .statement(
        'SELECT json_group_array(n.id), json_group_array(n.text) FROM json_each(?) j CROSS JOIN name n ON n.id = j.value',
      )
      .get(JSON.stringify(wanted)) as [string, string];
    const names = textsOf(texts);
    for (const [i, id] of numbersOf(found).entries()) this.names.set(id, names[i]!);
  }

  /** Reads many types at once, without what their codes speak of. */
  loadCodes(ids: Iterable<number>): void {
    const wanted = [...new Set(ids)].filter((id) => !this.types.has(id));
    if (wanted.length < 2) return;
    const [found, hex, lengths] = this.index
      .statement(
        `SELECT json_group_array(t.id), group_concat(hex(t.code), ''), json_group_array(length(t.code))
           FROM json_each(?) j CROSS JOIN type t ON t.id = j.value`,
      )
      .get(JSON.stringify(wanted)) as unknown[];
    const codes = blobsOf(hex, lengths);
    for (const [i, id] of numbersOf(found).entries()) {
      this.types.set(id, decodeTypeCode(new VarintReader(blobAt(codes, i))));
    }
  }

  /** Reads many types at once, with all that their codes speak of, and the names in them. */
  loadTypes(ids: Iterable<number>): void {
    let wanted = new Set(ids);
    const names = new Set<number>();
    while (wanted.size > 0) {
      const missing = [...wanted].filter((id) => !this.types.has(id));
      const next = new Set<number>();
      this.loadCodes(missing);
      for (const id of missing) {
        const mentioned = mentionsOf(this.type(id));
        for (const name of mentioned.names) names.add(name);
        for (const type of mentioned.types) if (!this.types.has(type)) next.add(type);
      }
      wanted = next;
    }
    this.loadTexts(names);
  }

  /** Reads many sets at once. */
  loadSets(sets: Iterable<number>): void {
    const wanted = [...new Set(sets)].filter((set) => !this.sets.has(set));
    if (wanted.length < 2) return;
    const found = this.index
      .statement(
        'SELECT s.id, s.membership_changes, s.module_membership_changes FROM json_each(?) j CROSS JOIN declaration_set s ON s.id = j.value',
      )
      .all(JSON.stringify(wanted)) as RawSet[];
    for (const raw of found) this.keepSet(raw);
  }

  private keepSet(raw: RawSet | undefined): Ranges {
    return decoded(this.index.path, () => {
      if (raw === undefined) throw new TypeError('a set of declarations is not there');
      const [id, changes, moduleChanges] = raw;
      const ranges = rangesOf(this.tree, decodeMembershipChanges(changes));
      this.sets.set(id, ranges);
      if (moduleChanges !== null) this.moduleChanges.set(id, moduleChanges);
      return ranges;
    });
  }

  /** Reads the declarations of many kinds and names at once, and their sets. */
  loadDeclared(wanted: readonly (readonly [kind: number, name: number])[]): void {
    const unknown = wanted.filter(([kind, name]) => !this.declarations.has(`${kind} ${name}`));
    this.loadBlocks(unknown);
    const missing = unknown.filter(([kind, name]) => !this.declarations.has(`${kind} ${name}`));
    if (missing.length > 1) {
      const found = this.index
        .statement(
          `SELECT d.id, d.name, d.kind, d.discriminator, d.declaration_set, d.body FROM json_each(?) j
             CROSS JOIN declaration d ON d.name = j.value ->> 1 AND d.kind = j.value ->> 0 ORDER BY d.id`,
        )
        .all(JSON.stringify(missing)) as RawRow[];
      const lists = new Map<string, DeclarationRow[]>(missing.map(([kind, name]) => [`${kind} ${name}`, []]));
      for (const raw of found) lists.get(`${raw[2]} ${raw[1]}`)?.push(rowOf(raw));
      this.makeRoom(found.length);
      for (const [key, rows] of lists) this.declarations.set(key, rows);
    }
    this.loadSets(wanted.flatMap(([kind, name]) => this.declared(kind, name).map((row) => row.set)));
  }

  /** Of a published file: declarations with all that they speak of, and with their neighbours. */
  private loadBlocks(wanted: readonly (readonly [kind: number, name: number])[]): void {
    if (wanted.length === 0) return;
    const blocks = declarationBlocks(
      this.index,
      wanted.map(([kind, name]) => declarationKey(kind, name)),
    );
    if (blocks === undefined) return;
    this.makeRoom(blocks.reduce((sum, { groups }) => sum + groups.length, 0));
    if (!this.hasCommon) blocks.unshift(commonOfBlocks(this.index));
    this.hasCommon = true;
    for (const { groups, names, types, sets } of blocks) {
      for (const [id, text] of names) this.names.set(id, text);
      for (const [id, code] of types) {
        if (this.types.has(id)) continue;
        this.types.set(
          id,
          decoded(this.index.path, () => decodeTypeCode(new VarintReader(code))),
        );
      }
      for (const set of sets) if (!this.sets.has(set[0])) this.keepSet([...set]);
      for (const [key, rows] of groups) {
        const [kind, name] = [key % 256, Math.floor(key / 256)];
        this.declarations.set(
          `${kind} ${name}`,
          rows.map(([id, discriminator, set, body]) => ({ id, name, kind, discriminator, set, body })),
        );
      }
    }
    // Blocks have all declarations: of what they do not have there is none.
    for (const [kind, name] of wanted) {
      const key = `${kind} ${name}`;
      if (!this.declarations.has(key)) this.declarations.set(key, []);
    }
  }

  /** What was worked out from rows before; what was asked longest ago is forgotten first. */
  remembered<T>(key: string, make: () => T): T {
    const known = this.memory.get(key) as T | undefined;
    const value = known ?? make();
    this.memory.delete(key);
    this.memory.set(key, value);
    if (this.memory.size > KEPT_ANSWERS) this.memory.delete(this.memory.keys().next().value as string);
    return value;
  }

  /** Whether this was asked before: what it stands for is loaded then. */
  isLoaded(what: string): boolean {
    let known = true;
    this.remembered(what, () => {
      known = false;
      return true;
    });
    return known;
  }

  private makeRoom(count: number): void {
    if (this.kept > KEPT_DECLARATIONS) {
      this.declarations.clear();
      this.kept = 0;
    }
    this.kept += count;
  }

  type(id: number): TypeCode {
    let code = this.types.get(id);
    if (code === undefined) {
      code = decoded(this.index.path, () => {
        const row = this.index.statement('SELECT code FROM type WHERE id = ?').get(id) as [Uint8Array] | undefined;
        if (row === undefined) throw new TypeError(`there is no type ${id}`);
        return decodeTypeCode(new VarintReader(row[0]));
      });
      this.types.set(id, code);
    }
    return code;
  }

  /** Where kernels themselves have a set of declarations, in positions of the catalog's tree. */
  ranges(set: number): Ranges {
    const ranges = this.sets.get(set);
    if (ranges !== undefined) return ranges;
    const raw = this.index
      .statement('SELECT id, membership_changes, module_membership_changes FROM declaration_set WHERE id = ?')
      .get(set) as RawSet | undefined;
    return this.keepSet(raw);
  }

  /** Where modules have a set of declarations. Empty for most: nothing is read for these. */
  modulePlaces(set: number): readonly ModulePlace[] {
    this.ranges(set);
    const changes = this.moduleChanges.get(set);
    if (changes === undefined) return NO_PLACES;
    let places = this.placesOfSet.get(set);
    if (places === undefined) this.placesOfSet.set(set, (places = moduleVersions(this.index).places(changes)));
    return places;
  }

  /** Which part a slot stands for: 0 the kernel itself, others modules by the row of their name. */
  readonly slots: number[] = [0];
  private readonly slotOf = new Map<number, number>([[0, 0]]);
  private readonly wide = new Map<number, Ranges>();

  /**
   * Where a set of declarations is, in kernels and modules alike: positions in the first slot are the kernels' own, those
   * of each module follow in a slot of its own, as many positions further (see module-slots.ts).
   */
  everywhere(set: number): Ranges {
    const ranges = this.ranges(set);
    const places = this.modulePlaces(set);
    if (places.length === 0) return ranges;
    let wide = this.wide.get(set);
    if (wide === undefined) {
      const { count } = this.tree;
      const found = places.map(({ module, ranges: own }) => shifted(own, this.slot(module) * count));
      wide = unite([ranges, ...found]);
      this.wide.set(set, wide);
    }
    return wide;
  }

  /** How many positions a slot has. */
  get slotSize(): number {
    return this.tree.count;
  }

  private slot(module: number): number {
    let slot = this.slotOf.get(module);
    if (slot === undefined) {
      slot = this.slots.length;
      this.slots.push(module);
      this.slotOf.set(module, slot);
    }
    return slot;
  }

  /** Where a set of declarations is, in kernels (module 0) and in modules. */
  places(set: number): readonly ModulePlace[] {
    const ranges = this.ranges(set);
    const inModules = this.modulePlaces(set);
    return ranges.length === 0 ? inModules : [{ module: 0, ranges }, ...inModules];
  }

  /** The sets of the declarations of a kind and name. What is not known is read without their bodies. */
  setsDeclared(kind: number, name: number): readonly number[] {
    const known = this.declarations.get(`${kind} ${name}`);
    if (known !== undefined) return known.map(({ set }) => set);
    const found = this.index
      .statement('SELECT declaration_set FROM declaration WHERE name = ? AND kind = ?')
      .all(name, kind) as [number][];
    return found.map(([set]) => set);
  }

  /** All declarations of a kind and name, in the order in which they came. */
  declared(kind: number, name: number): readonly DeclarationRow[] {
    const key = `${kind} ${name}`;
    let rows = this.declarations.get(key);
    if (rows === undefined) {
      this.loadBlocks([[kind, name]]);
      rows = this.declarations.get(key);
    }
    if (rows === undefined) {
      rows = (
        this.index
          .statement(
            `SELECT id, name, kind, discriminator, declaration_set, body FROM declaration
               WHERE name = ? AND kind = ? ORDER BY id`,
          )
          .all(name, kind) as RawRow[]
      ).map(rowOf);
      this.makeRoom(rows.length);
      this.declarations.set(key, rows);
    }
    return rows;
  }
}

const NO_PLACES: readonly ModulePlace[] = [];

type RawSet = [id: number, changes: Uint8Array, moduleChanges: Uint8Array | null];

export type RawRow = [number, number, number, number, number, Uint8Array];

export function rowOf(row: RawRow): DeclarationRow {
  return { id: row[0], name: row[1], kind: row[2], discriminator: row[3], set: row[4], body: row[5] };
}
