// A declaration in the manner of pahole: the index's own text, whose members carry `/* offset size */`, with holes, cache
// lines and a summary between them.
import { holesOf, type LayoutField, membersOf } from './members.ts';

const CACHE_LINE = 64;

/** The text of a layout with holes and cache lines marked. */
export function paholeText(layout: {
  readonly c: string;
  readonly size: number;
  readonly fields: readonly LayoutField[];
}): string {
  const members = membersOf(layout.fields);
  const holes = new Map(holesOf(members, layout.size).map((hole) => [hole.start, hole]));
  const own = layout.fields.filter(({ depth }) => depth === 0);
  const tops = new Map(own.map((field) => [field.bitOffset, field]));
  let line = 0;
  let depth = 0;
  let reach = 0;
  const out: string[] = [];
  for (const text of layout.c.split('\n')) {
    const place = /\/\* (\d+)(?::(\d+))? \d+ \*\/$/.exec(text);
    const opens = /\{$/.test(text);
    const closes = /^\s*\}/.test(text);
    if (closes) depth--;
    if (depth === 1 && place !== null && !closes) {
      const start = Number(place[1]) * 8 + Number(place[2] ?? 0);
      const at = Math.floor(start / 8 / CACHE_LINE);
      if (at > line && tops.has(start)) {
        out.push(`\t/* --- cacheline ${at} boundary (${at * CACHE_LINE} bytes) --- */`);
        line = at;
      }
    }
    out.push(text);
    if (opens) depth++;
    // The end of an anonymous member is that of what is inside of it.
    if (place !== null) reach = Math.max(reach, endOf(text, place));
    const hole = depth === 1 && (place !== null || closes) ? holes.get(reach) : undefined;
    if (hole?.kind === 'hole') out.push(`\t/* XXX ${amount(hole.bits)} hole */`);
  }
  const closing = out.pop() ?? '';
  const all = [...holes.values()];
  const lost = all.filter(({ kind }) => kind === 'hole').reduce((sum, { bits }) => sum + bits, 0);
  const padding = all.find(({ kind }) => kind === 'padding')?.bits ?? 0;
  out.push('');
  out.push(`\t/* size: ${layout.size}, cachelines: ${Math.ceil(layout.size / CACHE_LINE)}, members: ${own.length} */`);
  if (lost > 0) out.push(`\t/* holes: ${all.filter(({ kind }) => kind === 'hole').length}, sum: ${amount(lost)} */`);
  if (padding > 0) out.push(`\t/* padding: ${amount(padding)} */`);
  out.push(closing);
  return out.join('\n');
}

/** The bit behind a member, from the text of its declaration and of its place. */
function endOf(text: string, place: RegExpExecArray): number {
  const start = Number(place[1]) * 8 + Number(place[2] ?? 0);
  const width = /:(\d+);/.exec(text);
  return start + (width === null ? Number(/(\d+) \*\/$/.exec(text)![1]) * 8 : Number(width[1]));
}

const amount = (bits: number): string => (bits % 8 === 0 ? `${bits / 8} bytes` : `${bits} bits`);
