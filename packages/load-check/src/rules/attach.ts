// Whether a program that loads can be attached where its section says: a kprobe's symbol, a tracepoint's event, a function
// that can be traced. The kernel's own tables decide it; without them types say at most that it fails, and the rest is a
// condition. libbpf.c attach_* say what is asked of the kernel.

import { BtfKind } from '@btfq/btf-format';
import { attachability, functionFact, kprobeOn, trampolineOn } from '@btfq/kernel-tables';
import { AttachType, ProgramType, type SectionDefinition } from '@btfq/loader';
import type { AttachAnswer, LoadReason } from '../reason.ts';
import { attachPrefix } from '../features/attach-prefix.ts';
import { absence, findTarget, parseTarget } from './attach-target.ts';
import { eventTarget, rawTracepointTarget } from './attach-events.ts';
import { say, withoutTables } from './attach-reason.ts';
import { type ProgramContext, reason, startOf } from './context.ts';

/** The attach verdict and why. `holds`: whether a reason is one of the loader asked for. */
export function attachAnswer(context: ProgramContext, holds: (reason: LoadReason) => boolean): AttachAnswer {
  const reasons = attachReasons(context)?.filter(holds);
  if (reasons === undefined) return { verdict: 'not-asked', reasons: [] };
  const verdict = reasons.some((each) => each.verdict === 'fails')
    ? 'fails'
    : reasons.length > 0
      ? 'conditional'
      : 'yes';
  return { verdict, reasons };
}

/** Undefined where the section does not say what it attaches to. */
function attachReasons(context: ProgramContext): LoadReason[] | undefined {
  const { definition, type, expectedAttachType } = context.needs.program;
  const target = context.needs.attachTarget;
  if (definition === undefined || target === undefined) return undefined;
  const user = userSpaceTarget(context, definition, target);
  if (user !== undefined || target === '') return user;
  switch (type) {
    case ProgramType.Kprobe:
      return kprobeTarget(context, definition, target);
    case ProgramType.Tracepoint:
      return eventTarget(context, target);
    case ProgramType.RawTracepoint:
    case ProgramType.RawTracepointWritable:
      return rawTracepointTarget(context, target);
    case ProgramType.Lsm:
      // those of a cgroup are attached to one that user space names
      return expectedAttachType === AttachType.LsmMac ? tracedTarget(context, 'lsm', target) : undefined;
    case ProgramType.Tracing:
      return tracingTarget(context, expectedAttachType, target);
    default:
      return undefined;
  }
}

/** uprobe, usdt: a place in a program or library of the machine. */
function userSpaceTarget(
  context: ProgramContext,
  { prefix }: SectionDefinition,
  target: string,
): LoadReason[] | undefined {
  const [kind = ''] = prefix.split('.');
  if (!['uprobe', 'uretprobe', 'usdt'].includes(kind) || target === '') return undefined;
  const parts = target.split(':');
  if (parts.length < (kind === 'usdt' ? 3 : 2)) {
    const form = kind === 'usdt' ? 'PATH:PROVIDER:NAME' : 'PATH:FUNCTION';
    const message = `libbpf takes ${prefix}/${form}, and '${target}' is not of this form`;
    const place = startOf(context);
    return [
      reason(context, {
        code: 'attach-target',
        message,
        needed: target,
        evidence: 'object',
        place,
        loaders: ['libbpf'],
      }),
    ];
  }
  return [
    say(context, 'conditional', 'object', target, `${parts[0]} must be on the machine, and have ${parts.at(-1)}`),
  ];
}

/** `+0x10` behind a function's name. */
const OFFSET = /\+((?:0x)?[0-9a-fA-F]+)$/;

/** Beginnings of the functions of system calls: libbpf.c arch_specific_syscall_pfx. */
const SYSCALL_PREFIX: Readonly<Record<string, string>> = {
  x86_64: '__x64_sys_',
  i386: '__ia32_sys_',
  i686: '__ia32_sys_',
  arm64: '__arm64_sys_',
  s390x: '__s390x_sys_',
  riscv64: '__riscv_sys_',
  ppc64le: '__powerpc_sys_',
};

function kprobeTarget(
  context: ProgramContext,
  { prefix }: SectionDefinition,
  target: string,
): LoadReason[] | undefined {
  const [kind = '', variant] = prefix.split('.');
  if (variant !== undefined) return multiTarget(context, target);
  if (kind === 'ksyscall' || kind === 'kretsyscall') {
    const { view } = context;
    const wrapper = SYSCALL_PREFIX[view.kernel.arch ?? ''];
    if (wrapper === undefined) return [withoutTables(context, target)];
    const { functions } = view.kernel.tables ?? {};
    const wrapped = functions ? functionFact(functions, `${wrapper}bpf`) : view.has(BtfKind.Func, `${wrapper}bpf`);
    return functionTarget(
      context,
      kind === 'ksyscall' ? 'kprobe' : 'kretprobe',
      `${wrapped ? wrapper : '__se_sys_'}${target}`,
    );
  }
  const offset = OFFSET.exec(target);
  const name = offset === null ? target : target.slice(0, offset.index);
  const inside = offset !== null && Number(offset[1]) !== 0;
  if (inside && kind === 'kretprobe') {
    return [say(context, 'fails', 'object', target, 'kretprobes are attached to functions, not to places within them')];
  }
  const reasons = functionTarget(context, kind as 'kprobe' | 'kretprobe', name);
  if (!inside || reasons.length > 0) return reasons;
  return [say(context, 'conditional', 'image', target, `an instruction of ${name} must begin at ${offset?.[1]}`)];
}

/** kprobe.multi: a function, or a pattern of which one function is enough. */
function multiTarget(context: ProgramContext, pattern: string): LoadReason[] {
  const { view } = context;
  if (!/^[\w.*?]+$/.test(pattern)) {
    return [say(context, 'fails', 'object', pattern, `libbpf takes no pattern '${pattern}'`)];
  }
  const tables = view.kernel.tables;
  if (tables?.functions === undefined) return [withoutTables(context, pattern)];
  // CONFIG_FPROBE
  if (
    !view.has(BtfKind.Func, 'register_fprobe_ips') &&
    functionFact(tables.functions, 'register_fprobe_ips') === undefined
  ) {
    return [
      say(
        context,
        'fails',
        'btf',
        'register_fprobe_ips',
        'the kernel has no probes of many functions: it was built without fprobe',
      ),
    ];
  }
  if (!/[*?]/.test(pattern)) {
    // Those of many functions take any of a name, where a kprobe refuses it.
    const fact = functionFact(tables.functions, pattern);
    if (!fact?.several || !fact.traced) return functionTarget(context, 'kprobe', pattern);
    if (!fact.someNotTraced) return [];
    return [say(context, 'conditional', 'image', pattern, `${pattern} ${TABLE_WORDS.several}`)];
  }
  const fits = new RegExp(`^${pattern.replace(/\./g, '\\.').replace(/\*/g, '.*').replace(/\?/g, '.')}$`);
  const { names, flags } = tables.functions;
  const some = names.some((name, i) => fits.test(name) && ((flags[i] ?? 0) & 3) === 1);
  return some ? [] : [say(context, 'fails', 'image', pattern, `no function that can be traced fits ${pattern}`)];
}

/** Why the kernel's own tables refuse it, in words. */
const TABLE_WORDS: Readonly<Record<string, string>> = {
  'init-only': 'is freed once the kernel has booted',
  'kprobe-denied': "is in the kernel's list of functions without kprobes",
  'not-traced': 'cannot be traced: ftrace has no place in it',
  'no-trampolines':
    'cannot be attached to: this architecture has no trampolines in this release (arm64: from Linux 6.4 on)',
  'tracing-denied': 'is among the functions that the verifier does not let programs trace',
  'hook-disabled': 'is an LSM hook that is switched off for programs',
  several: 'is the name of several functions, and not all of them can be attached to',
  'no-type': 'has no type in BTF to be attached by',
  prototype: 'has a type that no trampoline can be made for',
};

const NOT_UNIQUE = 'is the name of several functions, and this kernel refuses kprobes on such names';

type FunctionKind = 'kprobe' | 'kretprobe' | 'fentry' | 'fexit' | 'fmod_ret' | 'lsm';

/** A function by what the tables say of it. */
function functionTarget(context: ProgramContext, kind: FunctionKind, name: string): LoadReason[] {
  const { tables } = context.view.kernel;
  if (tables === undefined) {
    const known = context.view.has(BtfKind.Func, name);
    const { verdict, placeholder, words } = absence(context, 'function', name);
    // code without debug information has symbols and no types
    if (known || (!placeholder && verdict === 'conditional')) return [withoutTables(context, name)];
    return [
      say(
        context,
        placeholder ? 'fails' : 'conditional',
        'btf',
        name,
        placeholder ? words : `${words}, and a kprobe needs its symbol`,
      ),
    ];
  }
  const answer = attachability(tables, kind, name);
  if (answer.verdict === 'yes') return [];
  if (answer.reason === 'not-known') return [withoutTables(context, name)];
  if (answer.reason === 'no-symbol') {
    const ofModule = moduleFunction(context, kind, name);
    if (ofModule !== undefined) return [ofModule];
    const { verdict, words, near } = absence(context, 'function', name);
    const clones = clonesOf(context, name);
    const message = clones === undefined ? words : `the kernel has ${name} only as ${clones}`;
    return [say(context, clones === undefined ? verdict : 'fails', 'image', name, message, clones ?? near)];
  }
  if (answer.reason === 'several' && tables.functions !== undefined && kind !== 'kprobe' && kind !== 'kretprobe') {
    if (functionFact(tables.functions, name)?.someNotTraced === false) return [];
  }
  const refused = answer.reason === 'several' && answer.verdict === 'fails';
  const words = refused ? NOT_UNIQUE : (TABLE_WORDS[answer.reason] ?? answer.reason);
  return [say(context, answer.verdict, 'image', name, `${name} ${words}`)];
}

/** A function that a module has: it must be loaded, and what its own tables say must allow it. Undefined where none has it. */
function moduleFunction(context: ProgramContext, kind: FunctionKind, name: string): LoadReason | undefined {
  const { ofModules, tables } = context.view.kernel;
  const [first, ...others] = ofModules?.functions(name) ?? [];
  if (first === undefined || tables === undefined) return undefined;
  const { module, fact } = first;
  const { hasWholeBlacklist, uniqueKprobes, trampolines } = tables;
  const byTrampoline = kind !== 'kprobe' && kind !== 'kretprobe';
  const answer = byTrampoline
    ? trampolines === false
      ? ({ verdict: 'fails', reason: 'no-trampolines' } as const)
      : trampolineOn(fact)
    : kprobeOn(fact, { hasWholeBlacklist, uniqueKprobes, stem: undefined });
  if (answer.verdict === 'fails' && others.length === 0) {
    const words = TABLE_WORDS[answer.reason] ?? answer.reason;
    return say(context, 'fails', 'image', name, `${name} of the module ${module} ${words}`, module);
  }
  return say(context, 'conditional', 'image', name, `the module ${module} must be loaded first`, module);
}

/** `NAME.isra.0`: what compilers made of a function. */
function clonesOf({ view }: ProgramContext, name: string): string | undefined {
  const names = view.kernel.tables?.functions?.names ?? [];
  let low = 0;
  for (let high = names.length; low < high; ) {
    const middle = (low + high) >>> 1;
    if (names[middle]! < `${name}.`) low = middle + 1;
    else high = middle;
  }
  const found: string[] = [];
  for (; names[low]?.startsWith(`${name}.`) === true; low++) found.push(names[low]!);
  return found.filter((clone) => !clone.endsWith('.cold')).join(', ') || undefined;
}

/** fentry, fexit, fmod_ret, fsession, tp_btf, iter. */
function tracingTarget(context: ProgramContext, attachType: number, target: string): LoadReason[] | undefined {
  switch (attachType) {
    case AttachType.TraceFentry:
      return tracedTarget(context, 'fentry', target);
    case AttachType.TraceFexit:
    case AttachType.TraceFsession:
      return tracedTarget(context, 'fexit', target);
    case AttachType.ModifyReturn:
      return tracedTarget(context, 'fmod_ret', target);
    case AttachType.TraceRawTp:
      return rawTracepointTarget(context, target);
    case AttachType.TraceIter:
      return iteratorTarget(context, target);
    default:
      return undefined;
  }
}

/** By a trampoline, at a function that the kernel's types have. */
function tracedTarget(context: ProgramContext, kind: FunctionKind, target: string): LoadReason[] {
  const { view, needs } = context;
  const { name } = parseTarget(target);
  const at = findTarget(context);
  if (at === undefined) {
    const what = kind === 'lsm' ? 'LSM hook' : 'function';
    const { verdict, words, near } = absence(context, what, target, attachPrefix(needs.program.expectedAttachType));
    return [say(context, verdict, 'btf', name, words, near)];
  }
  if (
    view.kernel.tables === undefined &&
    view.kernel.arch === 'arm64' &&
    !view.has(BtfKind.Func, 'register_ftrace_direct')
  ) {
    return [say(context, 'fails', 'btf', name, `${name} ${TABLE_WORDS['no-trampolines']}`)];
  }
  if (at.module !== 'vmlinux') {
    const told = moduleFunction(context, kind, name);
    return [
      told ?? say(context, 'conditional', 'btf', name, `the module ${at.module} must be loaded first`, at.module),
    ];
  }
  return view.kernel.tables === undefined ? [withoutTables(context, name)] : functionTarget(context, kind, name);
}

/** Iterators that need to be given a map or a cgroup. */
const WITH_OBJECT: ReadonlySet<string> = new Set(['bpf_map_elem', 'bpf_sk_storage_map', 'sockmap', 'cgroup']);

function iteratorTarget(context: ProgramContext, name: string): LoadReason[] | undefined {
  if (WITH_OBJECT.has(name)) return undefined;
  const at = findTarget(context);
  if (at === undefined) {
    const { verdict, words } = absence(context, 'iterator', name, 'bpf_iter_');
    return [say(context, verdict, 'btf', name, words)];
  }
  if (at.module !== 'vmlinux')
    return [say(context, 'conditional', 'btf', name, `the module ${at.module} must be loaded first`, at.module)];
  return context.view.kernel.tables === undefined ? [withoutTables(context, `the iterator ${name}`)] : [];
}
