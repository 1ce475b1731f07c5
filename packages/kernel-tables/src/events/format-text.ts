// The text of tracefs' `events/SYSTEM/EVENT/format`, without its ID line, which is given at boot.

import type { TraceEvent, TraceEvents, TraceField } from './trace-events.ts';

/** The file's lines; undefined where the event's fields or format are not known. */
export function eventFormat({ common }: TraceEvents, event: TraceEvent): string | undefined {
  if (event.fields === undefined || event.printFmt === undefined) return undefined;
  const lines = (fields: readonly TraceField[]) => fields.map(fieldLine).join('');
  return `name: ${event.name}\nformat:\n${lines(common)}\n${lines(event.fields)}\nprint fmt: ${event.printFmt}\n`;
}

function fieldLine({ declaration, offset, size, signed }: TraceField): string {
  return `\tfield:${declaration};\toffset:${offset};\tsize:${size};\tsigned:${signed ? 1 : 0};\n`;
}
