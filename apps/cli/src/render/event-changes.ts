// What changed in a trace event from one format to the next: fields that came, went, moved or became something else.
import type { TraceEventInKernels } from '@btfq/btf-index';

type Field = NonNullable<TraceEventInKernels['fields']>[number];

/** One line for each change; none where one of the formats is not known. */
export function eventChanges(before: TraceEventInKernels, after: TraceEventInKernels): string[] {
  if (before.fields === undefined || after.fields === undefined) return [];
  const changes: string[] = [];
  const [old, now] = [byName(before.fields), byName(after.fields)];
  for (const [name, field] of old) {
    const other = now.get(name);
    if (other === undefined) changes.push(`- ${field.declaration} at ${field.offset}`);
    else changes.push(...fieldChanges(name, field, other));
  }
  for (const [name, field] of now) if (!old.has(name)) changes.push(`+ ${field.declaration} at ${field.offset}`);
  if (before.printFmt !== after.printFmt) changes.push('print fmt');
  if (JSON.stringify(before.common) !== JSON.stringify(after.common)) changes.push('common fields');
  return changes;
}

/** A field's name is the last word of its declaration, without the length of an array. */
function byName(fields: readonly Field[]): Map<string, Field> {
  return new Map(
    fields.map((field) => [/(\w+)(?:\[[^\]]*\])*$/.exec(field.declaration)?.[1] ?? field.declaration, field]),
  );
}

function fieldChanges(name: string, before: Field, after: Field): string[] {
  const changes: string[] = [];
  if (before.declaration !== after.declaration) changes.push(`type ${before.declaration} to ${after.declaration}`);
  if (before.offset !== after.offset) changes.push(`offset ${before.offset} to ${after.offset}`);
  if (before.size !== after.size) changes.push(`size ${before.size} to ${after.size}`);
  if (before.signed !== after.signed) changes.push(after.signed ? 'now signed' : 'now unsigned');
  return changes.length > 0 ? [`${name}: ${changes.join(', ')}`] : [];
}
