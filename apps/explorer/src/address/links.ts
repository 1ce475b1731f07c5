// The addresses of all views, for links.
import type { ChangeKind, FactNameKind, TypeKind } from '../generated/operations.ts';
import { withSearch } from './address.ts';

const make = (path: string, state: Record<string, string | undefined> = {}): string => {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(state)) if (value) params.set(name, value);
  return `#${withSearch(path, params)}`;
};
const name = (text: string): string => encodeURIComponent(text);

export const startLink = (text?: string): string => make('/', { q: text });
export const structLink = (struct: string, state: { at?: string; pick?: string; kind?: 'union' } = {}): string =>
  make(`/${state.kind ?? 'struct'}/${name(struct)}`, { at: state.at, pick: state.pick });
export const fieldLink = (struct: string, path: string, kind: 'struct' | 'union' = 'struct'): string =>
  make(`/field/${name(`${struct}.${path}`)}`, kind === 'union' ? { kind } : {});
export const compareLink = (
  struct: string,
  from?: string,
  to?: string,
  kind?: 'struct' | 'union',
  open: readonly string[] = [],
): string =>
  make(`/compare/${name(struct)}`, { from, to, kind: kind === 'union' ? kind : undefined, open: open.join(',') });
export const kernelsLink = (): string => make('/kernels');
export const kernelLink = (id: string): string => make(`/kernel/${id}`);
export const diffLink = (from?: string, to?: string, kind?: TypeKind, change?: ChangeKind): string =>
  make('/diff', { from, to, kind, change });
export const objectLink = (): string => make('/object');
export const bundleLink = (): string => make('/bundle');

const PATHS: Record<TypeKind, string> = {
  STRUCT: 'struct',
  UNION: 'union',
  ENUM: 'enum',
  TYPEDEF: 'typedef',
  FUNC: 'func',
  VAR: 'var',
};
/** The view of any declaration. */
export const declarationLink = (kind: TypeKind, text: string): string => make(`/${PATHS[kind]}/${name(text)}`);
/** The view of what is no declaration. An event is `system/event`. */
export const factLink = (kind: FactNameKind, text: string): string =>
  make(`/${kind.toLowerCase()}/${text.split('/').map(name).join('/')}`);
/** What programs attach to besides functions and events: hooks of security modules, structs of functions, iterators. */
export const attachLink = (kind: 'lsm-hook' | 'struct-ops' | 'iterator', text: string): string =>
  make(`/${kind}/${name(text)}`);
export const featuresLink = (kind?: string): string => make('/features', { kind });
/** The view of a feature: helpers and kfuncs have their own. */
export const featureLink = (kind: string, text: string): string =>
  kind === 'helper' || kind === 'kfunc' ? make(`/${kind}/${name(text)}`) : make(`/feature/${name(text)}`);
export const offsetsLink = (spec?: string): string => make('/offsets', { spec });
export const enumeratorLink = (text: string): string => make(`/enumerator/${name(text)}`);

/** The struct, union or enum that a type names, where it does: `struct mm_struct *` names mm_struct. */
export function typeLink(type: string): string | undefined {
  const found = /\b(struct|union|enum) (\w+)/.exec(type);
  if (found) return make(`/${found[1]}/${name(found[2]!)}`);
  const alone = /^(?:const )?(\w+)(?: ?\**)?(?:\[\d*\])*$/.exec(type)?.[1];
  return alone === undefined || BASE_TYPES.has(alone) ? undefined : make(`/typedef/${name(alone)}`);
}
const BASE_TYPES = new Set(['int', 'char', 'void', 'short', 'long', 'unsigned', '_Bool', 'float', 'double']);
