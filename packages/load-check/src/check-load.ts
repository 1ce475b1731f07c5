// checkLoad: for each program of an object whether a kernel loads and attaches it, with every reason.

import { relocateObject, type RelocationResult } from '@btfq/core-reloc';
import type { LoadKernel, Relocated } from './kernel/load-kernel.ts';
import { KernelView } from './kernel/kernel-view.ts';
import type { LoaderName, LoadReason, ProgramAnswer, Verdict } from './reason.ts';
import { reachOf } from './reach.ts';
import type { LoadRequirements } from './requirements/requirements.ts';
import { attachAnswer } from './rules/attach.ts';
import { attachTargetReasons, hookReasons } from './rules/attach-target.ts';
import { inOrderOfVisit, type ObjectContext, type ProgramContext, reason } from './rules/context.ts';
import { externReasons, externVariants, kfuncReasons } from './rules/externs.ts';
import { functionInfoReasons } from './rules/function-info.ts';
import { globalFunctionReasons } from './rules/global-functions.ts';
import { ayaReasons } from './rules/loaders.ts';
import { mapReasons, mapUseReasons } from './rules/maps.ts';
import { otherValueReasons } from './rules/other-values.ts';
import { programTypeReasons, sectionReasons } from './rules/program-type.ts';
import { relocationReasons } from './rules/relocations.ts';
import { structOpsReasons, unreferencedReasons } from './rules/struct-ops.ts';
import {
  argumentReasons,
  helperReasons,
  instructionReasons,
  jumpTableReasons,
  licenseReasons,
  poisonReasons,
} from './rules/verifier.ts';

/** How to judge. */
export interface CheckLoadOptions {
  /** Whose rules hold; default libbpf. */
  readonly loader?: LoaderName;
}

/**
 * What a kernel makes of each program, in the object's order. `no-objection` means that nothing in types and tables
 * speaks against it: the verifier's own logic is not run.
 *
 * ```ts
 * for (const { program, verdict, reasons } of checkLoad(requirements, { name: '6.1', target: kernel })) {
 *   console.log(program, verdict, reasons.map(({ message }) => message));
 * }
 * ```
 *
 * The outline, in the order of libbpf's bpf_object_load, so that the first reason is the one at which loading ends:
 * 1. what holds for the whole object: byte order, externs, struct_ops, relocations, maps
 * 2. for each program its section, attach target, type, then what the verifier would meet: core-reloc follows it, with
 *    relocations applied and externs resolved as this kernel has them
 * 3. whether it can be attached: rules/attach.ts
 */
export function checkLoad(
  requirements: LoadRequirements,
  kernel: LoadKernel,
  options: CheckLoadOptions = {},
): ProgramAnswer[] {
  return checkLoadOn(requirements, new KernelView(kernel), options);
}

/** The same over a view, which may be asked about many objects and remembers what it was asked. */
export function checkLoadOn(
  requirements: LoadRequirements,
  view: KernelView,
  options: CheckLoadOptions = {},
): ProgramAnswer[] {
  const context: ObjectContext = { requirements, view, loader: options.loader ?? 'libbpf' };
  const holds = (each: LoadReason) => each.loaders.includes(context.loader);
  const relocations = relocated(context);
  const before = [
    ...byteOrder(context),
    ...ayaReasons(context),
    ...externReasons(context),
    ...structOpsReasons(context),
    ...relocationReasons(context, relocations.results, undefined),
  ].filter(holds);
  const maps = mapReasons(context).filter(holds);
  const inputs = { view, code: relocations.code, externs: externVariants(context) };
  return requirements.programs.map((needs) => {
    const reach = reachOf(requirements, needs, inputs);
    const own: ProgramContext = { ...context, needs, reach };
    const told = [
      ...before,
      ...relocationReasons(own, relocations.results, needs).filter(holds),
      ...jumpTableReasons(own).filter(holds),
      ...maps,
      ...programReasons(own, relocations.results).filter(holds),
    ];
    // what fails anyway is not asked what else might
    const others =
      worst(told) === 'fails'
        ? []
        : otherValueReasons(own, inputs, told, (open) => reachedReasons(open, relocations.results).filter(holds));
    const reasons = [...told, ...others];
    return {
      program: needs.program.name,
      section: needs.program.autoload ? needs.program.sectionName : `?${needs.program.sectionName}`,
      verdict: worst(reasons),
      reasons,
      attach: attachAnswer(own, holds),
    };
  });
}

/**
 * In libbpf's and the kernel's order: libbpf_prepare_prog_load, then bpf_prog_load and bpf_check. The first reason that fails is
 * where loading ends.
 */
function programReasons(context: ProgramContext, results: readonly RelocationResult[]): LoadReason[] {
  return [
    ...sectionReasons(context),
    ...unreferencedReasons(context),
    ...attachTargetReasons(context),
    ...programTypeReasons(context),
    ...functionInfoReasons(context),
    ...hookReasons(context),
    ...licenseReasons(context),
    ...mapUseReasons(context),
    ...instructionReasons(context, 'everywhere'),
    ...globalFunctionReasons(context),
    ...reachedReasons(context, results),
  ];
}

/** What depends on where the verifier gets to. */
function reachedReasons(context: ProgramContext, results: readonly RelocationResult[]): LoadReason[] {
  const { reach } = context;
  if (reach === undefined) return instructionReasons(context, 'reached');
  const followed = { ...context, reach };
  return inOrderOfVisit(reach, [
    ...instructionReasons(context, 'reached'),
    ...poisonReasons(followed, results),
    ...helperReasons(followed),
    ...kfuncReasons(followed),
    ...argumentReasons(followed),
  ]);
}

function worst(reasons: readonly LoadReason[]): Verdict {
  if (reasons.some(({ verdict }) => verdict === 'fails')) return 'fails';
  return reasons.length > 0 ? 'conditional' : 'no-objection';
}

function byteOrder(context: ObjectContext): LoadReason[] {
  const { requirements, view } = context;
  if (requirements.object.littleEndian === view.vmlinux.littleEndian) return [];
  const order = requirements.object.littleEndian ? 'little-endian' : 'big-endian';
  return [
    reason(context, {
      code: 'byte-order',
      message: `the object is ${order}, and the kernel is not`,
      needed: order,
      evidence: 'btf',
      wholeObject: true,
    }),
  ];
}

const done = new WeakMap<object, { readonly requirements: LoadRequirements; readonly relocated: Relocated }>();

/** Kernels may share a target: what was last relocated against it is kept. */
function relocated({ requirements, view }: ObjectContext): Relocated {
  const { core } = requirements;
  if (core === undefined) return { results: [], code: new Map() };
  const known = view.kernel.relocated?.(core);
  if (known !== undefined) return known;
  let last = done.get(view.target);
  if (last?.requirements !== requirements) {
    last = { requirements, relocated: relocateObject(core, view.target) };
    done.set(view.target, last);
  }
  return last.relocated;
}
