// A packed table read back: what the generated programs do, here for the check of a committed table.

import { OffsetsError } from '../errors.ts';
import type { TableKernel } from './offset-table.ts';
import { countUp } from './dense.ts';
import { DIGITS, widthOf } from './digits.ts';

/** The lists of texts of a packed table. */
export interface PackedTexts {
  readonly defaults: readonly string[];
  readonly variants: readonly string[];
  readonly rows: readonly string[];
  readonly kernels: readonly string[];
  readonly signatures: readonly string[];
}

/** Every kernel with its row, and every row's slots. Throws `bad-offsets-table`. */
export function unpackTable(packed: PackedTexts): { kernels: (TableKernel & { row: number })[]; rows: bigint[][] } {
  const usual = packed.defaults.flatMap(numbers);
  const groups: { slots: number[]; dense: boolean; variants: bigint[][] }[] = [];
  for (const text of packed.variants) {
    if (/^[@~]/.test(text)) {
      const slots = numbers(text.slice(1)).map(Number);
      groups.push({ slots, dense: text.startsWith('~'), variants: [] });
    } else {
      const group = groups.at(-1);
      const values = group?.dense ? changed(text, group.variants.at(-1) ?? usualOf(group.slots, usual)) : numbers(text);
      if (group === undefined || values.length !== group.slots.length) throw bad('variants');
      group.variants.push(values);
    }
  }
  if (groups.some(({ slots }) => slots.some((slot) => slot >= usual.length))) throw bad('variants');
  const rows = packed.rows.map((text) => {
    const row = [...usual];
    let at = 0;
    for (const { slots, variants } of groups) {
      const width = widthOf(variants.length);
      const values = variants[number(text, at, width)];
      if (values === undefined) throw bad('rows');
      slots.forEach((slot, i) => void (row[slot] = values[i]!));
      at += width;
    }
    if (at !== text.length) throw bad('rows');
    return row;
  });
  return { kernels: packed.kernels.flatMap((line) => kernelsOf(line, rows.length)), rows };
}

function kernelsOf(line: string, rows: number): (TableKernel & { row: number })[] {
  const [distro = '', version = '', arch = '', tail = '', first = '', firstRow = '', ...rest] = line.split(' ');
  const [members = ''] = rest;
  if (rest.length !== 1) throw bad('kernels');
  const width = widthOf(rows);
  let head = first;
  let row = number(firstRow, 0, width);
  const found = [{ distro, version, arch, release: head + tail, row }];
  for (let at = 0; at < members.length; ) {
    const step = number(members, at++, 1);
    let added = step & 7;
    let dropped = (step >> 3) & 3;
    const counted = added === 0 && dropped === 0 ? number(members, at++, 1) : 0;
    if (added === 0 && dropped === 0 && counted === 0) {
      dropped = number(members, at++, 1);
      added = number(members, at++, 1);
    }
    if (dropped > head.length || at + added > members.length) throw bad('kernels');
    head = counted > 0 ? countUp(head, counted) : head.slice(0, head.length - dropped) + members.slice(at, at + added);
    at += added;
    if (step & 32) {
      row = number(members, at, width);
      at += width;
    }
    found.push({ distro, version, arch, release: head + tail, row });
  }
  if (found.some((one) => one.row >= rows)) throw bad('kernels');
  return found;
}

function usualOf(slots: readonly number[], usual: readonly bigint[]): bigint[] {
  return slots.map((slot) => usual[slot] ?? 0n);
}

/** A dense variant: what it changes in the one before. */
function changed(text: string, before: readonly bigint[]): bigint[] {
  const values = [...before];
  let at = 0;
  for (const word of text.split(' ').filter(Boolean)) {
    const [, change = '', times = '1'] = /^(-?\d{1,20})(?:\*(\d{1,6}))?$/.exec(word) ?? [];
    if (change === '' || at + Number(times) > values.length) throw bad('variants');
    for (const end = at + Number(times); at < end; at++) {
      values[at] = BigInt.asIntN(64, values[at]! + BigInt(change));
    }
  }
  return values;
}

function numbers(text: string): bigint[] {
  return text
    .split(' ')
    .filter(Boolean)
    .map((word) => {
      if (!/^-?\d{1,20}$/.test(word)) throw bad('numbers');
      return BigInt(word);
    });
}

function number(text: string, at: number, width: number): number {
  let value = 0;
  for (let i = 0; i < width; i++) {
    const digit = DIGITS.indexOf(text[at + i] ?? ' ');
    if (digit < 0) throw bad('digits');
    value = value * 64 + digit;
  }
  return value;
}

function bad(what: string): OffsetsError {
  return new OffsetsError('bad-offsets-table', `the table's ${what} cannot be read`, {
    hint: 'was the file changed by hand? Make it again with btfq offsets',
  });
}
