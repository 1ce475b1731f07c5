// What a text in the search box may mean: declarations, fields by `struct.field`, enumerators, kernels.
import { kernelName } from '../address/kernel-id.ts';
import { declarationLink, enumeratorLink, factLink, fieldLink, kernelLink } from '../address/links.ts';
import { askOnce } from '../ask/use-ask.ts';
import { type FactNameKind, SuggestDocument, SuggestFieldsDocument, type TypeKind } from '../generated/operations.ts';
import { attachPlace } from '../names/attach-place.ts';
import { plural } from '../parts/words.ts';
import { wantedOf } from './wanted.ts';

/** One meaning: where it leads, and what is said of it. */
export interface Suggestion {
  readonly kind: string;
  readonly name: string;
  readonly href: string;
  readonly note: string;
}

export const KIND_WORDS: Record<TypeKind, string> = {
  STRUCT: 'struct',
  UNION: 'union',
  ENUM: 'enum',
  TYPEDEF: 'typedef',
  FUNC: 'function',
  VAR: 'variable',
};

export const FACT_KIND_WORDS: Record<FactNameKind, string> = {
  TRACEPOINT: 'tracepoint',
  SYSCALL: 'system call',
  HELPER: 'helper',
  KFUNC: 'kfunc',
  CONFIG: 'configuration',
};

/** What is said of a field that no kernel was seen to have. */
const TYPED = 'as typed';

/** The meanings of a text, best first. */
export async function suggest(text: string, kernels: readonly string[], most = 12): Promise<readonly Suggestion[]> {
  const wanted = wantedOf(text);
  if (wanted === '') return [];
  const field = /^(\w+)\.([\w.]*)$/.exec(wanted);
  if (field !== null && !/^\d/.test(wanted)) return suggestFields(field[1]!, field[2]!, kernels, most);
  const pair = /^([a-z_]\w*) ([\w.]+)$/i.exec(wanted);
  if (pair !== null) {
    const fields = await suggestFields(pair[1]!, pair[2]!, kernels, most);
    const there = fields.filter(({ kind, note }) => kind === 'field' && note !== TYPED);
    if (there.length > 0) return there;
  }
  // An event may be written as `sched:sched_switch`, its system before it.
  const found = /^\w+(?:[/:]\w*)?$/.test(wanted)
    ? await askOnce(SuggestDocument, { text: wanted, first: most })
    : undefined;
  const names = (found?.search ?? []).map(({ kind, name, kernels: count, variants, match, modules }) => ({
    kind: KIND_WORDS[kind],
    name,
    href: declarationLink(kind, name),
    note: [
      plural(count, 'kernel'),
      variants > 1 ? plural(variants, 'form') : '',
      modules.length > 0 ? modules.slice(0, 2).join(', ') : '',
      match === 'FUZZY' ? 'a near name' : '',
    ]
      .filter(Boolean)
      .join(' · '),
  }));
  const places = (found?.search ?? []).flatMap(({ kind, name, match }) => {
    const place = match === 'FUZZY' ? undefined : attachPlace(kind, name);
    return place === undefined ? [] : [{ ...place, note: 'programs attach to it' }];
  });
  const facts = (found?.searchFacts ?? []).map(({ kind, name }) => ({
    kind: FACT_KIND_WORDS[kind],
    name,
    href: factLink(kind, name),
    note: '',
  }));
  const values = found?.enumerator?.variants ?? [];
  const enumerators =
    values.length === 0
      ? []
      : [{ kind: 'enumerator', name: wanted, href: enumeratorLink(wanted), note: `= ${values[0]!.value}` }];
  const words = wanted.toLowerCase().split(/[\s/]+/);
  const hits = kernels.filter((id) => words.every((word) => id.toLowerCase().includes(word)));
  const kernelHits = hits.slice(0, names.length > 4 ? 3 : 8).map((id) => {
    const { distro, version, arch, release } = kernelName(id);
    return { kind: 'kernel', name: release, href: kernelLink(id), note: `${distro} ${version} ${arch}` };
  });
  return mixed(wanted, [...enumerators, ...names], [...places, ...facts], kernelHits, most);
}

/** The very name first, whatever it stands for; then declarations, with room for some of the others. */
function mixed(
  wanted: string,
  names: readonly Suggestion[],
  facts: readonly Suggestion[],
  kernels: readonly Suggestion[],
  most: number,
): readonly Suggestion[] {
  const word = wanted.toLowerCase();
  const exact = ({ name }: Suggestion): boolean =>
    [name.toLowerCase(), name.toLowerCase().replace(/^(config_|bpf_|[^/]*\/)/, '')].includes(word);
  const near = ({ note }: Suggestion): boolean => note.endsWith('a near name');
  const rest = names.filter((one) => !exact(one));
  const others = facts.filter((one) => !exact(one));
  const room = Math.max(most - kernels.length - Math.min(others.length, Math.ceil(most / 3)), Math.ceil(most / 2));
  return [
    ...names.filter(exact),
    ...facts.filter(exact),
    ...rest.filter((one) => !near(one)).slice(0, room),
    ...others,
    ...kernels,
    ...rest.filter(near),
  ].slice(0, most);
}

/** Fields of a struct that begin with, or have in them, what was typed; in an early, a middle and the latest kernel. */
async function suggestFields(
  struct: string,
  path: string,
  kernels: readonly string[],
  most: number,
): Promise<readonly Suggestion[]> {
  const typed = { kind: 'field', name: `${struct}.${path}`, href: fieldLink(struct, path), note: TYPED };
  if (kernels.length === 0 || path.includes('.')) return [typed];
  const at = (part: number): string => kernels[Math.floor((kernels.length - 1) * part)]!;
  const answer = await askOnce(SuggestFieldsDocument, { struct, old: at(0), middle: at(0.5), new: at(1) });
  const types = new Map<string, string>();
  for (const one of [answer.new, answer.middle, answer.old]) {
    for (const { name, type } of one?.struct?.fields ?? []) if (name && !types.has(name)) types.set(name, type);
  }
  if (types.size === 0) {
    const near = await askOnce(SuggestDocument, { text: struct, first: 6 });
    return near.search
      .filter(({ kind }) => kind === 'STRUCT' || kind === 'UNION')
      .map(({ kind, name }) => ({
        kind: KIND_WORDS[kind],
        name,
        href: declarationLink(kind, name),
        note: `there is no struct ${struct}; a near name`,
      }));
  }
  const rank = (name: string): number => (name === path ? 0 : name.startsWith(path) ? 1 : name.includes(path) ? 2 : 3);
  const hits = [...types.keys()].filter((name) => rank(name) < 3).sort((a, b) => rank(a) - rank(b));
  const fields = hits.map((name) => ({
    kind: 'field',
    name: `${struct}.${name}`,
    href: fieldLink(struct, name),
    note: types.get(name)!,
  }));
  return (hits.includes(path) || path === '' ? fields : [...fields, typed]).slice(0, most);
}
