// Symbols that the kernel has to provide: variables and functions of `.ksyms`, values of its configuration. libbpf looks
// all of an object's up before it loads any program. libbpf.c bpf_object__resolve_externs.

import { BtfKind, skipModifiersAndTypedefs } from '@btfq/btf-format';
import { type ExternValue, type ProgramReach, typesAreCompatible } from '@btfq/core-reloc';
import { functionFact } from '@btfq/kernel-tables';
import type { LoaderExtern } from '@btfq/loader';
import { mayBeInModule } from '../kernel/module-names.ts';
import type { LoadKernel } from '../kernel/load-kernel.ts';
import { version } from '../kernel/version.ts';
import type { LoadReason } from '../reason.ts';
import { type ObjectContext, type ProgramContext, reason, weight } from './context.ts';
import { kfuncOfOthers } from './table-calls.ts';

/** How an extern is resolved on a kernel. */
export type Resolved =
  | { readonly state: 'present'; readonly module: string }
  | { readonly state: 'absent' | 'incompatible' | 'unknown' }
  | { readonly state: 'value'; readonly value: bigint | Uint8Array }
  /** One of a range, of which these are the ends. */
  | { readonly state: 'one-of'; readonly values: readonly bigint[] };

/** Comparisons that one prototype may cost. */
const WORK = 1 << 20;

/** Looks an extern up. */
export function resolveExtern(context: ObjectContext, extern: LoaderExtern): Resolved {
  if (extern.kind === 'kconfig') return kconfigValue(context, extern);
  const { view, requirements } = context;
  const { btf } = requirements.object;
  if (extern.typeId === 0) {
    // a typeless symbol is one of kallsyms: functions and variables of BTF are among them, others may be
    const functions = view.kernel.tables?.functions;
    const inImage = functions !== undefined && functionFact(functions, extern.name) !== undefined;
    const known = inImage || view.has(BtfKind.Func, extern.name) || view.has(BtfKind.Var, extern.name);
    return known ? { state: 'present', module: 'vmlinux' } : { state: 'unknown' };
  }
  const isFunction = extern.kind === 'ksym-function';
  const at = view.find(isFunction ? BtfKind.Func : BtfKind.Var, isFunction ? extern.essentialName : extern.name);
  if (at === undefined || btf === undefined) return { state: 'absent' };
  const targetType = skipModifiersAndTypedefs(at.btf, at.btf.sizeOrType(at.id));
  const compatible = typesAreCompatible(btf, extern.typeId, at.btf, targetType, { left: WORK });
  return compatible > 0 ? { state: 'present', module: at.module } : { state: 'incompatible' };
}

function kconfigValue(context: ObjectContext, extern: LoaderExtern): Resolved {
  const { view } = context;
  if (extern.name === 'LINUX_KERNEL_VERSION') return kernelVersion(view.kernel);
  if (extern.name === 'LINUX_HAS_BPF_COOKIE') {
    const has = view.hasHelper('get_attach_cookie');
    return has === undefined ? { state: 'unknown' } : { state: 'value', value: has ? 1n : 0n };
  }
  if (extern.name === 'LINUX_HAS_SYSCALL_WRAPPER') {
    const { arch } = view.kernel;
    const wrapper = {
      x86_64: '__x64_sys_bpf',
      arm64: '__arm64_sys_bpf',
      s390x: '__s390x_sys_bpf',
      riscv64: '__riscv_sys_bpf',
    }[arch ?? ''];
    if (wrapper === undefined) return { state: 'unknown' };
    return { state: 'value', value: view.has(BtfKind.Func, wrapper) ? 1n : 0n };
  }
  const { config } = view.kernel;
  if (config === undefined) return { state: 'unknown' };
  const text = config.get(extern.name);
  if (text === undefined) return { state: 'absent' };
  return { state: 'value', value: configNumber(text, extern) };
}

/** A configuration value as libbpf stores it. */
function configNumber(text: string, extern: LoaderExtern): bigint | Uint8Array {
  if (text === 'y' || text === 'n' || text === 'm') {
    const letter = extern.kconfig?.type === 'char';
    if (letter) return BigInt(text.charCodeAt(0));
    // enum libbpf_tristate: TRI_NO, TRI_YES, TRI_MODULE
    return text === 'y' ? 1n : text === 'm' ? 2n : 0n;
  }
  if (text.startsWith('"')) return new TextEncoder().encode(text.slice(1, -1));
  return /^(0x[0-9a-fA-F]+|-?\d+)$/.test(text) ? BigInt(text) : 0n;
}

/** KERNEL_VERSION(a, b, c) of the running kernel: libbpf get_kernel_version. */
export function kernelVersion({ release, sourceVersion }: Pick<LoadKernel, 'release' | 'sourceVersion'>): Resolved {
  const text = sourceVersion ?? release;
  if (text === undefined) return { state: 'unknown' };
  const numbers = /^(\d+)\.(\d+)\.(\d+)/.exec(text);
  if (numbers === null) return { state: 'absent' };
  const [, major = '0', minor = '0', patch = '0'] = numbers;
  const series = BigInt(Number(major) * 65536 + Number(minor) * 256);
  // Debian's and Ubuntu's releases end in .0; libbpf reads the version that they were built from
  if (sourceVersion === undefined && patch === '0') return { state: 'one-of', values: [series, series + 255n] };
  return { state: 'value', value: series + BigInt(Math.min(Number(patch), 255)) };
}

/** What externs mean for the walk through the code: one set of values, or those of both ends of a range. */
export function externVariants(context: ObjectContext): Map<string, ExternValue>[] {
  const ranged = context.requirements.object.externs.some(
    (extern) => resolveExtern(context, extern).state === 'one-of',
  );
  return ranged ? [externValues(context, 0), externValues(context, 1)] : [externValues(context, 0)];
}

function externValues(context: ObjectContext, end: number): Map<string, ExternValue> {
  const values = new Map<string, ExternValue>();
  for (const extern of context.requirements.object.externs) {
    const resolved = resolveExtern(context, extern);
    if (extern.kind !== 'kconfig') {
      if (resolved.state === 'present') values.set(extern.name, { present: true });
      else if (resolved.state === 'absent' || resolved.state === 'incompatible') {
        const may = extern.weak && resolved.state === 'absent' && mayBeOfModule(context, extern);
        // one that a module may bring is there or not
        if (!may) values.set(extern.name, { present: false });
      }
      continue;
    }
    const size = extern.kconfig?.size ?? 4;
    if (resolved.state === 'absent' && extern.weak) values.set(extern.name, { bytes: new Uint8Array(size) });
    const value =
      resolved.state === 'value' ? resolved.value : resolved.state === 'one-of' ? resolved.values[end] : undefined;
    if (value === undefined) continue;
    values.set(extern.name, { bytes: bytesOf(value, size, context.requirements.object.littleEndian) });
  }
  return values;
}

function bytesOf(value: bigint | Uint8Array, size: number, littleEndian: boolean): Uint8Array {
  const bytes = new Uint8Array(size);
  if (typeof value !== 'bigint') {
    bytes.set(value.subarray(0, size - 1));
    return bytes;
  }
  for (let i = 0; i < size; i++) bytes[littleEndian ? i : size - 1 - i] = Number((value >> BigInt(8 * i)) & 0xffn);
  return bytes;
}

/** What the object cannot do without. */
export function externReasons(context: ObjectContext): LoadReason[] {
  return context.requirements.object.externs.flatMap((extern) => {
    const resolved = resolveExtern(context, extern);
    if (extern.kind === 'kconfig') return kconfigReasons(context, extern, resolved);
    return ksymReasons(context, extern, resolved);
  });
}

function kconfigReasons(context: ObjectContext, extern: LoaderExtern, resolved: Resolved): LoadReason[] {
  const { view } = context;
  if (extern.name === 'LINUX_KERNEL_VERSION') {
    if (resolved.state !== 'absent') return [];
    const { release, sourceVersion } = view.kernel;
    return [
      reason(context, {
        code: 'kernel-release',
        message: `libbpf cannot read a version of three numbers from '${sourceVersion ?? release}'`,
        needed: 'LINUX_KERNEL_VERSION',
        found: sourceVersion ?? release,
        evidence: 'release',
        wholeObject: true,
        loaders: ['libbpf'],
      }),
    ];
  }
  const cilium = ciliumReason(context, extern, resolved);
  if (cilium !== undefined) return [cilium];
  if (extern.weak || extern.name.startsWith('LINUX_')) return [];
  if (resolved.state === 'value') return [];
  const absent = resolved.state === 'absent';
  return [
    reason(context, {
      code: 'kconfig',
      verdict: absent ? 'fails' : 'conditional',
      message: absent
        ? `the kernel's configuration does not set ${extern.name}`
        : `the kernel's configuration must set ${extern.name}`,
      needed: extern.name,
      evidence: absent ? 'config' : 'object',
      wholeObject: true,
    }),
  ];
}

/** cilium knows two names of libbpf's own, and wants every other in the configuration, weak or not. */
function ciliumReason(context: ObjectContext, extern: LoaderExtern, resolved: Resolved): LoadReason | undefined {
  const { name } = extern;
  const own = name.startsWith('LINUX_');
  if (own && name !== 'LINUX_HAS_BPF_COOKIE') return undefined;
  if (!own && (!extern.weak || resolved.state !== 'absent')) return undefined;
  return reason(context, {
    code: 'kconfig',
    message: own
      ? `cilium's loader does not know ${name}, which only libbpf fills in`
      : `the kernel's configuration does not set ${name}, and cilium's loader refuses that of weak externs too`,
    needed: name,
    evidence: own ? 'object' : 'config',
    wholeObject: true,
    loaders: ['cilium'],
  });
}

/** Whether a symbol that the kernel itself lacks may be a module's; programs call functions of modules from 5.16 on. */
function mayBeOfModule({ view }: ObjectContext, extern: LoaderExtern): boolean {
  if (extern.kind !== 'ksym-function') return mayBeInModule(view, 'variable', extern.essentialName);
  return view.version.most >= version('5.16') && mayBeInModule(view, 'function', extern.essentialName);
}

function ksymReasons(context: ObjectContext, extern: LoaderExtern, resolved: Resolved): LoadReason[] {
  const { view } = context;
  const isFunction = extern.kind === 'ksym-function';
  const what = isFunction ? 'function' : 'variable';
  if (resolved.state === 'incompatible') {
    if (extern.weak && isFunction) return [];
    return [
      reason(context, {
        code: 'ksym-type',
        message: `the kernel's ${what} ${extern.essentialName} has another type than the object declares`,
        needed: extern.essentialName,
        evidence: 'btf',
        wholeObject: true,
      }),
    ];
  }
  if (extern.weak) return [];
  if (resolved.state === 'present') {
    if (resolved.module === 'vmlinux') return [];
    return [
      reason(context, {
        code: 'ksym',
        verdict: 'conditional',
        message: `${extern.essentialName} is in the module ${resolved.module}, which must be loaded first`,
        needed: extern.essentialName,
        found: resolved.module,
        evidence: 'btf',
        wholeObject: true,
      }),
    ];
  }
  if (resolved.state === 'value') return [];
  const may = mayBeOfModule(context, extern);
  const elsewhere = may ? view.kernel.moduleWith?.(extern.essentialName) : undefined;
  const unknown = resolved.state === 'unknown' || may;
  return [
    reason(context, {
      code: 'ksym',
      verdict: unknown ? 'conditional' : 'fails',
      message:
        resolved.state === 'unknown'
          ? `${extern.name} must be among the kernel's symbols, which its types do not tell`
          : elsewhere === undefined
            ? `the kernel${may ? ' itself' : ''} has no ${what} ${extern.essentialName}${may ? ', and of its modules nothing is known' : ''}`
            : `the kernel has no ${what} ${extern.essentialName}; elsewhere the module ${elsewhere} has it`,
      needed: extern.essentialName,
      evidence: 'btf',
      wholeObject: true,
    }),
  ];
}

/** Calls of kernel functions that are reached. */
export function kfuncReasons(context: ProgramContext & { readonly reach: ProgramReach }): LoadReason[] {
  const { view, requirements } = context;
  const byName = new Map(requirements.object.externs.map((extern) => [extern.name, extern]));
  const reasons: LoadReason[] = [];
  const said = new Set<string>();
  for (const use of context.reach.externs) {
    if (!use.call || said.has(use.name)) continue;
    const extern = byName.get(use.name);
    if (extern === undefined) continue;
    const resolved = resolveExtern(context, extern);
    const common = { needed: extern.essentialName, place: use, evidence: 'btf' as const };
    if (extern.weak && (resolved.state === 'absent' || resolved.state === 'incompatible')) {
      const may = resolved.state === 'absent' && mayBeOfModule(context, extern);
      // behind a check of its presence it is not reached without it
      if (may && !use.certain) continue;
      reasons.push(
        reason(context, {
          ...common,
          code: 'kfunc',
          verdict: may ? 'conditional' : weight(use.certain),
          message:
            resolved.state === 'absent'
              ? `the kernel${may ? ' itself' : ''} has no function ${extern.essentialName}${may ? ', of its modules nothing is known' : ''}, and the call is reached`
              : `the kernel's function ${extern.essentialName} has another type, and the call is reached`,
        }),
      );
    } else if (resolved.state === 'present' && view.version.most < version('5.13')) {
      reasons.push(
        reason(context, {
          ...common,
          code: 'kfunc',
          verdict: weight(use.certain),
          message: `programs cannot call kernel functions such as ${extern.essentialName} before Linux 5.13`,
          evidence: 'release',
        }),
      );
    } else if (resolved.state === 'present' && kfuncOfOthers(context, extern.essentialName) !== undefined) {
      const types = kfuncOfOthers(context, extern.essentialName)?.map((type) => type.toLowerCase()) ?? [];
      reasons.push(
        reason(context, {
          ...common,
          code: 'kfunc',
          verdict: weight(use.certain),
          message: `the kernel function ${extern.essentialName} is for programs of type ${types.join(', ')}`,
          found: types.join(', '),
          evidence: 'image',
        }),
      );
    } else if (resolved.state === 'present' && !requirements.gplCompatible) {
      reasons.push(
        reason(context, {
          ...common,
          code: 'license',
          verdict: weight(use.certain),
          message: `kernel functions such as ${extern.essentialName} are for programs of a GPL-compatible licence`,
          evidence: 'release',
        }),
      );
    } else continue;
    said.add(use.name);
  }
  return reasons;
}
