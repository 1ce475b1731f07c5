// A new kernel's modules: the versions that are there already, and new ones with their declarations, stored as differences from those of
// the version that its parent has.

import { parseBtf, infoKind, infoVlen } from '@btfq/btf-format';
import { DeclarationWriter, declarationKind } from '../encoding/declaration-body.ts';
import { hashStrings } from '../prepare/string-hashes.ts';
import type { PreparedKernel, PreparedModule } from '../prepare/prepare.ts';
import { hashTypes } from '../prepare/type-hashes.ts';
import { decodeMembershipChanges } from '../store/content-tree.ts';
import { having, type ModuleVersion } from '../store/module-versions.ts';
import type { BtfIndex } from '../store/btf-index.ts';
import { changeMembership, changeModuleMembership } from './declaration-sets.ts';
import { insertDeclaration } from './store-declarations.ts';
import type { Writer } from './writer-cache.ts';

/** The rows of prepared modules that are versions which the index has; undefined for new ones. */
export function knownVersions(index: BtfIndex, modules: readonly PreparedModule[]): (number | undefined)[] {
  const find = index.statement(
    'SELECT m.id FROM name n CROSS JOIN module m ON m.name = n.id WHERE n.text = ? AND m.hash = ?',
  );
  return modules.map((module) => (find.get(module.name, module.hash) as [number] | undefined)?.[0]);
}

/**
 * Enters the modules of a new content: `kept` versions that are known, and prepared ones. `inParent` has the versions
 * that the content's parent has by its sets.
 */
export function storeModules(
  index: BtfIndex,
  writer: Writer,
  content: number,
  prepared: PreparedKernel,
  kept: readonly number[],
  inParent: ReadonlySet<number>,
): Set<number> {
  const known = knownVersions(index, prepared.modules);
  const fresh = prepared.modules.filter((_, i) => known[i] === undefined);
  const own = new Set([...kept, ...known.filter((id) => id !== undefined)]);
  const toggled = [...inParent].filter((id) => !own.has(id));
  toggled.push(...[...own].filter((id) => !inParent.has(id)));
  const added = fresh.length > 0 ? addVersions(index, writer, prepared, fresh, inParent) : [];
  changeMembership(index, 'module', content, toggled, added);
  for (const id of added) own.add(id);
  return own;
}

function addVersions(
  index: BtfIndex,
  writer: Writer,
  prepared: PreparedKernel,
  modules: readonly PreparedModule[],
  inParent: ReadonlySet<number>,
): number[] {
  const kernelText = textsOf(prepared.bytes.subarray(prepared.header.strOff), prepared.header.strLen);
  const kernelBodies = new DeclarationWriter(prepared, kernelText, writer);
  const kernel = parseBtf(prepared.bytes);
  const toggled = new Map<number, number[]>();
  const names = new Map<number, number>();
  const rowOf = new ModuleDeclarations(index);
  const added: number[] = [];
  for (const module of modules) {
    const name = writer.name(module.name);
    const parent = parentVersion(index, name, inParent);
    const version = Number(
      index
        .statement(
          `INSERT INTO module (name, parent, distilled, bytes, declaration_set, hash)
             VALUES (?, ?, ?, ?, 0, ?)`,
        )
        .run(name, parent?.id ?? null, module.base === undefined ? 0 : 1, module.btf.length, module.hash)
        .lastInsertRowid,
    );
    added.push(version);
    names.set(version, name);

    const base = module.base === undefined ? kernel : parseBtf(module.base);
    const btf = parseBtf(module.btf, { base });
    const lower = module.base === undefined ? kernelText : textsOf(base.strings.bytes, base.strings.length);
    const upper = textsOf(btf.strings.bytes, btf.strings.length);
    const text = (offset: number) =>
      offset < btf.startStringOffset ? lower(offset) : upper(offset - btf.startStringOffset);
    const baseBodies =
      module.base === undefined
        ? kernelBodies
        : new DeclarationWriter(
            { words: base.words, starts: base.starts, types: hashTypes(base, hashStrings(base.strings.bytes)) },
            lower,
            writer,
          );
    const bodies = new DeclarationWriter(
      { words: btf.words, starts: btf.starts, types: module.types },
      text,
      writer,
      baseBodies,
    );
    const declared = new Set<number>();
    for (let i = 0; i + 1 < btf.starts.length; i++) {
      const at = btf.starts[i]!;
      const info = btf.words[at + 1]!;
      const named = btf.words[at] !== 0;
      const kind = declarationKind(infoKind(info), named);
      if (kind === undefined || (!named && infoVlen(info) === 0)) continue;
      const row = rowOf.find(writer, bodies, module.types, i, kind, at, () =>
        text((named ? btf.words[at] : btf.words[at + 3]) as number),
      );
      declared.add(row);
    }
    const before = parent === undefined ? new Set<number>() : declarationsOfVersion(index, parent);
    const toggle = (row: number) => {
      const versions = toggled.get(row);
      if (versions) versions.push(version);
      else toggled.set(row, [version]);
    };
    for (const row of declared) if (!before.has(row)) toggle(row);
    for (const row of before) if (!declared.has(row)) toggle(row);
  }
  changeModuleMembership(index, toggled, (version) => names.get(version)!);
  return added;
}

/** Finds declarations of modules by hash, or makes them; thousands of modules share many. */
class ModuleDeclarations {
  private readonly index: BtfIndex;
  /** By 53 bits of the hash: the other 11 and the row. */
  private readonly rows = new Map<number, { readonly hi: number; readonly kind: number; readonly row: number }>();
  private readonly hash = Buffer.alloc(8);

  constructor(index: BtfIndex) {
    this.index = index;
  }

  find(
    writer: Writer,
    bodies: DeclarationWriter,
    types: PreparedModule['types'],
    i: number,
    kind: number,
    at: number,
    text: () => string,
  ): number {
    const [lo, hi] = [types.lo[i]!, types.hi[i]!];
    const discriminator = types.discriminators[i]!;
    const key = (hi & 0x1fffff) * 0x100000000 + (lo >>> 0);
    const known = this.rows.get(key);
    if (known !== undefined && known.hi === hi && known.kind === kind && discriminator === 0) return known.row;
    this.hash.writeInt32LE(lo, 0);
    this.hash.writeInt32LE(hi, 4);
    const row = insertDeclaration(this.index, bodies, {
      name: writer.name(text()),
      kind,
      hash: this.hash,
      discriminator,
      at,
    });
    this.rows.set(key, { hi, kind, row: row.id });
    return row.id;
  }
}

/** The version of a module in the content's parent; where that has none, the newest. */
function parentVersion(index: BtfIndex, name: number, inParent: ReadonlySet<number>): ModuleVersion | undefined {
  const rows = index
    .statement('SELECT id, name, parent, declaration_set FROM module WHERE name = ? ORDER BY id')
    .all(name) as [number, number, number | null, number][];
  const row = rows.find(([id]) => inParent.has(id)) ?? rows.filter(([, , , set]) => set !== 0).at(-1);
  return row && { id: row[0], name: row[1], parent: row[2], set: row[3] };
}

/** The declarations of a version. */
export function declarationsOfVersion(index: BtfIndex, { id, name }: Pick<ModuleVersion, 'id' | 'name'>): Set<number> {
  const versions = (
    index.statement('SELECT id, parent FROM module WHERE name = ? ORDER BY id').all(name) as [number, number | null][]
  ).map(([own, parent]) => ({ id: own, name, parent, set: 0 }));
  const sets = index
    .statement(
      `SELECT s.id, s.module_membership_changes FROM module_set m JOIN declaration_set s ON s.id = m.declaration_set
         WHERE m.module = ? AND s.module_membership_changes IS NOT NULL`,
    )
    .all(name) as [number, Uint8Array][];
  const found = new Set<number>();
  const own = new Set(versions.map((version) => version.id));
  const rows = index.statement('SELECT id FROM declaration WHERE declaration_set = ?');
  for (const [set, blob] of sets) {
    const changes = new Set(decodeMembershipChanges(blob).filter((version) => own.has(version)));
    if (!having(versions, changes).has(id)) continue;
    for (const [row] of rows.all(set) as [number][]) found.add(row);
  }
  return found;
}

/** Strings of a section by offset. */
function textsOf(section: Uint8Array, length: number): (offset: number) => string {
  const strings = Buffer.from(section.buffer, section.byteOffset, length);
  return (offset) => {
    const end = strings.indexOf(0, offset);
    return strings.toString('utf8', offset, end < 0 ? strings.length : end);
  };
}
