// struct_ops: tables of functions that the kernel registers by a struct's name. libbpf.c bpf_map__init_kern_struct_ops.

import { BtfKind, decodeType } from '@btfq/btf-format';
import { type LoaderMap, ProgramType } from '@btfq/loader';
import { version } from '../kernel/version.ts';
import type { LoadReason } from '../reason.ts';
import { type ObjectContext, type ProgramContext, reason, startOf } from './context.ts';

/** Structs that the kernel itself registers, never a module. */
const OWN_TABLES: ReadonlySet<string> = new Set(['tcp_congestion_ops', 'bpf_dummy_ops', 'sched_ext_ops', 'Qdisc_ops']);

export function structOpsReasons(context: ObjectContext): LoadReason[] {
  return context.requirements.object.maps
    .filter(({ structOps, autocreate }) => structOps !== undefined && autocreate)
    .flatMap((map) => tableReasons(context, map));
}

function tableReasons(context: ObjectContext, map: LoaderMap): LoadReason[] {
  const { view, requirements } = context;
  const { btf } = requirements.object;
  const { structOps } = map;
  if (btf === undefined || structOps === undefined) return [];
  const name = btf.name(structOps.typeId).replace(/___.*$/, '');
  const common = { code: 'struct-ops', needed: `struct ${name}`, evidence: 'btf', wholeObject: true } as const;
  const registered = view.find(BtfKind.Struct, `bpf_struct_ops_${name}`);
  const type = view.find(BtfKind.Struct, name);
  if (registered === undefined || type === undefined) {
    // structs are registered by modules too
    const may = registered === undefined && !view.modulesKnown && !OWN_TABLES.has(name);
    return [
      reason(context, {
        ...common,
        verdict: may ? 'conditional' : 'fails',
        message:
          type === undefined
            ? `the kernel has no struct ${name}`
            : `the kernel takes no programs as struct ${name}: it has no struct bpf_struct_ops_${name}`,
      }),
    ];
  }
  const reasons: LoadReason[] = [];
  if (map.sectionName.endsWith('.link') && view.version.most < version('6.4')) {
    reasons.push(
      reason(context, {
        ...common,
        message: `'${map.name}' is attached by a link, which Linux 6.4 is the first to do for struct_ops`,
        needed: 'BPF_F_LINK',
        evidence: 'release',
      }),
    );
  }
  const own = decodeType(btf, structOps.typeId);
  const theirs = decodeType(type.btf, type.id);
  if (own.kind !== BtfKind.Struct || theirs.kind !== BtfKind.Struct) return reasons;
  const members = new Set(theirs.members.map((member) => member.name));
  own.members.forEach((member, i) => {
    if (member.name === '' || members.has(member.name)) return;
    const offset = member.bitOffset / 8;
    const filled =
      structOps.programs[i] !== undefined || structOps.data.subarray(offset, offset + 8).some((byte) => byte !== 0);
    // libbpf passes over members that are zero
    if (!filled) return;
    reasons.push(
      reason(context, {
        ...common,
        message: `the kernel's struct ${name} has no member ${member.name}`,
        needed: `${name}.${member.name}`,
      }),
    );
  });
  return reasons;
}

/** The members, as `struct.member`, that point to a program. */
export function membersOf({ requirements, needs }: ProgramContext): string[] {
  const { btf, maps } = requirements.object;
  if (btf === undefined || needs.program.type !== ProgramType.StructOps) return [];
  return maps.flatMap(({ structOps }) => {
    const type = structOps && decodeType(btf, structOps.typeId);
    if (structOps === undefined || type?.kind !== BtfKind.Struct) return [];
    const struct = type.name.replace(/___.*$/, '');
    return structOps.programs.flatMap((program, i) =>
      program === needs.program.index ? `${struct}.${type.members[i]?.name}` : [],
    );
  });
}

/** libbpf refuses a struct_ops program that no struct has: libbpf.c libbpf_prepare_prog_load. */
export function unreferencedReasons(context: ProgramContext): LoadReason[] {
  const { program } = context.needs;
  if (program.type !== ProgramType.StructOps || membersOf(context).length > 0) return [];
  return [
    reason(context, {
      code: 'struct-ops',
      message: `no struct of the object has the struct_ops program ${program.name}`,
      needed: program.sectionName,
      evidence: 'object',
      place: startOf(context),
      loaders: ['libbpf'],
    }),
  ];
}
