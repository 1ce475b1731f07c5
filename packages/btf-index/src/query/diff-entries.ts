// What is said of each name of which something differs between two kernels: structs, unions and functions by the numbers of their
// bodies (layout-columns.ts), where these tell; the rest by contents (layout-diff.ts).

import type { DeclarationKind, DiffEntry, LayoutField } from '../answer-types.ts';
import { type Content, contentOf, contentsOf, contentText, funcOf, KIND_CODE, kindWord } from './declarations.ts';
import { type Apart, type Group, isOneSided } from './diff-rows.ts';
import type { TwoSides } from './diff-sets.ts';
import { changed } from './field-lines.ts';
import {
  ALIKE,
  columnDifferences,
  LayoutColumns,
  type Said,
  TypeTexts,
  UNNAMED_COMPOSITE,
  wordsOf,
} from './layout-columns.ts';
import { contentDifferences } from './layout-diff.ts';
import { withoutModifiers } from './type-text.ts';
import { MAX_UNNAMED_DEPTH, unnamedTypes } from './unnamed.ts';
import { ANONYMOUS_ENUM, decodeFunc } from '../encoding/declaration-body.ts';
import { bodyMentions } from '../encoding/references.ts';
import { TypeTag } from '../encoding/type-code.ts';
import { contains } from '../store/content-tree.ts';
import type { DeclarationRow, Rows } from '../store/row-cache.ts';

const NOTHING: readonly string[] = [];

/** The word for a `declaration.kind`, enums without a name among enums; undefined for what is not compared. */
export function wordOf(code: number): DeclarationKind | undefined {
  return code === ANONYMOUS_ENUM ? 'enum' : kindWord(code);
}

/** The entries of a difference: of what is apart, and of what both have and says something else in each. */
export class DiffEntries {
  private readonly rows: Rows;
  private readonly two: TwoSides;
  private readonly apart: Apart;
  private readonly within = new Map<string, DeclarationRow[]>();
  private readonly groups: Group[];
  private readonly texts: TypeTexts;
  private readonly inUnnamed: boolean | undefined;
  private readonly old = new LayoutColumns();
  private readonly young = new LayoutColumns();

  /**
   * `inUnnamed`: whether types without names have members of others by name. Where that is not known, nothing is told by numbers: to
   * find out costs more than a few declarations do.
   */
  constructor(
    rows: Rows,
    two: TwoSides,
    apart: Apart,
    within: readonly DeclarationRow[],
    inUnnamed: boolean | undefined,
  ) {
    this.rows = rows;
    this.two = two;
    this.apart = apart;
    this.inUnnamed = inUnnamed;
    this.texts = new TypeTexts(rows);
    this.groups = [...apart.groups];
    const known = new Set(within.length === 0 ? [] : this.groups.map(keyOf));
    for (const row of within) {
      const key = keyOf({ code: row.kind, name: row.name });
      const list = this.within.get(key);
      if (list) list.push(row);
      else this.within.set(key, [row]);
      if (!known.has(key)) this.groups.push({ code: row.kind, name: row.name, old: [], young: [] });
      known.add(key);
    }
  }

  /** By kind and name, in that order. */
  all(): DiffEntry[] {
    this.rows.loadTexts(this.groups.map(({ name }) => name));
    const oneSided = (group: Group) => isOneSided(group) && this.withinOf(group).length === 0;
    const twoSided = this.groups.filter((group) => !oneSided(group));
    const told = this.toldByNumbers(twoSided.filter((group) => this.isPair(group)));
    this.load(twoSided.filter((group) => !told.has(group)).flatMap((group) => this.rowsOf(group)));
    const byKind = new Map<string, DiffEntry[]>(Object.keys(KIND_CODE).map((kind) => [kind, []]));
    for (const group of this.groups) {
      const said = told.get(group);
      if (said === ALIKE) continue; // what differs is only which of several types of one name is meant
      const entry = said !== undefined ? this.entry(group, 'changed', said) : this.entryOf(group, oneSided(group));
      if (entry !== undefined) byKind.get(entry.kind)!.push(entry);
    }
    return [...byKind.values()].flatMap((list) => list.sort((a, b) => (a.name < b.name ? -1 : 1)));
  }

  private withinOf(group: Group): readonly DeclarationRow[] {
    return this.within.size === 0 ? [] : (this.within.get(keyOf(group)) ?? []);
  }

  private rowsOf(group: Group): DeclarationRow[] {
    return [...[...group.old, ...group.young].map((id) => this.apart.row(id)), ...this.withinOf(group)];
  }

  /** Whether one declaration became another. */
  private isPair(group: Group): boolean {
    return group.old.length === 1 && group.young.length === 1 && this.withinOf(group).length === 0;
  }

  private entry(group: Group, change: DiffEntry['change'], said?: Said): DiffEntry {
    const text = this.rows.text(group.name);
    return {
      kind: wordOf(group.code) as DeclarationKind,
      name: group.code === ANONYMOUS_ENUM ? `{${text}, ...}` : text,
      change,
      indirect: said?.indirect ?? false,
      modules: this.two.modulesCompared ? this.modulesOf(group) : NOTHING,
      details: said?.details ?? NOTHING,
    };
  }

  private entryOf(group: Group, oneSided: boolean): DiffEntry | undefined {
    const { old, young } = group;
    const count = (before: number, after: number) =>
      this.entry(group, 'changed', { details: [`${before} of this name became ${after}`], indirect: false });
    if (oneSided) {
      const kept = this.apart.kept.get(group) ?? 0; // of that name both have so many besides
      if (kept > 0) return count(kept + old.length, kept + young.length);
      return this.entry(group, old.length === 0 ? 'added' : 'removed');
    }
    const within = this.withinOf(group);
    const before = distinct(this.rows, [...old.map((id) => this.apart.row(id)), ...within], this.two.from);
    const after = distinct(this.rows, [...young.map((id) => this.apart.row(id)), ...within], this.two.to);
    for (const text of before.keys()) {
      if (!after.has(text)) continue;
      before.delete(text); // what differs is only which of several types of one name is meant
      after.delete(text);
    }
    if (before.size === 0 && after.size === 0) return undefined;
    if (before.size !== 1 || after.size !== 1) return count(old.length + within.length, young.length + within.length);
    const [[was], [is]] = [[...before.values()], [...after.values()]] as unknown as [[Content], [Content]];
    const indirect = contentText(ownRecord(was)) === contentText(ownRecord(is));
    return this.entry(group, 'changed', { details: contentDifferences(was, is), indirect });
  }

  /** What numbers tell of pairs. */
  private toldByNumbers(pairs: readonly Group[]): Map<Group, Said | typeof ALIKE> {
    const { inUnnamed } = this;
    if (inUnnamed === undefined) return new Map();
    const composites = pairs.filter(({ code }) => code === KIND_CODE.struct || code === KIND_CODE.union);
    const funcs = pairs.filter(({ code }) => code === KIND_CODE.func);
    const enums = pairs.filter(({ code }) => code === KIND_CODE.enum || code === ANONYMOUS_ENUM);
    this.loadUnnamed(composites);
    const [types, names, same] = [new Set<number>(), new Set<number>(), new Set<number>()];
    for (const group of composites) if (this.readColumns(group)) wordsOf(this.old, this.young, types, names, same);
    for (const { old, young } of funcs) {
      for (const id of [old[0]!, young[0]!]) types.add(decodeFunc(this.apart.row(id).body).proto);
    }
    for (const { old, young } of enums) {
      for (const id of [old[0]!, young[0]!]) {
        const row = this.apart.row(id);
        for (const name of bodyMentions(row.kind, row.body).names) names.add(name);
      }
    }
    this.rows.loadTexts(names);
    this.rows.loadTypes(types);
    if (this.inUnnamed) this.loadShapes(same);
    const told = new Map<Group, Said | typeof ALIKE>();
    const { from, to } = this.two;
    for (const group of composites) {
      const said = this.readColumns(group)
        ? columnDifferences(this.rows, this.texts, [this.old, from], [this.young, to], inUnnamed)
        : undefined;
      if (said !== undefined) told.set(group, said);
    }
    for (const group of enums) {
      const [was, is] = [group.old[0]!, group.young[0]!].map((id) => contentOf(this.rows, this.apart.row(id), []));
      const details = contentDifferences(was!, is!);
      if (details.length > 0) told.set(group, { details, indirect: false });
    }
    for (const group of funcs) {
      const [was, is] = [group.old[0]!, group.young[0]!].map((id) => funcOf(this.rows, this.apart.row(id)));
      if (was!.signature === is!.signature) continue; // what differs is in types without names, or which of a name is meant
      const details = [
        ...changed('signature', was!.signature, is!.signature),
        ...changed('linkage', was!.linkage, is!.linkage),
      ];
      told.set(group, { details, indirect: false });
    }
    return told;
  }

  private readColumns({ old, young }: Group): boolean {
    return (
      this.old.read(this.rows, this.apart.row(old[0]!).body) &&
      this.young.read(this.rows, this.apart.row(young[0]!).body)
    );
  }

  /** Reads the codes that say whether these types hide something. */
  private loadShapes(types: Iterable<number>): void {
    const seen = new Set<number>();
    for (let wanted: Iterable<number> = types, more = true; more; ) {
      this.rows.loadCodes(wanted);
      const next = new Set<number>();
      for (const type of wanted) {
        const code = this.rows.type(type);
        const below =
          code.tag === TypeTag.FuncProto
            ? [code.returns, ...code.params.map((param) => param.type)]
            : 'type' in code
              ? [code.type]
              : [];
        for (const one of below) if (!seen.has(one)) next.add(one);
        seen.add(type);
      }
      wanted = next;
      more = next.size > 0;
    }
  }

  /** Reads the codes of unnamed members' types, and of unnamed members in these. */
  private loadUnnamed(pairs: readonly Group[]): void {
    let wanted = new Set(
      pairs.flatMap(({ old, young }) => [old[0]!, young[0]!].flatMap((id) => unnamedTypes(this.apart.row(id).body))),
    );
    for (let depth = 0; wanted.size > 0 && depth < MAX_UNNAMED_DEPTH; depth++) {
      this.rows.loadCodes(wanted);
      const next = new Set<number>();
      for (const type of wanted) {
        const code = withoutModifiers(this.rows, type);
        if (code.tag !== TypeTag.AnonymousStruct && code.tag !== TypeTag.AnonymousUnion) continue;
        for (const member of code.body.members) if (member.name === 0) next.add(member.type);
      }
      wanted = next;
    }
  }

  /** Reads what declarations speak of. */
  private load(all: readonly DeclarationRow[]): void {
    const mentioned = all.map((row) => bodyMentions(row.kind, row.body));
    this.rows.loadTypes(mentioned.flatMap(({ types }) => types));
    this.rows.loadTexts(mentioned.flatMap(({ names }) => names));
  }

  /** Names of modules that have one of these where the kernel itself has not. */
  private modulesOf(group: Group): string[] {
    const found = new Set<number>();
    const { from, to } = this.two;
    const sets = [...group.old, ...group.young].map((id) => this.apart.setOf.get(id)!);
    for (const set of [...sets, ...this.withinOf(group).map((row) => row.set)]) {
      for (const position of [from, to]) {
        if (contains(this.rows.ranges(set), position)) continue;
        for (const { module, ranges } of this.rows.modulePlaces(set)) if (contains(ranges, position)) found.add(module);
      }
    }
    this.rows.loadTexts(found);
    return [...found].map((module) => this.rows.text(module)).sort();
  }
}

function keyOf({ code, name }: Pick<Group, 'code' | 'name'>): string {
  return `${code} ${name}`;
}

/** What these rows say in the kernel at a position. */
export function distinct(rows: Rows, all: readonly DeclarationRow[], position: number): Map<string, Content> {
  const contents = all.flatMap((row) => contentsOf(rows, row, [position, position + 1])).map(({ content }) => content);
  return new Map(contents.map((content) => [contentText(content), content]));
}

/**
 * A content without the sizes of what its members name by name: they are no part of its own record. That of an unnamed
 * member without a tag is: such a type has no record but this one.
 */
function ownRecord(content: Content): Content {
  const withoutSizes = (fields: readonly LayoutField[]): LayoutField[] =>
    fields.map((field) => ({
      ...field,
      size: field.name === '' && UNNAMED_COMPOSITE.test(field.type) ? field.size : null,
      ...(field.inner === undefined ? {} : { inner: withoutSizes(field.inner) }),
    }));
  if ('fields' in content) return { ...content, fields: withoutSizes(content.fields) };
  if ('inner' in content && content.inner !== undefined) return { ...content, inner: withoutSizes(content.inner) };
  return content;
}
