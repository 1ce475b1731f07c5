// A table that was written before, read back from its file in whatever language, to say how it differs from today's.

import { OffsetsError } from '../errors.ts';
import { bytesOfDigits } from '../squeeze/digits.ts';
import { unsqueeze } from '../squeeze/squeeze.ts';
import { type OffsetTable, cellText, tableKernelName } from './offset-table.ts';
import { slotsText } from './slots.ts';
import { type PackedTexts, unpackTable } from './unpack.ts';

/** By kernel and entry, the answer as `cellText` writes it. */
export type TableTexts = ReadonlyMap<string, ReadonlyMap<string, string>>;

/** How a committed table differs in one kernel. */
export interface StaleKernel {
  readonly kernel: string;
  /** `new`: the table does not have it; `gone`: only the table has it; `changed`: entries differ. */
  readonly change: 'new' | 'gone' | 'changed';
  /** Entries that differ; undefined texts where the other side does not have the entry. */
  readonly entries: readonly {
    readonly name: string;
    readonly was: string | undefined;
    readonly is: string | undefined;
  }[];
}

/** Reads a generated file back. Throws `bad-offsets-table`. */
export function readCommittedTable(text: string): TableTexts {
  if (text.trimStart().startsWith('{')) return fromJson(text);
  if (text.startsWith('distro,version,arch,release,')) return fromCsv(text);
  return fromSource(text);
}

/** What today's table says that a committed one does not, and the reverse, kernel by kernel. */
export function staleKernels(table: OffsetTable, committed: TableTexts): StaleKernel[] {
  const found: StaleKernel[] = [];
  const left = new Map(committed);
  const texts = table.rows.map((row) => row.map(cellText));
  table.kernels.forEach((kernel, i) => {
    const name = tableKernelName(kernel);
    const was = left.get(name);
    left.delete(name);
    if (was === undefined) {
      found.push({ kernel: name, change: 'new', entries: [] });
      return;
    }
    const is = new Map(
      table.spec.entries.map((entry, e) => [entry.name, texts[table.rowOf[i] as number]?.[e] as string]),
    );
    const names = [...new Set([...is.keys(), ...was.keys()])];
    const entries = names
      .map((entry) => ({ name: entry, was: was.get(entry), is: is.get(entry) }))
      .filter((one) => one.was !== one.is);
    if (entries.length > 0) found.push({ kernel: name, change: 'changed', entries });
  });
  return [...found, ...[...left.keys()].map((kernel): StaleKernel => ({ kernel, change: 'gone', entries: [] }))];
}

function fromSource(text: string): TableTexts {
  const lists = new Map<string, string[]>();
  const names: string[] = [];
  let list: string[] | undefined;
  let inside = '';
  for (const line of text.split(/\r?\n/)) {
    const mark = /^(?:\/\/|\/\*|#) table:(\w+)/.exec(line)?.[1];
    if (mark === 'end') list = undefined;
    else if (mark !== undefined) lists.set((inside = mark), (list = []));
    else if (list !== undefined) {
      const literal = /^\s*"((?:[^"\\]|\\["\\])*)",?$/.exec(line)?.[1];
      const name = /^\s+(?:\/\/|\/\*|#) (\w+)/.exec(line)?.[1];
      if (literal !== undefined) list.push(literal.replace(/\\(.)/g, '$1'));
      else if (name !== undefined && inside === 'defaults') names.push(name);
    }
  }
  const squeezed = lists.get('squeezed');
  if (squeezed !== undefined) for (const [name, texts] of squeezedTexts(squeezed)) lists.set(name, texts);
  const get = (name: string): string[] => lists.get(name) ?? [];
  if (!lists.has('kernels') || !lists.has('rows') || !lists.has('defaults'))
    throw bad('this is not a table that btfq offsets wrote');
  const signatures = get('signatures');
  const packed: PackedTexts = {
    defaults: get('defaults'),
    variants: get('variants'),
    rows: get('rows'),
    kernels: get('kernels'),
    signatures,
  };
  const { kernels, rows } = unpackTable(packed);
  if (names.length !== packed.defaults.length) throw bad('the table lacks names of entries');
  let first = 0;
  const plan = packed.defaults.map((one) => {
    const count = one.split(' ').length;
    const shape = count === 2 ? ('number' as const) : count === 3 ? ('function' as const) : ('field' as const);
    const slots = { shape, first };
    first += count;
    return slots;
  });
  const texts = rows.map((row) => new Map(plan.map((slots, e) => [names[e]!, slotsText(slots, row, signatures)])));
  return new Map(kernels.map((kernel) => [tableKernelName(kernel), texts[kernel.row] as Map<string, string>]));
}

/** The lists of a large table in C: how long they are, and how long their texts, is said first. */
function squeezedTexts([counts = '', ...digits]: readonly string[]): [name: string, texts: string[]][] {
  const [, variants, rows, kernels, length] = /^(\d{1,9}) (\d{1,9}) (\d{1,9}) (\d{1,9})$/.exec(counts) ?? [];
  if (length === undefined) throw bad('the table does not say how long its texts are');
  const texts = new TextDecoder().decode(unsqueeze(bytesOfDigits(digits.join('')), Number(length))).split('\n');
  return [
    ['variants', texts.splice(0, Number(variants))],
    ['rows', texts.splice(0, Number(rows))],
    ['kernels', texts.splice(0, Number(kernels))],
  ];
}

interface JsonCell {
  readonly alternative: number;
  readonly offsets?: readonly number[];
  readonly size?: number | null;
  readonly bitOffset?: number;
  readonly bitSize?: number | null;
  readonly value?: number | string;
  readonly parameters?: number;
  readonly signature?: string;
}

function fromJson(text: string): TableTexts {
  let value: { kernels?: Record<string, number>; rows?: Record<string, JsonCell | null>[] };
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw bad(`the table is not JSON: ${(cause as Error).message}`);
  }
  const { kernels, rows } = value;
  if (typeof kernels !== 'object' || kernels === null || !Array.isArray(rows))
    throw bad('this is not a table that btfq offsets wrote');
  const texts = rows.map((row) => new Map(Object.entries(row ?? {}).map(([name, cell]) => [name, jsonText(cell)])));
  return new Map(
    Object.entries(kernels).map(([kernel, row]) => {
      const own = texts[row];
      if (own === undefined) throw bad(`kernel ${kernel} has no row`);
      return [kernel, own];
    }),
  );
}

function jsonText(cell: JsonCell | null): string {
  if (cell === null) return '-';
  if (cell.offsets !== undefined) {
    return `${cell.alternative}:${cell.offsets.join(',')}:${cell.size ?? 0}:${cell.bitOffset ?? 0}:${cell.bitSize ?? 0}`;
  }
  if (cell.signature !== undefined) return `${cell.alternative}:${cell.parameters}:${cell.signature}`;
  return `${cell.alternative}:${cell.value}`;
}

function fromCsv(text: string): TableTexts {
  const found = new Map<string, Map<string, string>>();
  for (const line of text.split('\n').slice(1)) {
    if (line === '') continue;
    const words = csvWords(line);
    const [distro, version, arch, release, entry, alternative, , offsets, size, bitOffset, bitSize, value, type] =
      words;
    if (words.length !== 13) throw bad('a line of the table has not 13 columns');
    const kernel = `${distro}/${version}/${arch}/${release}`;
    const answer =
      alternative === ''
        ? '-'
        : offsets !== ''
          ? `${alternative}:${offsets?.replaceAll(' ', ',')}:${size || 0}:${bitOffset || 0}:${bitSize || 0}`
          : `${alternative}:${value}${type === '' ? '' : `:${type}`}`;
    const entries = found.get(kernel) ?? new Map<string, string>();
    found.set(kernel, entries.set(entry as string, answer));
  }
  return found;
}

function csvWords(line: string): string[] {
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(
    ([, wrapped, plain]) => wrapped?.replaceAll('""', '"') ?? plain ?? '',
  );
}

function bad(message: string): OffsetsError {
  return new OffsetsError('bad-offsets-table', message, { hint: 'btfq offsets SPEC -o FILE makes the table again' });
}
