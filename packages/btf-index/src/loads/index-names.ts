// Names anywhere in an index: whether some kernel has one, which module, and which functions are named alike.

import { BtfKind } from '@btfq/btf-format';
import type { BtfIndex } from '../store/btf-index.ts';
import { rowsOf } from '../store/row-cache.ts';

/** How many functions of one beginning are looked at. */
const MAX_ALIKE = 100;

export class IndexNames {
  private readonly index: BtfIndex;
  private readonly alike = new Map<string, readonly string[]>();
  private readonly modules = new Map<string, string | undefined>();
  /** Whether the modules of some kernel are known. */
  readonly knowsModules: boolean;

  constructor(index: BtfIndex) {
    this.index = index;
    this.knowsModules = index.catalog().kernels.some(({ modules }) => (modules ?? 0) > 0);
  }

  has(name: string): boolean {
    return rowsOf(this.index).name(name) !== undefined;
  }

  /** A module, of any kernel, that has a function, typedef, struct or variable of that name. */
  moduleWith(name: string): string | undefined {
    if (this.modules.has(name)) return this.modules.get(name);
    const rows = rowsOf(this.index);
    const id = rows.name(name);
    let found: string | undefined;
    for (const kind of id === undefined ? [] : [BtfKind.Func, BtfKind.Typedef, BtfKind.Struct, BtfKind.Var]) {
      for (const row of rows.declared(kind, id as number)) {
        const [place] = rows.modulePlaces(row.set);
        if (place !== undefined) found ??= rows.text(place.module);
      }
    }
    this.modules.set(name, found);
    return found;
  }

  /** Functions of any kernel whose names are this text, with little before it or something behind it, or its beginning. */
  functionsLike(text: string): readonly string[] {
    let found = this.alike.get(text);
    if (found !== undefined) return found;
    const select = this.index.statement(
      `SELECT n.text FROM name n WHERE n.text >= ? AND n.text < ?
         AND EXISTS (SELECT 1 FROM declaration d WHERE d.name = n.id AND d.kind = ?) LIMIT ?`,
    );
    const names = new Set<string>();
    const add = (from: string, to: string) => {
      for (const [name] of select.all(from, to, BtfKind.Func, MAX_ALIKE) as [string][]) names.add(name);
    };
    for (const before of BEFORE) {
      add(`${before}${text}`, `${before}${text}\u0001`);
      add(`${before}${text}_`, `${before}${text}\``);
    }
    for (let at = text.lastIndexOf('_'); at > 3; at = text.lastIndexOf('_', at - 1)) {
      const shorter = text.slice(0, at);
      add(shorter, `${shorter}\u0001`);
    }
    this.alike.set(text, (found = [...names]));
    return found;
  }
}

/** What renames put before a function's name. */
const BEFORE = ['', '_', '__', '___', 'do_', '__do_', 'ksys_', 'vfs_'];
