// Which kernels are meant: the language of `--where` and of GraphQL's filter, parsed here and nowhere else.
//
//   distro=debian|ubuntu,arch=x86_64,release=6.1.*-cloud-amd64,release>=5.4
//
// Conditions are joined by commas and must all hold; words joined by bars are alternatives; * and ? stand for any text
// and any character, in any word; < <= > >= compare kernel releases as versions compare.

import { archAlias, compareReleases } from '@btfq/kernel-source/identity';
import type { KernelIdentity } from '../answer-types.ts';
import { IndexError } from '../errors.ts';
import type { BtfIndex } from '../store/btf-index.ts';
import { configSymbol } from './config.ts';

const FIELDS = ['distro', 'version', 'arch', 'release'] as const;
/** `config.CONFIG_X` is a symbol of the configuration. */
type Field = (typeof FIELDS)[number] | `config.CONFIG_${string}`;
type Operator = '=' | '!=' | '<' | '<=' | '>' | '>=';

/** One condition; one of `words` is enough (for `!=`: none may hold). */
export interface Condition {
  readonly field: Field;
  readonly operator: Operator;
  readonly words: readonly string[];
}

/** Conditions that must all hold. None of them: every kernel. */
export interface KernelFilter {
  readonly conditions: readonly Condition[];
  /** Only declarations of this module; `vmlinux`: only those of kernels themselves. */
  readonly module?: string | undefined;
}

/** GraphQL's form: alternatives by field; `release` may have ranges (`>=5.4`), which must all hold. */
export interface KernelFilterInput {
  readonly distro?: readonly string[] | null | undefined;
  readonly version?: readonly string[] | null | undefined;
  readonly arch?: readonly string[] | null | undefined;
  readonly release?: readonly string[] | null | undefined;
  /** A module's name, or `vmlinux`. */
  readonly module?: string | null | undefined;
  readonly text?: string | null | undefined;
}

/** Parses filters as `--where` takes them; several must all hold. Throws `bad-filter`. */
export function parseWhere(text: string | readonly string[]): KernelFilter {
  const texts = typeof text === 'string' ? [text] : text;
  let module: string | undefined;
  const conditions: Condition[] = [];
  for (const part of texts.flatMap((one) => one.split(','))) {
    const named = /^module\s*=\s*([\w-]+)$/.exec(part.trim())?.[1];
    if (named !== undefined && module !== undefined) throw badFilter('only one module can be asked for');
    if (named !== undefined) module = moduleName(named);
    else conditions.push(parseCondition(part.trim()));
  }
  return { conditions, ...(module !== undefined && { module }) };
}

/** A module's name as the kernel writes it: dashes of file names are underscores. */
export function moduleName(name: string): string {
  return name.replaceAll('-', '_');
}

function parseCondition(text: string): Condition {
  const match = /^([\w.-]+)\s*(!=|<=|>=|=|<|>)\s*(.+)$/.exec(text);
  if (!match) throw badFilter(`${JSON.stringify(text)} is not a condition`);
  const [, name = '', operator, words = ''] = match;
  const symbol = /^config\.(?:CONFIG_)?(\w+)$/.exec(name)?.[1];
  if (symbol !== undefined) {
    if (operator !== '=' && operator !== '!=') throw badFilter(`CONFIG_${symbol} has no order`);
    return condition(`config.CONFIG_${symbol}`, operator, words.split('|'));
  }
  const field = FIELDS.find((known) => known === name || (known === 'version' && name === 'distro-version'));
  if (field === undefined) throw badFilter(`kernels have no ${JSON.stringify(name)}`);
  return condition(field, operator as Operator, words.split('|'));
}

function condition(field: Field, operator: Operator, words: readonly string[]): Condition {
  const trimmed = words.map((word) => word.trim());
  if (trimmed.length === 0 || trimmed.includes('')) throw badFilter(`${field}${operator} lacks a word`);
  if (operator !== '=' && operator !== '!=' && field !== 'release') {
    throw badFilter(`${field} has no order: only release can be compared with ${operator}`);
  }
  return { field, operator, words: field === 'arch' ? trimmed.map((word) => archAlias(word)) : trimmed };
}

/** The filter of GraphQL's input. Throws `bad-filter`. */
export function filterFromInput(input: KernelFilterInput): KernelFilter {
  const conditions: Condition[] = [];
  for (const field of FIELDS) {
    const words = input[field];
    if (words === null || words === undefined) continue;
    const plain: string[] = [];
    for (const word of words) {
      const range = /^(<=|>=|<|>|!=)\s*(.*)$/.exec(word);
      if (range) conditions.push(condition(field, range[1] as Operator, range[2]!.split('|')));
      else plain.push(...word.split('|'));
    }
    if (plain.length > 0 || words.length === 0) {
      // an empty list lets nothing through: no word of it is enough
      conditions.push(plain.length > 0 ? condition(field, '=', plain) : { field, operator: '=', words: [] });
    }
  }
  const text = input.text ? parseWhere(input.text) : undefined;
  conditions.push(...(text?.conditions ?? []));
  const module = input.module ? moduleName(input.module) : text?.module;
  return { conditions, ...(module !== undefined && { module }) };
}

function badFilter(message: string): IndexError {
  return new IndexError('bad-filter', message, {
    expected: 'distro=debian|ubuntu,version=12,arch=x86_64,release=6.1*,release>=5.4',
    hint: 'conditions are FIELD=WORD joined by commas; FIELD is distro, version, arch, release, module or config.SYMBOL',
  });
}

/**
 * Whether a kernel is meant, as far as its name says: conditions on its configuration are not looked at. Those are for
 * the index: see `maskOf`.
 */
export function matches(filter: KernelFilter, kernel: KernelIdentity): boolean {
  return filter.conditions.every((one) => holds(one, kernel));
}

function isConfig(field: Field): field is `config.CONFIG_${string}` {
  return field.startsWith('config.');
}

function holds({ field, operator, words }: Condition, kernel: KernelIdentity): boolean {
  if (isConfig(field)) return true;
  const value = kernel[field];
  switch (operator) {
    case '=':
      return words.some((word) => globMatches(word, value));
    case '!=':
      return !words.some((word) => globMatches(word, value));
    default:
      return words.some((word) => ordered(operator, compareToRelease(value, word)));
  }
}

function ordered(operator: '<' | '<=' | '>' | '>=', order: number): boolean {
  if (operator === '<') return order < 0;
  if (operator === '<=') return order <= 0;
  return operator === '>' ? order > 0 : order >= 0;
}

/**
 * The order of a kernel's release and a bound. A bound of numbers alone stands for the version with everything that
 * follows it: `6.1.0-50-amd64` is neither above nor below `6.1`.
 */
function compareToRelease(release: string, bound: string): number {
  if (!/^\d+(\.\d+)*$/.test(bound)) return compareReleases(release, bound);
  const wanted = bound.split('.').map(Number);
  const found = (/^\d+(\.\d+)*/.exec(release)?.[0] ?? '').split('.').map(Number);
  for (let i = 0; i < wanted.length; i++) {
    const order = (found[i] ?? 0) - wanted[i]!;
    if (order !== 0) return order;
  }
  return 0;
}

/**
 * Whether a pattern of `*` and `?` means all of a text. Only the last `*` is ever tried again, so that the time is at most
 * the product of both lengths: a regular expression of many `*` would take exponential time.
 */
export function globMatches(pattern: string, text: string): boolean {
  let at = 0;
  let star = -1; // place of the last `*`
  let taken = 0; // where the text that it stands for ends
  let i = 0;
  while (i < text.length) {
    if (pattern[at] === '*') {
      star = at++;
      taken = i;
    } else if (at < pattern.length && (pattern[at] === '?' || pattern[at] === text[i])) {
      at++;
      i++;
    } else if (star >= 0) {
      at = star + 1;
      i = ++taken;
    } else return false;
  }
  while (pattern[at] === '*') at++;
  return at === pattern.length;
}

const MASKS = Symbol('masks');

/** By rank, whether a filter lets a kernel through; undefined for no filter. */
export function maskOf(index: BtfIndex, where: KernelFilter | undefined): Uint8Array | undefined {
  if (where === undefined || where.conditions.length === 0) return undefined;
  const masks = index.cached(MASKS, () => new WeakMap<KernelFilter, Uint8Array>());
  let mask = masks.get(where);
  if (mask === undefined) {
    mask = Uint8Array.from(index.catalog().kernels, (kernel) => (matches(where, kernel) ? 1 : 0));
    for (const condition of where.conditions) if (isConfig(condition.field)) maskByConfig(index, mask, condition);
    masks.set(where, mask);
  }
  return mask;
}

/** Takes out kernels whose configuration is not known or says otherwise. A symbol that it does not have is `n`. */
function maskByConfig(index: BtfIndex, mask: Uint8Array, { field, operator, words }: Condition): void {
  const catalog = index.catalog();
  const value = new Map<number, string>();
  for (const kernelId of catalog.kernelIdsIn(catalog.withConfig)) value.set(kernelId, 'n');
  for (const one of configSymbol(index, field.slice('config.'.length)).values) {
    for (const kernelId of one.kernelIds) value.set(kernelId, one.value);
  }
  catalog.kernels.forEach(({ id }, rank) => {
    const own = value.get(id);
    const any = own !== undefined && words.some((word) => globMatches(word, own));
    if (own === undefined || any !== (operator === '=')) mask[rank] = 0;
  });
}
