// What a program meets only for another value of its read-only variables, which user space may set before it loads the object:
// conditions that name the variable.

import { reachOf, type ReachInputs } from '../reach.ts';
import type { LoadReason } from '../reason.ts';
import { type ReadOnlyVariable, settableVariables } from '../requirements/requirements.ts';
import type { ProgramContext } from './context.ts';

/** With more variables than this, a reason is not traced to one of them. */
const MAX_VARIABLES = 24;

/**
 * The reasons that `judge` gives when variables may have any value, and does not give (`known`) for the values that they have.
 * Variables that were set are not open.
 */
export function otherValueReasons(
  context: ProgramContext,
  inputs: ReachInputs,
  known: readonly LoadReason[],
  judge: (context: ProgramContext) => readonly LoadReason[],
): LoadReason[] {
  const { requirements, needs } = context;
  const variables = settableVariables(requirements);
  if (variables.length === 0 || context.reach === undefined) return [];
  const seen = new Set(known.map(keyOf));
  const withOpen = (open: readonly ReadOnlyVariable[]) => {
    const reach = reachOf(requirements, needs, { ...inputs, unknown: open.map(holeOf) });
    return reach === undefined ? [] : judge({ ...context, reach }).filter((each) => !seen.has(keyOf(each)));
  };
  const found = withOpen(variables);
  if (found.length === 0) return [];
  const named = new Map<string, string[]>();
  if (variables.length <= MAX_VARIABLES) {
    for (const variable of variables) {
      for (const each of withOpen([variable])) {
        const names = named.get(keyOf(each)) ?? [];
        if (!names.includes(variable.name)) named.set(keyOf(each), [...names, variable.name]);
      }
    }
  }
  return found.map((each) => {
    const names = named.get(keyOf(each)) ?? [];
    const when = names.length === 0 ? 'read-only variables are set otherwise' : whenWords(context, names);
    return { ...each, verdict: 'conditional', message: `if ${when}: ${each.message}` };
  });
}

/** `filter_cg is set`; `otherwise` where the object itself has a value there. */
function whenWords(context: ProgramContext, names: readonly string[]): string {
  const shown = names.length > 3 ? [...names.slice(0, 3), 'another'] : names;
  return `${shown.join(' or ')} is set${names.some((name) => isOn(context, name)) ? ' otherwise' : ''}`;
}

const keyOf = ({ code, message, file, line }: LoadReason) => `${code} ${message} ${file}:${line}`;

function holeOf({ section, offset, size }: ReadOnlyVariable) {
  return { section, start: offset, end: offset + size };
}

/** Whether the object itself has a value other than 0 there. */
function isOn({ requirements }: ProgramContext, name: string): boolean {
  const variable = settableVariables(requirements).find((each) => each.name === name);
  const section = variable && requirements.object.elf.section(variable.section);
  if (variable === undefined || section === undefined) return false;
  const bytes = requirements.object.elf.sectionBytes(section);
  return bytes.subarray(variable.offset, variable.offset + variable.size).some((byte) => byte !== 0);
}
