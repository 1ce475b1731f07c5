// A trace event's record as a C struct: fields at their offsets, with the gaps between them spelled out.
import type { TraceEventInKernels } from '@btfq/btf-index';

/** The lines of `struct trace_event_NAME`. */
export function eventStruct(name: string, { common, fields }: TraceEventInKernels): string[] {
  if (fields === undefined) return [`/* ${name}: its fields are not known */`];
  const lines = [`struct trace_event_${name} {`];
  let at = 0;
  let gaps = 0;
  for (const { declaration, offset, size, signed } of [...common, ...fields]) {
    if (offset > at) lines.push(`\tchar __pad${gaps++}[${offset - at}];`);
    lines.push(`\t${member(declaration, size, signed)} /* ${offset} */`);
    at = offset + size;
  }
  lines.push('};');
  return lines;
}

/** A dynamic array is identified by a word: its offset in the low 16 bits, its length in the high ones. */
function member(declaration: string, size: number, signed: boolean): string {
  const dynamic = /^__(?:data|rel)_loc .* (\w+)$/.exec(declaration);
  if (dynamic) return `__u32 __data_loc_${dynamic[1]};`;
  const [, type = '', field = ''] = /^(.*?)\s*(\w+(?:\[\d*\])*)$/.exec(declaration) ?? [];
  const sign = signed ? '__s' : '__u';
  const width = [1, 2, 4, 8].includes(size) ? `${sign}${size * 8}` : undefined;
  const isPlain =
    /^(?:const )?(?:unsigned |signed )?(?:char|short|int|long|long long)$|^(?:__)?[us](?:8|16|32|64)$|^bool$/.test(
      type,
    );
  // The kernel's own types are not at hand in a program: their width is.
  if (isPlain || field.includes('[')) return `${type} ${field};`;
  return width === undefined ? `char ${field}[${size}]; /* ${type} */` : `${width} ${field};`;
}
