// What other loaders than libbpf refuse of an object, or do with it: cilium/ebpf at commit 5ba0b3b27a92 and aya at 875daf9717d9,
// as their sources have it. What both do as libbpf does is in the other rules.

import { RelocationKind } from '@btfq/core-reloc';
import type { LoadReason } from '../reason.ts';
import { type ObjectContext, reason } from './context.ts';

/** What aya takes for a program's section, by the part before the first slash: ProgramSection::from_str of aya-obj/src/obj.rs. */
const AYA_SECTIONS: ReadonlySet<string> = new Set(
  `kprobe kretprobe uprobe uprobe.s uprobe.multi uprobe.multi.s uretprobe uretprobe.s uretprobe.multi uretprobe.multi.s xdp
   xdp.frags tp_btf tracepoint tp socket sk_msg sk_skb sockops classifier cgroup_skb cgroup lirc_mode2 perf_event raw_tp
   raw_tracepoint lsm lsm.s lsm_cgroup fentry fentry.s fexit fexit.s flow_dissector freplace sk_lookup sk_reuseport iter iter.s`
    .trim()
    .split(/\s+/),
);

/** What aya makes of an object: it reads all of it before it loads anything. */
export function ayaReasons(context: ObjectContext): LoadReason[] {
  if (context.loader !== 'aya') return [];
  const { object, core } = context.requirements;
  const say = (parts: Pick<Parameters<typeof reason>[1], 'code' | 'message' | 'needed'> & { conditional?: boolean }) =>
    reason(context, {
      code: parts.code,
      message: parts.message,
      needed: parts.needed,
      verdict: parts.conditional === true ? 'conditional' : 'fails',
      evidence: 'object',
      wholeObject: true,
      loaders: ['aya'],
    });
  const reasons: LoadReason[] = [];
  const sections = new Set(object.programs.filter(({ subprogram }) => !subprogram).map(sectionOf));
  for (const name of sections) {
    if (AYA_SECTIONS.has(name.split('/')[0]!)) continue;
    reasons.push(
      say({ code: 'section-name', needed: name, message: `aya knows no section '${name}' and refuses the object` }),
    );
  }
  if (core?.relocations.some(({ kind }) => kind === RelocationKind.TypeMatches)) {
    const message = 'aya knows no relocations that ask whether a type matches (bpf_core_type_matches)';
    reasons.push(say({ code: 'relocation', needed: 'BPF_CORE_TYPE_MATCHES', message }));
  }
  const roots = new Set(
    core?.relocations.map(({ typeId }) => (typeId < core.btf.typeCount ? core.btf.name(typeId) : '')),
  );
  for (const root of roots) {
    if (root.indexOf('___') === root.lastIndexOf('___')) continue;
    const message = `aya takes ${root} for a flavour of ${root.slice(0, root.indexOf('___'))}, other loaders of ${root.slice(0, root.lastIndexOf('___'))}`;
    reasons.push(say({ code: 'relocation', needed: root, message, conditional: true }));
  }
  const kconfig = object.externs.find(({ kind }) => kind === 'kconfig');
  if (kconfig !== undefined) {
    const message = `aya fills in no externs of .kconfig, such as ${kconfig.name}`;
    reasons.push(say({ code: 'kconfig', needed: kconfig.name, message, conditional: true }));
  }
  return reasons;
}

/** With the `?` of those that libbpf leaves out. */
function sectionOf({ autoload, sectionName }: { readonly autoload: boolean; readonly sectionName: string }): string {
  return autoload ? sectionName : `?${sectionName}`;
}
