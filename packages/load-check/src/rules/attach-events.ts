// Attaching to tracepoints: by their trace events (`tracepoint`, `tp`), or directly (`raw_tp`, `tp_btf`).
// kernel/trace/bpf_trace.c, kernel/bpf/syscall.c bpf_raw_tp_link_attach.

import { BtfKind } from '@btfq/btf-format';
import { isPlaceholder, mayBeInModule } from '../kernel/module-names.ts';
import type { LoadReason } from '../reason.ts';
import { say, withoutTables } from './attach-reason.ts';
import { absence, FAULTABLE_TRACEPOINTS } from './attach-target.ts';
import type { ProgramContext } from './context.ts';

/** `system/event`. */
export function eventTarget(context: ProgramContext, target: string): LoadReason[] {
  const { view, needs } = context;
  const slash = target.indexOf('/');
  const [system, name] = [target.slice(0, slash), target.slice(slash + 1)];
  if (slash <= 0) return [say(context, 'fails', 'object', target, `libbpf takes SYSTEM/EVENT, not '${target}'`)];
  if (needs.program.definition?.sleepable === true && system !== 'syscalls') {
    return [
      say(context, 'fails', 'release', target, 'programs that sleep attach to the tracepoints of system calls only'),
    ];
  }
  const events = view.kernel.tables?.events?.events;
  if (events !== undefined) {
    if (events.some((event) => event.system === system && event.name === name && event.enableable)) return [];
    const ofModule = view.kernel.ofModules?.event(target) ?? 'not-known';
    if (typeof ofModule === 'object') {
      const { module } = ofModule;
      return [say(context, 'conditional', 'image', target, `the module ${module} must be loaded first`, module)];
    }
    const own = events.some((event) => event.system === system);
    const may =
      ofModule === 'not-known' &&
      system !== 'syscalls' &&
      mayBeInModule(view, 'tracepoint', `btf_trace_${name}`) &&
      !(own && !MODULAR.has(system));
    const words = own
      ? `the kernel's system ${system} has no event ${name}`
      : `the kernel has no events of a system ${system}`;
    if (!may) return [say(context, 'fails', 'image', target, words)];
    return [
      say(
        context,
        'conditional',
        'image',
        target,
        `${words}; a module may have it, and nothing is known of its modules`,
      ),
    ];
  }
  if (isPlaceholder(target)) return [say(context, 'fails', 'btf', target, `${target} seems to be a placeholder`)];
  const known = view.find(BtfKind.Typedef, `btf_trace_${name}`) ?? view.find(BtfKind.Struct, `trace_event_raw_${name}`);
  if (known !== undefined && known.module !== 'vmlinux') {
    return [
      say(context, 'conditional', 'btf', target, `the module ${known.module} must be loaded first`, known.module),
    ];
  }
  return [withoutTables(context, target)];
}

/** Systems of which modules bring further events. */
const MODULAR: ReadonlySet<string> = new Set(['kvm', 'bpf_testmod', 'module']);

/** The tracepoint of `raw_tp/NAME` or `tp_btf/NAME`. */
export function rawTracepointTarget(context: ProgramContext, name: string): LoadReason[] {
  const { view, needs } = context;
  const btf = view.find(BtfKind.Typedef, `btf_trace_${name}`);
  const known = view.kernel.tables?.rawTracepoints;
  const own = known?.find((each) => each.name === name);
  if (known !== undefined ? own === undefined : btf === undefined) {
    if (btf !== undefined && btf.module !== 'vmlinux') {
      return [say(context, 'conditional', 'btf', name, `the module ${btf.module} must be loaded first`, btf.module)];
    }
    const { verdict, words } = absence(context, 'tracepoint', name, 'btf_trace_');
    // its typedef needs debug information, which the tracepoint itself does not
    const certain = known !== undefined || verdict === 'conditional' ? verdict : 'fails';
    return [say(context, certain, known === undefined ? 'btf' : 'image', name, words)];
  }
  if (needs.program.definition?.sleepable === true && !FAULTABLE_TRACEPOINTS.has(name)) {
    return [
      say(
        context,
        'fails',
        'release',
        name,
        `programs that sleep do not attach to ${name}, only to sys_enter and sys_exit`,
      ),
    ];
  }
  const beyond = needs.program.definition?.attachByBtf === true ? [] : tooFar(context, name, own?.args);
  if (beyond.length > 0) return beyond;
  return known === undefined ? [withoutTables(context, name)] : [];
}

/** A raw_tp program that reads arguments which the tracepoint lacks loads, and does not attach. */
function tooFar(context: ProgramContext, name: string, count: number | undefined): LoadReason[] {
  const { view, reach } = context;
  const at = view.find(BtfKind.Typedef, `btf_trace_${name}`);
  const typed = at && view.prototype(at);
  const args = count ?? (typed === undefined ? undefined : typed.parameters - 1);
  if (args === undefined) return [];
  const beyond = reach?.contextAccesses.find(({ off, size }) => off + size > args * 8);
  if (beyond === undefined) return [];
  const message = `the tracepoint ${name} has ${args} argument${args === 1 ? '' : 's'}, and argument ${Math.floor(beyond.off / 8) + 1} is read`;
  const verdict = beyond.certain ? 'fails' : 'conditional';
  return [say(context, verdict, count === undefined ? 'btf' : 'image', name, message, `${args}`)];
}
