// Whether a program that loads can be attached where its section says: a kprobe's symbol, a tracepoint's event, a function
// that can be traced. What decides it stands in the kernel's image; types alone tell some of it.

import { BtfKind } from '@btfq/btf-format';
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

/** `+0x10` behind a function's name. */
const OFFSET = /\+(0x)?[0-9a-fA-F]+$/;

function kprobe(context: ProgramContext, target: string): LoadReason[] {
  const { view } = context;
  const name = target.replace(OFFSET, '');
  const { tables } = view.kernel;
  const symbol = tables?.symbol(name) ?? 'unknown';
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
  if (symbol === 'no') return [say('fails', `the kernel has no symbol ${name}${also(context, name)}`, 'image')];
  if (tables?.blacklisted(name) === 'yes')
    return [say('fails', `${name} is in the kernel's list of functions without kprobes`, 'image')];
  if (symbol === 'yes') {
    return tables?.traceable(name) === 'no'
      ? [say('fails', `${name} cannot be traced: it is inlined, __init or notrace code`, 'image')]
      : [];
  }
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
  const event = view.kernel.tables?.event(category, name) ?? 'unknown';
  const say = (verdict: 'fails' | 'conditional', message: string, evidence: 'image' | 'btf') => [
    reason(context, { code: 'attach-target', verdict, message, needed: target, evidence, place: startOf(context) }),
  ];
  if (event === 'no') return say('fails', `the kernel has no event ${target}`, 'image');
  if (event === 'yes') return [];
  if (category === 'syscalls') return [];
  // an event has a tracepoint of its own name, or of its class's
  const known = view.find(BtfKind.Typedef, `btf_trace_${name}`) ?? view.find(BtfKind.Struct, `trace_event_raw_${name}`);
  if (known !== undefined) return [];
  return say('conditional', `the kernel's types have no tracepoint ${name}`, 'btf');
}

function rawTracepoint(context: ProgramContext, name: string): LoadReason[] {
  const { view, reach } = context;
  const told = view.kernel.tables?.rawTracepoint(name) ?? 'unknown';
  const at = view.find(BtfKind.Typedef, `btf_trace_${name}`);
  const say = (verdict: 'fails' | 'conditional', message: string, evidence: 'image' | 'btf') => [
    reason(context, { code: 'attach-target', verdict, message, needed: name, evidence, place: startOf(context) }),
  ];
  if (told === 'no') return say('fails', `the kernel has no tracepoint ${name}`, 'image');
  if (at === undefined) {
    if (typeof told === 'object' || told === 'yes') return [];
    return say('fails', `the kernel has no tracepoint ${name}`, 'btf');
  }
  const parameters = typeof told === 'object' ? told.arguments : (view.prototype(at)?.parameters ?? 1) - 1;
  const beyond = reach?.contextAccesses.find(({ off, size }) => off + size > parameters * 8);
  if (beyond === undefined) return [];
  const number = Math.floor(beyond.off / 8) + 1;
  return say(
    beyond.certain ? 'fails' : 'conditional',
    `the tracepoint ${name} has ${parameters} arguments, and argument ${number} is read`,
    typeof told === 'object' ? 'image' : 'btf',
  );
}

/** fentry, fexit, fmod_ret, lsm, tp_btf. */
function traced(context: ProgramContext): LoadReason[] | undefined {
  const { view, needs } = context;
  const { expectedAttachType } = needs.program;
  if (needs.attachTarget === undefined || findTarget(context) === undefined) return undefined;
  if (expectedAttachType === AttachType.TraceIter || expectedAttachType === AttachType.TraceRawTp) return [];
  const { name } = parseTarget(needs.attachTarget);
  const traceable =
    view.kernel.tables?.traceable(expectedAttachType === AttachType.LsmMac ? `bpf_lsm_${name}` : name) ?? 'unknown';
  const say = (verdict: 'fails' | 'conditional', message: string, evidence: 'image' | 'btf') => [
    reason(context, { code: 'attach-target', verdict, message, needed: name, evidence, place: startOf(context) }),
  ];
  if (view.kernel.arch === 'arm64' && !view.has(BtfKind.Func, 'register_ftrace_direct')) {
    return say('fails', 'on arm64 nothing attaches by a trampoline before Linux 6.4', 'btf');
  }
  if (traceable === 'no')
    return say('fails', `${name} cannot be traced: it is inlined, __init or notrace code`, 'image');
  if (traceable === 'yes') return [];
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
