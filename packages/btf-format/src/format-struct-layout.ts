// A struct's layout as text in pahole's manner: C, with the offset and size of each member in a comment, and what is
// lost to holes and padding.

import type { LayoutMember, StructLayout } from './struct-layout.ts';

/** Columns that pahole gives to the type and to the name. */
const TYPE_COLUMNS = 26;
const NAME_COLUMNS = 23;
const TAB = 8;
const PACKED = ' __attribute__((__packed__))';

/**
 * The text of a layout, without a newline at its end. The lines are those of `pahole -C`, but for the spelling of types
 * (C's, where pahole has more spaces) and of anonymous enums, which are not spelled out.
 */
export function formatStructLayout(layout: StructLayout): string {
  const lines: string[] = [];
  const cacheLine = { size: layout.cacheLine, last: 0 };
  lines.push(`${layout.kind} ${layout.name} {`.replace('  ', ' '));
  formatMembers(layout, 1, lines, cacheLine);
  lines.push('', ...formatSummary(layout));
  const aligned = layout.alignment === undefined ? '' : ` __attribute__((__aligned__(${layout.alignment})))`;
  lines.push(`}${layout.packed ? PACKED : ''}${aligned};`);
  return lines.join('\n');
}

interface CacheLine {
  readonly size: number;
  /** The last one whose boundary was printed. */
  last: number;
}

function formatMembers(layout: StructLayout, depth: number, lines: string[], cacheLine: CacheLine): void {
  const tabs = '\t'.repeat(depth);
  let afterComment = false;
  layout.members.forEach((member, i) => {
    const before = layout.members[i - 1];
    if (afterComment) lines.push('');
    if (before !== undefined && before.bitHole > 0 && member.bitSize !== undefined && before.bitSize !== undefined) {
      lines.push(`${tabs}/* Force alignment to the next boundary: */`, `${tabs}${split(member)[0]} :0;`, '');
    }
    // what a member of a union says of cache lines holds for none of the others
    const line = layout.kind === 'union' ? { ...cacheLine } : cacheLine;
    formatBoundary(member.offset, tabs, lines, line);
    formatMember(member, depth, lines, line);
    if (layout.kind === 'union') return;
    const comments = [
      member.padding > 0 ? `last struct has ${plural(member.padding, 'byte')} of padding` : '',
      member.bitHole > 0 ? `${plural(member.bitHole, 'bit')} hole, try to pack` : '',
      member.hole > 0 ? `${plural(member.hole, 'byte')} hole, try to pack` : '',
    ].filter(Boolean);
    afterComment = comments.length > 0;
    if (afterComment) lines.push('', ...comments.map((comment) => `${tabs}/* XXX ${comment} */`));
  });
}

function plural(count: number, unit: string): string {
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}

function formatBoundary(offset: number, tabs: string, lines: string[], cacheLine: CacheLine): void {
  const number = Math.floor(offset / cacheLine.size);
  if (number <= cacheLine.last) return;
  cacheLine.last = number;
  const past = offset % cacheLine.size;
  const ago = past === 0 ? '' : ` was ${plural(past, 'byte')} ago`;
  lines.push(`${tabs}/* --- cacheline ${number} boundary (${number * cacheLine.size} bytes)${ago} --- */`);
}

function formatMember(member: LayoutMember, depth: number, lines: string[], cacheLine: CacheLine): void {
  const tabs = '\t'.repeat(depth);
  const columns = TYPE_COLUMNS - (depth - 1) * TAB;
  const place = comment(member);
  const aligned = member.alignment === undefined ? '' : ` __attribute__((__aligned__(${member.alignment})))`;
  if (member.inner !== undefined) {
    const qualifiers = member.declaration.slice(0, member.declaration.indexOf(`${member.inner.kind} {`));
    lines.push(`${tabs}${qualifiers}${member.inner.kind} {`);
    formatMembers(member.inner, depth + 1, lines, cacheLine);
    const name = split(member)[1];
    const end = `}${member.inner.packed ? PACKED : ''}${name === '' ? '' : ` ${name}`}${aligned};`;
    lines.push(`${tabs}${end.padEnd(columns + NAME_COLUMNS)}${place}`);
    return;
  }
  const [type, name] = split(member);
  const bits = member.bitSize === undefined ? '' : `:${member.bitSize}`;
  const line = `${type.padEnd(columns)} ${name}${bits}${aligned};`;
  lines.push(`${tabs}${line.padEnd(columns + NAME_COLUMNS - 1)} ${place}`);
}

/** The offset and size, a bitfield's first bit after the offset. */
function comment({ offset, size, bitOffset, bitSize }: LayoutMember): string {
  const at = String(offset).padStart(5);
  return bitSize === undefined
    ? `/* ${at} ${String(size).padStart(5)} */`
    : `/* ${at}:${String(bitOffset).padStart(2)} ${String(size).padStart(2)} */`;
}

/** `char comm[16]` into `char` and `comm[16]`, `int (*f)(void)` into `int` and `(*f)(void)`. */
function split({ declaration, name, inner }: LayoutMember): [type: string, declarator: string] {
  if (inner !== undefined) return ['', declaration.slice(declaration.indexOf('}') + 1).trim()];
  let at = name === '' ? declaration.length : placeOf(name, declaration);
  const parenthesis = declaration.indexOf(' (*');
  if (parenthesis >= 0 && parenthesis < at) at = parenthesis + 1;
  return [declaration.slice(0, at).trimEnd(), declaration.slice(at)];
}

/** Where the declared name stands: the last place before any parameters where it is a word. */
function placeOf(name: string, declaration: string): number {
  const word = /[\w$]/;
  for (let at = declaration.indexOf(name); at >= 0; at = declaration.indexOf(name, at + 1)) {
    const before = declaration[at - 1] ?? ' ';
    const after = declaration[at + name.length] ?? ' ';
    // what follows a name is the end, an index, or the parenthesis of its parameters; a type is followed by a space
    if (!word.test(before) && !word.test(after) && after !== ' ') return at;
    if (at + name.length === declaration.length && !word.test(before)) return at;
  }
  return declaration.length;
}

/** What it all comes to. */
function formatSummary(layout: StructLayout): string[] {
  const { members, size, cacheLine } = layout;
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  const bytes = sum(members.map(({ bitSize, size: own }) => (bitSize === undefined ? own : 0)));
  const bits = sum(members.map(({ bitSize }) => bitSize ?? 0));
  const holes = members.map(({ hole }) => hole).filter((hole) => hole > 0);
  const bitHoles = members.map(({ bitHole }) => bitHole).filter((hole) => hole > 0);
  const paddings = members.map(({ padding }) => padding).filter((padding) => padding > 0);
  const forced = members.filter(({ alignment }) => alignment !== undefined);
  const forcedHoles = members
    .map(({ hole }, i) => (members[i + 1]?.alignment === undefined ? 0 : hole))
    .filter((hole) => hole > 0);

  const lines = [`size: ${size}, cachelines: ${Math.ceil(size / cacheLine)}, members: ${members.length}`];
  if (layout.kind === 'struct' && holes.length + bitHoles.length > 0) {
    const inHoles = holes.length > 0 ? `, holes: ${holes.length}, sum holes: ${sum(holes)}` : '';
    if (bytes > 0) lines.push(`sum members: ${bytes}${inHoles}`);
    const inBits =
      bitHoles.length > 0
        ? `, bit holes: ${bitHoles.length}, sum bit holes: ${sum(bitHoles)} bits`
        : ` (${Math.floor(bits / 8)} bytes)`;
    if (bits > 0) lines.push(`sum bitfield members: ${bits} bits${inBits}`);
  }
  if (layout.padding > 0) lines.push(`padding: ${layout.padding}`);
  if (paddings.length > 0) lines.push(`paddings: ${paddings.length}, sum paddings: ${sum(paddings)}`);
  if (forced.length > 0) {
    const inForced =
      forcedHoles.length > 0 ? `, forced holes: ${forcedHoles.length}, sum forced holes: ${sum(forcedHoles)}` : '';
    lines.push(`forced alignments: ${forced.length}${inForced}`);
  }
  if (layout.bitPadding > 0) lines.push(`bit_padding: ${layout.bitPadding} bits`);
  if (size % cacheLine !== 0) lines.push(`last cacheline: ${size % cacheLine} bytes`);
  return lines.map((line) => `\t/* ${line} */`);
}
