// Why kernels do not load an object, or do not attach it: the reasons of all programs, gathered.
import { listed } from '../parts/words.ts';
import type { LoadRow } from './object-types.ts';

type Program = LoadRow['programs'][number];
type Reason = Program['reasons'][number] | Program['attach']['reasons'][number];

/** `fails` where some program fails to load or to attach, `conditional` where one may, else `no-objection`. */
export function verdictOf({ programs }: LoadRow): 'fails' | 'conditional' | 'no-objection' {
  const words = programs.flatMap(({ verdict, attach }) => [verdict, attach.verdict]);
  return words.includes('fails') ? 'fails' : words.includes('conditional') ? 'conditional' : 'no-objection';
}

/** The reasons of a row, the failing ones first, each once with the programs that have it. */
export function whyOf(row: LoadRow): { readonly text: string; readonly places: readonly string[] }[] {
  const found = new Map<string, { programs: Set<string>; message: string; places: Set<string>; fails: boolean }>();
  for (const { program, reasons, attach } of row.programs) {
    for (const reason of [...reasons, ...attach.reasons]) {
      const key = `${reason.verdict} ${reason.message}`;
      const one = found.get(key) ?? {
        programs: new Set(),
        message: reason.message,
        places: new Set(),
        fails: reason.verdict === 'fails',
      };
      one.programs.add(program);
      if (placeOf(reason)) one.places.add(placeOf(reason));
      found.set(key, one);
    }
  }
  return [...found.values()]
    .sort((a, b) => Number(b.fails) - Number(a.fails))
    .map(({ programs, message, places }) => ({
      text: `${programsText([...programs], row.programs.length)}: ${message}`,
      places: [...places],
    }));
}

/** `a`, `a and b`, `all 5 programs`, `3 programs`. */
export function programsText(programs: readonly string[], total: number): string {
  if (programs.length <= 2) return listed(programs);
  return programs.length === total ? `all ${total} programs` : `${programs.length} programs`;
}

/** A cause with all that it stops. */
export interface Cause {
  readonly code: string;
  readonly message: string;
  readonly needed: string;
  readonly verdict: string;
  readonly evidence: string;
  readonly programs: readonly string[];
  readonly places: readonly string[];
  readonly ids: readonly string[];
}

/** Each cause once, those that stop the most kernels first. */
export function causesOf(rows: readonly LoadRow[]): Cause[] {
  const found = new Map<string, { reason: Reason; programs: Set<string>; places: Set<string>; ids: Set<string> }>();
  for (const row of rows) {
    for (const { program, reasons, attach } of row.programs) {
      for (const reason of [...reasons, ...attach.reasons]) {
        const key = `${reason.verdict} ${reason.code} ${reason.message} ${reason.needed}`;
        const one = found.get(key) ?? { reason, programs: new Set(), places: new Set(), ids: new Set() };
        one.programs.add(program);
        if (placeOf(reason)) one.places.add(placeOf(reason));
        for (const { id } of row.kernels) one.ids.add(id);
        found.set(key, one);
      }
    }
  }
  return [...found.values()]
    .map(({ reason, programs, places, ids }) => ({
      code: reason.code,
      message: reason.message,
      needed: reason.needed,
      verdict: reason.verdict,
      evidence: reason.evidence,
      programs: [...programs],
      places: [...places],
      ids: [...ids],
    }))
    .sort((a, b) => Number(b.verdict === 'fails') - Number(a.verdict === 'fails') || b.ids.length - a.ids.length);
}

function placeOf(reason: Reason): string {
  if (!('file' in reason) || reason.file === null || reason.line === null) return '';
  return `${reason.file.replace(/^.*\//, '')}:${reason.line}${reason.column ? `:${reason.column}` : ''}`;
}
