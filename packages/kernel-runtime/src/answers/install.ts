// Puts the answers at the addresses of their functions.
import type { Session } from '../session.ts';
import type { Answer } from './answer.ts';
import { ANSWERED } from './table.ts';

interface Rules {
  readonly exact: ReadonlyMap<string, Answer>;
  readonly prefixes: readonly (readonly [string, Answer])[];
}

function rulesOf(): Rules {
  const exact = new Map<string, Answer>();
  const prefixes: [string, Answer][] = [];
  for (const { names, answer } of ANSWERED) {
    for (const name of names.trim().split(/\s+/)) {
      if (name.endsWith('*')) prefixes.push([name.slice(0, -1), answer]);
      else if (!exact.has(name)) exact.set(name, answer);
    }
  }
  return { exact, prefixes };
}

function answerFor(name: string, { exact, prefixes }: Rules): Answer | undefined {
  return exact.get(name) ?? prefixes.find(([prefix]) => name.startsWith(prefix))?.[1];
}

/** Installs all answers; gives the addresses of the functions that have one. */
export function installAnswers(session: Session): Set<bigint> {
  const { machine } = session;
  const { symbols, emulator } = machine;
  const rules = rulesOf();
  const answered = new Set<bigint>();
  for (let index = 0; index < symbols.count; index++) {
    if (!machine.isFunction(index)) continue;
    const address = symbols.addresses[index]!;
    if (answered.has(address) || address >> 40n === 0n) continue;
    const answer = answerFor(symbols.name(index), rules);
    if (answer === undefined) continue;
    answered.add(address);
    if (typeof answer === 'number') machine.replaceFunction(address, answer);
    else {
      emulator.hook(address, () => {
        emulator.returnWith(answer(session));
        return undefined;
      });
    }
  }
  return answered;
}
