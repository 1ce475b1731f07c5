// What an object's programs ask of a kernel's tables, so that an index need not read them whole.

import { AttachType, ProgramType, programTypeWord } from '@btfq/loader';
import type { LoadRequirements } from './requirements.ts';

/** Keys of the tables, as kernel-tables' parts have them. */
export interface TableQuestions {
  readonly functions: readonly string[];
  /** Beginnings of functions that a pattern of kprobe.multi may name. */
  readonly functionPrefixes: readonly string[];
  /** `system/event`. */
  readonly events: readonly string[];
  readonly systems: readonly string[];
  readonly rawTracepoints: readonly string[];
  readonly kfuncs: readonly string[];
  /** Without BPF_PROG_TYPE_: `KPROBE`. */
  readonly programTypes: readonly string[];
}

const WRAPPERS = [
  '__x64_sys_',
  '__ia32_sys_',
  '__arm64_sys_',
  '__s390x_sys_',
  '__riscv_sys_',
  '__powerpc_sys_',
  '__se_sys_',
];

/** What all programs of an object ask, each key once. */
export function tableQuestions(requirements: LoadRequirements): TableQuestions {
  const functions = new Set<string>();
  const functionPrefixes = new Set<string>();
  const events = new Set<string>();
  const rawTracepoints = new Set<string>();
  const programTypes = new Set<string>();
  for (const { program, attachTarget: target } of requirements.programs) {
    programTypes.add((programTypeWord(program.type) ?? '').toUpperCase());
    if (target === undefined || target === '') continue;
    const name = target.slice(target.indexOf(':') + 1).replace(/\+(0x)?[0-9a-fA-F]+$/, '');
    if (program.type === ProgramType.Tracepoint) events.add(target);
    else if (program.type === ProgramType.RawTracepoint || program.type === ProgramType.RawTracepointWritable) {
      rawTracepoints.add(target);
    } else if (program.expectedAttachType === AttachType.TraceRawTp) rawTracepoints.add(target);
    else if (program.type === ProgramType.Lsm) functions.add(`bpf_lsm_${name}`);
    else if (/[*?]/.test(target)) {
      functionPrefixes.add(target.slice(0, target.search(/[*?]/)));
      functions.add('register_fprobe_ips');
    } else if (program.definition?.prefix.includes('syscall')) {
      for (const wrapper of WRAPPERS) functions.add(`${wrapper}${name}`).add(`${wrapper}bpf`);
    } else functions.add(name).add('register_fprobe_ips');
  }
  const kfuncs = new Set<string>();
  for (const extern of requirements.object.externs) {
    if (extern.kind === 'ksym-function') kfuncs.add(extern.essentialName);
    if (extern.kind !== 'kconfig' && extern.typeId === 0) functions.add(extern.name);
  }
  const systems = new Set([...events].map((event) => event.slice(0, event.indexOf('/'))));
  return {
    functions: [...functions],
    functionPrefixes: [...functionPrefixes],
    events: [...events],
    systems: [...systems],
    rawTracepoints: [...rawTracepoints],
    kfuncs: [...kfuncs],
    programTypes: [...programTypes],
  };
}
