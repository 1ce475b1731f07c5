// A SPEC of `btfq offsets` as it is built here: entries in the address, and its text in YAML.

/** What an entry asks for. */
export const KINDS = ['offset', 'container_of', 'size', 'exists', 'value', 'function', 'parameter'] as const;
export type EntryKind = (typeof KINDS)[number];

/** One named thing. */
export interface Entry {
  readonly name: string;
  readonly kind: EntryKind;
  /** Tried in order. */
  readonly paths: readonly string[];
  readonly optional: boolean;
}

/** Entries as the address has them: `pid:offset:task_struct.pid;state:offset:task_struct.__state|task_struct.state`. */
export function entriesOf(text: string): Entry[] {
  return text.split(';').flatMap((one): Entry[] => {
    const [name = '', kind = '', ...rest] = one.split(':');
    const paths = rest.join(':').split('|').filter(Boolean);
    if (name === '' || paths.length === 0 || !(KINDS as readonly string[]).includes(kind)) return [];
    return [{ name: name.replace(/\?$/, ''), kind: kind as EntryKind, paths, optional: name.endsWith('?') }];
  });
}

/** The way back. */
export const addressOf = (entries: readonly Entry[]): string =>
  entries
    .map(({ name, kind, paths, optional }) => `${name}${optional ? '?' : ''}:${kind}:${paths.join('|')}`)
    .join(';');

/** An entry for a path, by a name that no other has: `task_struct.real_parent->tgid` becomes `real_parent_tgid`. */
export function entryFor(path: string, kind: EntryKind, others: readonly Entry[]): Entry {
  const parts = path.split(/\.|->/).map((part) => part.replace(/\W+/g, ''));
  const own = kind === 'size' || kind === 'function' ? parts : parts.slice(1);
  const base = entryName(`${own.filter(Boolean).join('_')}${kind === 'size' ? '_size' : ''}`) ?? 'entry';
  const taken = new Set(others.map(({ name }) => name));
  let name = base;
  if (taken.has(name)) name = `${parts[0]}_${base}`;
  for (let i = 2; taken.has(name); i++) name = `${base}_${i}`;
  return { name, kind, paths: [path], optional: false };
}

/** The name that a SPEC takes for a text: letters first, no underscore before them; undefined where there are none. */
export function entryName(text: string): string | undefined {
  const name = text.replace(/\W+/g, '_').replace(/^[_\d]+/, '');
  return name === '' ? undefined : name;
}

/** The SPEC as a file. */
export function specText(entries: readonly Entry[]): string {
  const lines = entries.flatMap(({ name, kind, paths, optional }) => {
    const value = paths.length === 1 ? scalar(paths[0]!) : `[${paths.map(scalar).join(', ')}]`;
    if (kind === 'offset' && !optional) return [`  ${name}: ${value}`];
    return [`  ${name}:`, `    ${kind}: ${value}`, ...(optional ? ['    optional: true'] : [])];
  });
  return `name: offsets\nentries:\n${lines.join('\n')}\n`;
}

/** A path as YAML: in quotes where it is more than words, dots and arrows. */
const scalar = (path: string): string => (/^[A-Za-z_][\w.>()-]*$/.test(path) ? path : JSON.stringify(path));

const KEY = 'btfq.offsets';

/** The entries that were built last on this machine. */
export function lastEntries(): string {
  try {
    return localStorage.getItem(KEY) ?? '';
  } catch {
    return '';
  }
}

/** Keeps them. */
export function keepEntries(text: string): void {
  try {
    localStorage.setItem(KEY, text);
  } catch {
    // A browser that keeps nothing does not keep this either.
  }
}
