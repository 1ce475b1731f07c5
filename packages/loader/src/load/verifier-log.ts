// libbpf's words in the verifier's log: where the verifier met an instruction that libbpf made invalid, the log says what
// was missing. libbpf.c fixup_verifier_log and the three that it calls.

import { formatSpec, POISON_IMM, questionsOf } from '@btfq/core-reloc';
import { POISON_KFUNC_BASE, POISON_MAP_BASE } from './references.ts';
import type { LoadState, ProgramState } from './state.ts';

/** How many lines from the end are looked at. */
const LAST_LINES = 10;
const POISON = /^invalid func unknown#(\d+)/;
const CALL = /^(\d+): \(\d+\) call unknown#(-?\d+)/;

/** The log with the two lines of a poisoned instruction replaced, where it ends with such. */
export function explainPoison(state: LoadState, target: ProgramState, log: string): string {
  const lines = log.split('\n');
  // what follows the last newline is no line of its own unless it has text
  let at = lines.at(-1) === '' ? lines.length - 2 : lines.length - 1;
  for (let left = LAST_LINES; left > 0 && at >= 0; left--, at--) {
    const number = POISON.exec(lines[at]!)?.[1];
    if (number === undefined || at === 0) continue;
    const isCore = lines[at] === `invalid func unknown#${POISON_IMM}`;
    if (!isCore && !number.startsWith('200100') && !number.startsWith('2002')) continue;
    const call = CALL.exec(lines[at - 1]!);
    if (call === null) return log;
    const insn = Number(call[1]);
    const words = isCore
      ? coreWords(state, target, insn, Number(call[2]))
      : referenceWords(state, insn, Number(call[2]), number);
    if (words === undefined) return log;
    lines.splice(at - 1, 2, ...words);
    return lines.join('\n');
  }
  return log;
}

function coreWords(state: LoadState, target: ProgramState, insn: number, imm: number): string[] | undefined {
  const { core } = state.object;
  const found = target.core.find((entry) => entry.insn === insn);
  if (core === undefined || found === undefined || imm !== POISON_IMM) return undefined;
  const { spec } = questionsOf(core).ofRecord[found.relocation.index] ?? {};
  if (spec === undefined) return undefined;
  return [`${insn}: <invalid CO-RE relocation>`, `failed to resolve CO-RE relocation ${formatSpec(spec)}`];
}

function referenceWords(state: LoadState, insn: number, imm: number, number: string): string[] | undefined {
  if (number.startsWith('200100')) {
    const map = state.maps[imm - POISON_MAP_BASE];
    if (map === undefined) return undefined;
    return [
      `${insn}: <invalid BPF map reference>`,
      `BPF map '${map.definition.name}' is referenced but wasn't created`,
    ];
  }
  const extern = state.externs[imm - POISON_KFUNC_BASE]?.extern;
  if (extern === undefined) return undefined;
  return [`${insn}: <invalid kfunc call>`, `kfunc '${extern.name}' is referenced but wasn't resolved`];
}
