// What a program attaches to by BTF id: a function, a tracepoint's typedef, an LSM hook, an iterator. libbpf looks it up
// before it loads the program, in the kernel and in the modules that are loaded. libbpf.c libbpf_find_attach_btf_id.

import { BtfKind, decodeType, skipModifiersAndTypedefs } from '@btfq/btf-format';
import { functionFact } from '@btfq/kernel-tables';
import { AttachType, ProgramType } from '@btfq/loader';
import { attachKind, attachPrefix } from '../features/attach-prefix.ts';
import { sleepableHook } from '../features/lsm-hooks.ts';
import type { KernelView } from '../kernel/kernel-view.ts';
import type { TypeAt } from '../kernel/load-kernel.ts';
import { isPlaceholder, mayBeInModule, type NameOf } from '../kernel/module-names.ts';
import { version } from '../kernel/version.ts';
import type { LoadReason } from '../reason.ts';
import { type ProgramContext, reason, startOf } from './context.ts';
import { nearNames } from './near-names.ts';

/** The target, split from the module that may stand before it. */
export interface Target {
  readonly module: string | undefined;
  readonly name: string;
}

/** `nf_conntrack:nf_ct_delete` names a module. */
export function parseTarget(text: string): Target {
  const colon = text.indexOf(':');
  return colon < 0 ? { module: undefined, name: text } : { module: text.slice(0, colon), name: text.slice(colon + 1) };
}

/** The type that a program attaches to; undefined where it does not attach by BTF or the kernel has none. */
export function findTarget(context: Pick<ProgramContext, 'needs' | 'view'>): TypeAt | undefined {
  const { needs, view } = context;
  const { definition, expectedAttachType, type } = needs.program;
  if (definition?.attachByBtf !== true || needs.attachTarget === undefined || type === ProgramType.Ext)
    return undefined;
  const { name, module } = parseTarget(needs.attachTarget);
  const kind = attachKind(expectedAttachType);
  const full = attachPrefix(expectedAttachType) + name;
  return module === 'vmlinux' ? view.inKernel(kind, full) : view.find(kind, full);
}

export function attachTargetReasons(context: ProgramContext): LoadReason[] {
  const { needs } = context;
  const { definition, type } = needs.program;
  if (definition?.attachByBtf !== true) return [];
  const place = startOf(context);
  if (type === ProgramType.Ext || needs.attachTarget === undefined || needs.attachTarget === '') {
    const what = type === ProgramType.Ext ? 'which program it replaces a function of' : 'what it attaches to';
    return [
      reason(context, {
        code: 'attach-not-set',
        message: `user space has to say ${what} before it is loaded`,
        needed: needs.program.sectionName,
        evidence: 'object',
        place,
        loaders: ['libbpf', 'cilium'],
      }),
    ];
  }
  const { name } = parseTarget(needs.attachTarget);
  const at = findTarget(context);
  if (at === undefined) return [missing(context, needs.attachTarget)];
  if (at.module !== 'vmlinux') {
    return [
      reason(context, {
        code: 'attach-target',
        verdict: 'conditional',
        message: `${name} is in the module ${at.module}, which must be loaded first`,
        needed: name,
        found: at.module,
        evidence: 'btf',
        place,
      }),
    ];
  }
  return [];
}

/** What the kernel makes of a target that it has: bpf_check_attach_target. */
export function hookReasons(context: ProgramContext): LoadReason[] {
  const { needs } = context;
  const { type } = needs.program;
  const at = findTarget(context);
  if (at?.module !== 'vmlinux' || needs.attachTarget === undefined) return [];
  const { name } = parseTarget(needs.attachTarget);
  const hooked = type === ProgramType.Tracing || type === ProgramType.Lsm;
  return [
    ...addressReasons(context, name),
    ...prototypeReasons(context, name, at),
    ...(hooked ? sleepReasons(context, name) : []),
  ];
}

/** A function may be in the types and no longer in the code: where all callers were inlined. */
function addressReasons(context: ProgramContext, name: string): LoadReason[] {
  const { view, needs } = context;
  const { functions, symbols } = view.kernel.tables ?? {};
  if (!TRAMPOLINES.has(needs.program.expectedAttachType) || functions === undefined || symbols !== 'kallsyms')
    return [];
  if (needs.program.type !== ProgramType.Tracing || functionFact(functions, name) !== undefined) return [];
  return [
    reason(context, {
      code: 'attach-target',
      message: `the kernel's types have the function ${name}, and its symbols do not: nothing of it is left to attach to`,
      needed: name,
      evidence: 'image',
      place: startOf(context),
    }),
  ];
}

function missing(context: ProgramContext, name: string): LoadReason {
  const { expectedAttachType } = context.needs.program;
  const what = WHAT[expectedAttachType] ?? 'function';
  const { verdict, placeholder, words, near } = absence(context, what, name, attachPrefix(expectedAttachType));
  return reason(context, {
    code: placeholder ? 'placeholder' : 'attach-target',
    verdict,
    message: words,
    needed: name,
    found: near,
    evidence: 'btf',
    place: startOf(context),
  });
}

/** What it means that the kernel itself has no such function, tracepoint, hook or iterator. */
export interface Absence {
  /** `conditional` where a module may have it. */
  readonly verdict: 'fails' | 'conditional';
  readonly placeholder: boolean;
  readonly words: string;
  /** What it has instead. */
  readonly near: string | undefined;
}

/** `prefix`: what BTF puts before such a name. */
export function absence(context: ProgramContext, what: string, target: string, prefix = ''): Absence {
  const { view, needs } = context;
  const { name, module } = parseTarget(target);
  const near = nearNames(view, what === 'function' ? BtfKind.Func : BtfKind.Typedef, name);
  const have = near.length > 0 ? `; it has ${near.join(', ')}` : '';
  const nowhere = view.kernel.anywhere?.(prefix + name) === false;
  const elsewhere = !view.modulesKnown ? view.kernel.moduleWith?.(prefix + name) : undefined;
  const placeholder = (nowhere && needs.program.definition?.attachByBtf === true) || isPlaceholder(name);
  const may =
    MODULAR.has(what) && module !== 'vmlinux' && mayBeInModule(view, MODULAR.get(what) ?? 'function', prefix + name);
  const common = { near: near.length > 0 ? near.join(', ') : undefined };
  if (placeholder && !may) {
    const lack = nowhere ? `no kernel here has a ${what} ${name}` : `the kernel has no ${what} ${name}`;
    const words = `${lack}: a placeholder, it seems, that user space replaces (--attach)`;
    return { ...common, verdict: 'fails', placeholder: true, words };
  }
  if (!may)
    return { ...common, verdict: 'fails', placeholder: false, words: `the kernel has no ${what} ${name}${have}` };
  const where =
    elsewhere === undefined
      ? 'a module may have it, and nothing is known of its modules'
      : `elsewhere the module ${elsewhere} has it`;
  const words = `the kernel itself has no ${what} ${name}${have}; ${where}`;
  return { ...common, verdict: 'conditional', placeholder: false, words };
}

/** What modules bring: LSM hooks are the kernel's own. */
const MODULAR: ReadonlyMap<string, NameOf> = new Map([
  ['function', 'function'],
  ['tracepoint', 'tracepoint'],
  ['iterator', 'function'],
]);

const WHAT: Readonly<Record<number, string>> = {
  [AttachType.TraceRawTp]: 'tracepoint',
  [AttachType.LsmMac]: 'LSM hook',
  [AttachType.LsmCgroup]: 'LSM hook',
  [AttachType.TraceIter]: 'iterator',
};

/** MAX_BPF_FUNC_ARGS. */
const MAX_ARGUMENTS = 12;

/** btf_distill_func_proto: what a trampoline cannot be made for. */
function prototypeReasons(context: ProgramContext, name: string, at: TypeAt): LoadReason[] {
  const { view, needs } = context;
  if (!TRAMPOLINES.has(needs.program.expectedAttachType)) return [];
  const proto = view.prototype(at);
  if (proto === undefined) return [];
  const say = (message: string, needed: string) =>
    reason(context, { code: 'attach-target', message, needed, evidence: 'btf', place: startOf(context) });
  if (proto.variadic) return [say(`${name} takes a variable number of arguments`, name)];
  if (proto.parameters > MAX_ARGUMENTS) {
    return [say(`${name} has ${proto.parameters} arguments, and a program can be given ${MAX_ARGUMENTS}`, name)];
  }
  if (view.version.most < version('6.0') && hasStructArgument(view, at)) {
    return [say(`${name} is given a struct by value, which programs can be from Linux 6.0 on`, name)];
  }
  return [];
}

const TRAMPOLINES: ReadonlySet<number> = new Set([
  AttachType.TraceFentry,
  AttachType.TraceFexit,
  AttachType.ModifyReturn,
  AttachType.LsmMac,
  AttachType.TraceFsession,
]);

function hasStructArgument(view: KernelView, at: TypeAt): boolean {
  const proto = view.prototype(at);
  const type = proto && decodeType(proto.btf, proto.id);
  if (proto === undefined || type?.kind !== BtfKind.FuncProto) return false;
  return type.params.some((param) => {
    const kind = proto.btf.kind(skipModifiersAndTypedefs(proto.btf, param.type));
    return kind === BtfKind.Struct || kind === BtfKind.Union;
  });
}

/** tracepoint_is_faultable: those of system calls, from Linux 7.1 on; before no program of a tracepoint sleeps. */
export const FAULTABLE_TRACEPOINTS: ReadonlySet<string> = new Set(['sys_enter', 'sys_exit']);

/** Functions of system calls may sleep and be modified wherever faults can be injected; from 7.1 on always. */
const SYSTEM_CALL = /^__(x64|ia32|arm64|s390x?|riscv|se|do)_(compat_)?sys_/;

/** What may be modified, what may sleep: kernel/bpf/verifier.c bpf_check_attach_target. */
function sleepReasons(context: ProgramContext, name: string): LoadReason[] {
  const { view, needs } = context;
  const { expectedAttachType, definition, type } = needs.program;
  const place = startOf(context);
  const injectable = view.has(BtfKind.Func, 'within_error_injection_list');
  if (expectedAttachType === AttachType.ModifyReturn && !name.startsWith('security_') && !injectable) {
    return [
      reason(context, {
        code: 'attach-target',
        verdict: view.version.most < version('6.0') ? 'fails' : 'conditional',
        message: `the return value of ${name} cannot be modified: the kernel was built without error injection`,
        needed: 'within_error_injection_list',
        evidence: 'btf',
        place,
      }),
    ];
  }
  if (definition?.sleepable !== true) return [];
  if (type === ProgramType.Lsm) {
    if (sleepableHook(name, view.version) !== 'no') return [];
    return [
      reason(context, {
        code: 'sleepable',
        message: `programs of the LSM hook ${name} must not sleep`,
        needed: `lsm.s/${name}`,
        evidence: 'release',
        place,
      }),
    ];
  }
  if (expectedAttachType === AttachType.TraceRawTp && !FAULTABLE_TRACEPOINTS.has(name)) {
    return [
      reason(context, {
        code: 'sleepable',
        message: `programs of the tracepoint ${name} must not sleep, only those of sys_enter and sys_exit may`,
        needed: needs.program.sectionName,
        evidence: 'release',
        place,
      }),
    ];
  }
  const tracesFunction = [AttachType.TraceFentry, AttachType.TraceFexit, AttachType.ModifyReturn] as readonly number[];
  if (!tracesFunction.includes(expectedAttachType) || injectable) return [];
  // from 6.1 on functions that are registered for it by modules and subsystems may be modified, and so sleep
  const always =
    SYSTEM_CALL.test(name) || name.startsWith('bpf_fentry_test') || name.startsWith('bpf_modify_return_test');
  const verdict = view.version.most < version('7.1') && !name.startsWith('bpf_') ? 'fails' : 'conditional';
  if (always && view.version.most >= version('7.1')) return [];
  return [
    reason(context, {
      code: 'sleepable',
      verdict,
      message: `${name} cannot sleep for a program: the kernel was built without error injection, whose list tells which functions may`,
      needed: 'within_error_injection_list',
      evidence: 'btf',
      place,
    }),
  ];
}
