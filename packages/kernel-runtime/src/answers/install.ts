// Puts the answers at the addresses of their functions.
import type { Emulator } from '@btfq/emulator';
import { KernelRuntimeError } from '../errors.ts';
import type { Session } from '../session.ts';
import type { Answer } from './answer.ts';
import { ANSWERED } from './table.ts';

interface Rules {
  readonly exact: ReadonlyMap<string, Answer>;
  /** By their first three letters. */
  readonly prefixes: ReadonlyMap<string, readonly (readonly [string, Answer])[]>;
}

function rulesOf(has?: (name: string) => boolean): Rules {
  const exact = new Map<string, Answer>();
  const prefixes = new Map<string, [string, Answer][]>();
  for (const { names, answer, unless } of ANSWERED) {
    if (has !== undefined && unless?.(has)) continue;
    for (const name of names.trim().split(/\s+/)) {
      if (name.endsWith('*')) {
        const prefix = name.slice(0, -1);
        const list = prefixes.get(prefix.slice(0, 3));
        if (list === undefined) prefixes.set(prefix.slice(0, 3), [[prefix, answer]]);
        else list.push([prefix, answer]);
      } else if (!exact.has(name)) exact.set(name, answer);
    }
  }
  return { exact, prefixes };
}

function answerFor(name: string, { exact, prefixes }: Rules): Answer | undefined {
  return exact.get(name) ?? prefixes.get(name.slice(0, 3))?.find(([prefix]) => name.startsWith(prefix))?.[1];
}

/** The answers of a kernel. */
export interface InstalledAnswers {
  /** The addresses of all functions that have one. */
  readonly answered: ReadonlySet<bigint>;
  /** Those of which the host is asked, with the name that the answer was found by. */
  readonly hooks: readonly (readonly [address: bigint, name: string])[];
}

/** Installs all answers. */
export function installAnswers(session: Session): InstalledAnswers {
  const { machine } = session;
  const { symbols, emulator } = machine;
  const rules = rulesOf((name) => symbols.address(name) !== undefined);
  const answered = new Set<bigint>();
  const hooks: [bigint, string][] = [];
  for (let index = 0; index < symbols.count; index++) {
    if (!machine.isFunction(index)) continue;
    const address = symbols.addresses[index]!;
    if (answered.has(address) || address >> 40n === 0n) continue;
    const name = symbols.name(index);
    const answer = answerFor(name, rules);
    if (answer === undefined) continue;
    answered.add(address);
    if (typeof answer === 'number') machine.replaceFunction(address, answer);
    else {
      hookAnswer(emulator, session, address, answer);
      hooks.push([address, name]);
    }
  }
  return { answered, hooks };
}

/** Asks the host at addresses that `installAnswers` has given; a name without such an answer any more is `stale-save`. */
export function installHooks(session: Session, hooks: InstalledAnswers['hooks']): void {
  const rules = rulesOf();
  for (const [address, name] of hooks) {
    const answer = answerFor(name, rules);
    if (typeof answer !== 'function') {
      throw new KernelRuntimeError('bad-save', `The kernel was saved with another table: ${name} has no answer here`);
    }
    hookAnswer(session.machine.emulator, session, address, answer);
  }
}

function hookAnswer(emulator: Emulator, session: Session, address: bigint, answer: (of: Session) => bigint): void {
  emulator.hook(address, () => {
    emulator.returnWith(answer(session));
    return undefined;
  });
}
