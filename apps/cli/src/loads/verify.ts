// `btfq loads --verify`: what the kernels' own verifiers say of the programs that nothing certain speaks against.
import type { LoadReason, LoadRequirements, ProgramAnswer } from '@btfq/load-check';
import { lastWords, type LoaderObject, type Verification, verifyObject } from '@btfq/loader';
import type { Io } from '../io.ts';
import { loadedAlone } from '../verifier/loaded-alone.ts';
import type { OpenVerifier } from '../verifier/open-verifier.ts';
import type { LoadGroup, Verified, VerifiedAnswer } from './answer.ts';

const NOT_KNOWN: Verified = { verdict: 'not-known', log: '', stats: null };

/** How kernels are opened, and what is kept of the logs. */
export interface VerifyGroupsOptions {
  /** The kernel of that name; the words why there is none. */
  readonly open: (kernel: string) => Promise<OpenVerifier | string>;
  /** Logs are large: they are only kept for who prints them. */
  readonly keepLogs: boolean;
}

/**
 * Asks the verifiers of all kernels of the groups. `groups` has those of each object. Kernels that still answer alike stay together;
 * their logs may differ, and are in `answersOf`.
 */
export async function verifyGroups(
  io: Io,
  objects: readonly LoadRequirements[],
  groups: readonly (readonly LoadGroup[])[],
  options: VerifyGroupsOptions,
): Promise<LoadGroup[][]> {
  const kernels = [...new Set(groups.flatMap((own) => own.flatMap((group) => group.kernels)))];
  const found = objects.map(() => new Map<string, VerifiedAnswer[]>());
  for (const name of kernels) {
    const verifier = await options.open(name);
    if (typeof verifier === 'string') io.note(`${name}: not known: ${verifier}`);
    objects.forEach((requirements, i) => {
      const before = groups[i]?.find((group) => group.kernels.includes(name))?.answers;
      if (before === undefined) return;
      const own =
        typeof verifier === 'string'
          ? before.map((answer) => (answer.verdict === 'fails' ? answer : { ...answer, verified: NOT_KNOWN }))
          : verifyAnswers(io, requirements, verifier, name, before, options.keepLogs);
      found[i]?.set(name, own);
    });
  }
  return found.map(regroup);
}

/** Kernels whose answers differ in nothing but logs and numbers are one group. */
function regroup(answersOf: ReadonlyMap<string, readonly VerifiedAnswer[]>): LoadGroup[] {
  const groups = new Map<string, { kernels: string[]; answers: readonly VerifiedAnswer[] }>();
  for (const [kernel, answers] of answersOf) {
    const key = JSON.stringify(answers.map(({ verified, ...answer }) => [answer, verified?.verdict]));
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { kernels: [kernel], answers });
    else group.kernels.push(kernel);
  }
  return [...groups.values()].map((group) => ({ ...group, answersOf }));
}

function verifyAnswers(
  io: Io,
  requirements: LoadRequirements,
  { kernel, start, calling }: OpenVerifier,
  name: string,
  answers: readonly ProgramAnswer[],
  keepLogs: boolean,
): VerifiedAnswer[] {
  const { object, data, maxEntries, programs } = requirements;
  const targets = new Map(programs.map(({ program, attachTarget }) => [program.name, { program, attachTarget }]));
  const unsettled = new Set(answers.filter(({ verdict }) => verdict !== 'fails').map(({ program }) => program));
  const results = new Map<string, Verification>();
  const note = (program: string, reason: string) =>
    void io.note(`${requirements.name} ${program} on ${name}: not known: ${reason}`);
  if (needsConfiguration(object) && calling.kconfig === undefined) {
    for (const program of unsettled)
      note(program, "the object asks for the kernel's configuration: give it by --kconfig");
  } else {
    const verifications = verifyObject(object, calling, {
      choose: (program) => unsettled.has(program.name) && targets.get(program.name)?.program === program,
      programs: (program) => {
        const target = targets.get(program.name)?.attachTarget;
        return target === undefined || target === program.attachTarget ? undefined : { attachTarget: target };
      },
      maps: (map) => {
        const content = map.origin === 'rodata' ? data.get(map.sectionName) : undefined;
        const entries = maxEntries.get(map.name);
        return {
          ...(content === undefined ? {} : { data: content }),
          ...(entries === undefined ? {} : { maxEntries: entries }),
        };
      },
      reset: () => kernel.restore(start),
    });
    for (const verification of verifications) {
      results.set(verification.program.name, verification);
      const { program, verdict, reason, aloneErrno, messages } = verification;
      if (verdict === 'not-known') note(program.name, reason);
      if (aloneErrno !== 0)
        io.note(`${requirements.name} ${program.name} on ${name}: passes; ${loadedAlone(aloneErrno, messages)}`);
    }
  }
  return answers.map((answer): VerifiedAnswer => {
    if (answer.verdict === 'fails') return answer;
    const result = results.get(answer.program);
    if (result === undefined) return { ...answer, verified: NOT_KNOWN };
    const verified = verifiedOf(result, keepLogs);
    if (verified.verdict !== 'fails') return { ...answer, verified };
    return { ...answer, verdict: 'fails', reasons: [reasonOf(result), ...answer.reasons], verified };
  });
}

/** Values of the kernel's configuration that libbpf does not make up itself. */
function needsConfiguration(object: LoaderObject): boolean {
  return object.externs.some(({ kind, name }) => kind === 'kconfig' && name.startsWith('CONFIG_'));
}

function verifiedOf({ verdict, log, stats }: Verification, keepLogs: boolean): Verified {
  return {
    verdict,
    log: keepLogs ? log : '',
    stats:
      stats === undefined
        ? null
        : {
            insns: stats.insns,
            max_states_per_insn: stats.maxStatesPerInsn,
            total_states: stats.totalStates,
            peak_states: stats.peakStates,
            mark_read: stats.markRead,
            stack: stats.stack ?? null,
          },
  };
}

/** The verifier's words, at the source line of the last instruction of its log; or libbpf's, where it did not get that far. */
function reasonOf({ log, reason, source }: Verification): LoadReason {
  const { instruction } = lastWords(log);
  const words = reason.trim().replace(/\n/g, '; ');
  return {
    code: log === '' ? 'refused' : 'verifier',
    verdict: 'fails',
    message: instruction === undefined ? words : `${instruction}: ${words}`,
    file: source?.file,
    line: source?.line,
    column: source?.column,
    needed: instruction ?? 'the program',
    found: undefined,
    evidence: 'verifier',
    wholeObject: false,
    loaders: ['libbpf', 'cilium', 'aya'],
  };
}
