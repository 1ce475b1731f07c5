// Whether a program that loads can be attached where its section says: a kprobe's symbol, a tracepoint's event, a function
// that can be traced. What decides it stands in the kernel's image; types alone tell some of it.

import { BtfKind } from '@btfq/btf-format';
import { type AttachKind, type AttachReason, attachability } from '@btfq/kernel-tables';
import { AttachType, ProgramType } from '@btfq/loader';
import type { AttachVerdict, LoadReason } from '../reason.ts';
import { findTarget, parseTarget } from './attach-target.ts';
import { type ProgramContext, reason, startOf } from './context.ts';
import { nearNames } from './near-names.ts';

/** The attach verdict and why. */
export function attachAnswer(context: ProgramContext): { attach: AttachVerdict; attachReasons: LoadReason[] } {
  const reasons = attachReasons(context);
  if (reasons === undefined) return { attach: 'not-asked', attachReasons: [] };
  if (reasons.some(({ verdict }) => verdict === 'fails')) return { attach: 'fails', attachReasons: reasons };
  return { attach: reasons.length > 0 ? 'conditional' : 'no-objection', attachReasons: reasons };
}

/** Undefined where the section does not say what it attaches to. */
function attachReasons(context: ProgramContext): LoadReason[] | undefined {
  const { needs } = context;
  const { sectionName, type, definition } = needs.program;
  if (definition === undefined || !needs.attachTarget) return undefined;
  const told = byTables(context, needs.attachTarget);
  if (told !== undefined) return told;
  const prefix = definition.prefix;
  if (prefix === 'kprobe' || prefix === 'kretprobe') return kprobe(context, needs.attachTarget);
  if (prefix === 'ksyscall' || prefix === 'kretsyscall') return undefined;
  if (type === ProgramType.Tracepoint) return tracepoint(context, needs.attachTarget);
  if (type === ProgramType.RawTracepoint || type === ProgramType.RawTracepointWritable) {
    return rawTracepoint(context, needs.attachTarget);
  }
  if (type === ProgramType.Tracing || (type === ProgramType.Lsm && sectionName.startsWith('lsm')))
    return traced(context);
  return undefined;
}

/** Why the kernel's own tables refuse it, in words. */
const TABLE_WORDS: Readonly<Partial<Record<AttachReason, string>>> = {
  'no-symbol': 'has no symbol',
  'init-only': 'is freed once the kernel has booted',
  'kprobe-denied': "is in the kernel's list of functions without kprobes",
  'not-traced': 'cannot be traced: ftrace has no place in it',
  'no-trampolines': 'cannot be attached to: the architecture has no trampolines in this release',
  'tracing-denied': 'is among the functions that the verifier does not let programs trace',
  'hook-disabled': 'is an LSM hook that is switched off for programs',
  'no-event': 'is no event of this kernel',
  'no-tracepoint': 'is no tracepoint of this kernel',
};

/** What the kernel's own tables say; undefined where there are none, or they do not tell. */
function byTables(context: ProgramContext, target: string): LoadReason[] | undefined {
  const { tables } = context.view.kernel;
  const kind = attachKindOf(context);
  if (tables === undefined || kind === undefined) return undefined;
  const name = kind === 'kprobe' || kind === 'kretprobe' ? target.replace(OFFSET, '') : parseTarget(target).name;
  // what is not in the types either does not load, and is not asked whether it attaches
  if (kind !== 'tracepoint' && kind !== 'raw_tp' && !kind.startsWith('k') && findTarget(context) === undefined)
    return undefined;
  const { verdict, reason: why } = attachability(tables, kind, name);
  const words = TABLE_WORDS[why];
  if (verdict === 'yes') return kind === 'raw_tp' ? undefined : [];
  if (verdict !== 'fails' || words === undefined) return undefined;
  const message = `${name} ${words}${why === 'no-symbol' ? also(context, name) : ''}`;
  const place = startOf(context);
  return [reason(context, { code: 'attach-target', message, needed: name, evidence: 'image', place })];
}

function attachKindOf({ needs }: ProgramContext): AttachKind | undefined {
  const { definition, type, expectedAttachType } = needs.program;
  if (type === ProgramType.Tracepoint) return 'tracepoint';
  if (type === ProgramType.RawTracepoint || type === ProgramType.RawTracepointWritable) return 'raw_tp';
  if (definition?.prefix === 'kprobe' || definition?.prefix === 'kretprobe') return definition.prefix;
  if (type === ProgramType.Lsm) return expectedAttachType === AttachType.LsmMac ? 'lsm' : undefined;
  if (type !== ProgramType.Tracing) return undefined;
  switch (expectedAttachType) {
    case AttachType.TraceFentry:
      return 'fentry';
    case AttachType.TraceFexit:
      return 'fexit';
    case AttachType.ModifyReturn:
      return 'fmod_ret';
    default:
      return undefined;
  }
}

/** `+0x10` behind a function's name. */
const OFFSET = /\+(0x)?[0-9a-fA-F]+$/;

function kprobe(context: ProgramContext, target: string): LoadReason[] {
  const { view } = context;
  const name = target.replace(OFFSET, '');
  const say = (verdict: 'fails' | 'conditional', message: string, evidence: 'image' | 'btf') =>
    reason(context, {
      code: 'attach-target',
      verdict,
      message,
      needed: name,
      evidence,
      place: startOf(context),
      found: near(context, name),
    });
  if (view.has(BtfKind.Func, name)) return [];
  // assembly and code without debug information has symbols and no types
  return [
    say(
      'conditional',
      `the kernel's types have no function ${name}${also(context, name)}; a kprobe needs its symbol`,
      'btf',
    ),
  ];
}

function near({ view }: ProgramContext, name: string): string | undefined {
  return nearNames(view.vmlinux, BtfKind.Func, name).join(', ') || undefined;
}

function also(context: ProgramContext, name: string): string {
  const names = near(context, name);
  return names === undefined ? '' : `; it has ${names}`;
}

function tracepoint(context: ProgramContext, target: string): LoadReason[] {
  const { view } = context;
  const slash = target.indexOf('/');
  if (slash < 0) return [];
  const [category, name] = [target.slice(0, slash), target.slice(slash + 1)];
  const say = (verdict: 'fails' | 'conditional', message: string, evidence: 'image' | 'btf') => [
    reason(context, { code: 'attach-target', verdict, message, needed: target, evidence, place: startOf(context) }),
  ];
  if (category === 'syscalls') return [];
  // an event has a tracepoint of its own name, or of its class's
  const known = view.find(BtfKind.Typedef, `btf_trace_${name}`) ?? view.find(BtfKind.Struct, `trace_event_raw_${name}`);
  if (known !== undefined) return [];
  return say('conditional', `the kernel's types have no tracepoint ${name}`, 'btf');
}

function rawTracepoint(context: ProgramContext, name: string): LoadReason[] {
  const { view, reach } = context;
  const at = view.find(BtfKind.Typedef, `btf_trace_${name}`);
  const say = (verdict: 'fails' | 'conditional', message: string, evidence: 'image' | 'btf') => [
    reason(context, { code: 'attach-target', verdict, message, needed: name, evidence, place: startOf(context) }),
  ];
  if (at === undefined) {
    return say('fails', `the kernel has no tracepoint ${name}`, 'btf');
  }
  const parameters = (view.prototype(at)?.parameters ?? 1) - 1;
  const beyond = reach?.contextAccesses.find(({ off, size }) => off + size > parameters * 8);
  if (beyond === undefined) return [];
  const number = Math.floor(beyond.off / 8) + 1;
  return say(
    beyond.certain ? 'fails' : 'conditional',
    `the tracepoint ${name} has ${parameters} arguments, and argument ${number} is read`,
    'btf',
  );
}

/** fentry, fexit, fmod_ret, lsm, tp_btf. */
function traced(context: ProgramContext): LoadReason[] | undefined {
  const { view, needs } = context;
  const { expectedAttachType } = needs.program;
  if (needs.attachTarget === undefined || findTarget(context) === undefined) return undefined;
  if (expectedAttachType === AttachType.TraceIter || expectedAttachType === AttachType.TraceRawTp) return [];
  const { name } = parseTarget(needs.attachTarget);
  const say = (verdict: 'fails' | 'conditional', message: string, evidence: 'image' | 'btf') => [
    reason(context, { code: 'attach-target', verdict, message, needed: name, evidence, place: startOf(context) }),
  ];
  if (view.kernel.arch === 'arm64' && !view.has(BtfKind.Func, 'register_ftrace_direct')) {
    return say('fails', 'on arm64 nothing attaches by a trampoline before Linux 6.4', 'btf');
  }
  return [
    reason(context, {
      code: 'attach-target',
      verdict: 'conditional',
      message: "whether a function can be traced stands in the kernel's image, not in its types",
      needed: name,
      evidence: 'btf',
    }),
  ];
}
