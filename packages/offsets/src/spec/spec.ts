// A SPEC: the named things that a program wants to know of every kernel. docs/offsets.schema.json is its schema.

import { OffsetsError } from '../errors.ts';
import { type EntryPath, parseEntryPath } from './entry-path.ts';
import type { LocatedMember, LocatedValue, TextPlace } from './located-value.ts';

/** What an entry asks for; the key of the SPEC. */
export type EntryKind = 'offset' | 'container_of' | 'size' | 'exists' | 'value' | 'function' | 'parameter';

/** One way to an entry's answer, and where it stands. */
export interface Alternative extends EntryPath, TextPlace {}

/** A named thing that a program wants to know. */
export interface SpecEntry extends TextPlace {
  readonly name: string;
  readonly kind: EntryKind;
  /** In the order in which they are tried; never empty. */
  readonly alternatives: readonly Alternative[];
  /** Whether a kernel may lack it. */
  readonly optional: boolean;
  readonly description: string | undefined;
}

/** The whole SPEC. */
export interface OffsetsSpec {
  /** What generated names begin with; undefined where the SPEC does not say it. */
  readonly name: string | undefined;
  readonly description: string | undefined;
  readonly entries: readonly SpecEntry[];
  /** Types to define, for `btfq types`. */
  readonly types: readonly (TextPlace & { readonly name: string })[];
}

/** Keys of a SPEC, and of an entry, in the order in which they are explained. */
export const SPEC_KEYS = ['name', 'description', 'entries', 'types'] as const;
export const ENTRY_KINDS = ['offset', 'container_of', 'size', 'exists', 'value', 'function', 'parameter'] as const;
const ENTRY_KEYS = [...ENTRY_KINDS, 'optional', 'description'] as const;

const IDENTIFIER = /^[A-Za-z]\w{0,63}$/;

/** Checks a SPEC. Throws `bad-spec` and `bad-spec-path`, each with its line. */
export function parseSpec(root: LocatedValue): OffsetsSpec {
  const members = mapping(root, 'the SPEC');
  known(members, SPEC_KEYS, 'the SPEC');
  const name = member(members, 'name');
  const entries = member(members, 'entries');
  const types = member(members, 'types');
  if (entries === undefined && types === undefined) throw bad(root, 'the SPEC has no entries', 'entries: or types:');
  const spec: OffsetsSpec = {
    name: name && identifier(text(name.value, 'name'), name.value),
    description: textOf(members, 'description'),
    entries: entries === undefined ? [] : mapping(entries.value, 'entries').map(entry),
    types: types === undefined ? [] : texts(types.value, 'types').map(typeName),
  };
  distinct(spec.entries);
  return spec;
}

function entry({ key, value, line, column }: LocatedMember): SpecEntry {
  const place = { line, column };
  identifier(key, place);
  if (value.kind !== 'mapping') {
    return {
      name: key,
      kind: 'offset',
      alternatives: paths('offset', value, key),
      optional: false,
      description: undefined,
      ...place,
    };
  }
  known(value.members, ENTRY_KEYS, `entry ${key}`);
  const asked = value.members.filter((one) => (ENTRY_KINDS as readonly string[]).includes(one.key));
  const [only] = asked;
  if (only === undefined || asked.length > 1) {
    throw bad(
      asked[1] ?? value,
      `entry ${key} asks for ${asked.length === 0 ? 'nothing' : 'several things'}`,
      `one of ${ENTRY_KINDS.join(', ')}`,
    );
  }
  const kind = only.key as EntryKind;
  const optional = member(value.members, 'optional');
  if (optional !== undefined && typeof scalar(optional.value) !== 'boolean') {
    throw bad(optional.value, `optional of entry ${key} is not a truth value`, 'true or false');
  }
  return {
    name: key,
    kind,
    alternatives: paths(kind, only.value, key),
    optional: optional !== undefined && scalar(optional.value) === true,
    description: textOf(value.members, 'description'),
    ...place,
  };
}

function paths(kind: EntryKind, value: LocatedValue, entry: string): Alternative[] {
  const all = texts(value, `entry ${entry}`);
  if (all.length === 0) throw bad(value, `entry ${entry} has no path`, 'a path or several');
  return all.map(({ text, line, column }): Alternative => {
    const path = { ...parseEntryPath(text, { line, column }, entry), line, column };
    const wrong = (expected: string) =>
      new OffsetsError('bad-spec-path', `${JSON.stringify(text)} is not a path for ${kind}`, {
        line,
        column,
        entry,
        expected,
      });
    const { length } = path.segments;
    switch (kind) {
      case 'offset':
        if (length === 0) throw wrong('a field: task_struct.pid');
        break;
      case 'container_of':
        if (length !== 1) throw wrong('a field of the struct itself: mount.mnt');
        break;
      case 'value':
        if (length > 1 || /[.[]/.test(path.segments[0] ?? ''))
          throw wrong('an enumerator: PIDTYPE_PGID, pid_type.PIDTYPE_PGID');
        break;
      case 'function':
        if (length !== 0) throw wrong('a function: vfs_unlink');
        break;
      case 'parameter':
        if (length !== 1 || /[.[]/.test(path.segments[0] ?? ''))
          throw wrong('a parameter of a function: vfs_unlink.dentry');
        break;
      case 'size':
      case 'exists':
        break;
    }
    return path;
  });
}

function typeName(one: TextPlace & { text: string }): TextPlace & { name: string } {
  if (!/^(?:(?:struct|union|enum|typedef) )?[A-Za-z_]\w*$/.test(one.text)) {
    throw bad(one, `${JSON.stringify(one.text)} is not a type`, 'a name: task_struct, struct task_struct');
  }
  return { name: one.text, line: one.line, column: one.column };
}

/** Names that differ in case and underscores only would be one name in some language. */
function distinct(entries: readonly SpecEntry[]): void {
  const seen = new Map<string, SpecEntry>();
  for (const one of entries) {
    const bare = one.name.replaceAll('_', '').toLowerCase();
    const other = seen.get(bare);
    if (other !== undefined) {
      throw bad(
        one,
        `entry ${one.name} is hard to tell from ${other.name} in line ${other.line}`,
        'names that differ by more than case and underscores',
      );
    }
    seen.set(bare, one);
  }
}

function identifier(name: string, place: TextPlace): string {
  if (!IDENTIFIER.test(name))
    throw bad(
      place,
      `${JSON.stringify(name)} is not a name`,
      'letters, digits and underscores, a letter first, 64 at most',
    );
  return name;
}

function mapping(value: LocatedValue, what: string): readonly LocatedMember[] {
  if (value.kind !== 'mapping') throw bad(value, `${what} is not a mapping`, 'keys with values');
  return value.members;
}

function member(members: readonly LocatedMember[], key: string): LocatedMember | undefined {
  return members.find((one) => one.key === key);
}

function known(members: readonly LocatedMember[], keys: readonly string[], what: string): void {
  for (const one of members)
    if (!keys.includes(one.key)) throw bad(one, `${what} has the unknown key ${one.key}`, `one of ${keys.join(', ')}`);
}

function scalar(value: LocatedValue): unknown {
  return value.kind === 'scalar' ? value.value : undefined;
}

function text(value: LocatedValue, what: string): string {
  const found = scalar(value);
  if (typeof found !== 'string' || found === '') throw bad(value, `${what} is not text`, 'a text');
  return found;
}

function textOf(members: readonly LocatedMember[], key: string): string | undefined {
  const found = member(members, key);
  return found && text(found.value, key);
}

function texts(value: LocatedValue, what: string): (TextPlace & { text: string })[] {
  const items = value.kind === 'list' ? value.items : [value];
  return items.map((one) => ({ text: text(one, what), line: one.line, column: one.column }));
}

function bad({ line, column }: TextPlace, message: string, expected: string): OffsetsError {
  return new OffsetsError('bad-spec', message, { line, column, expected });
}
