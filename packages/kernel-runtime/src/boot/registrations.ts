// What boot registers with bpf: kfuncs, destructors, iterators, struct_ops, functions whose return value may be changed. The functions
// that register are found by their calls; those that call them are run as they are. Where that fails, as they do much else, all
// other functions that they call are answered with 0 or with a piece of memory, and they are run again.
import type { KernelMemory } from '@btfq/kernel-tables';
import { KernelRuntimeError } from '../errors.ts';
import type { Machine } from '../machine.ts';
import { hasBpfLsm } from './find-data.ts';
import { callAtSite } from './call-arguments.ts';
import { type CallSite, calleesOf, findCallSites } from './call-sites.ts';

const REGISTERING = [
  'register_btf_kfunc_id_set',
  'register_btf_id_dtor_kfuncs',
  'register_btf_fmodret_id_set',
  'bpf_iter_reg_target',
  'register_bpf_struct_ops',
  '__register_bpf_struct_ops',
] as const;
/** Instructions for parsing the kernel's BTF, which the first registration would do. */
const PARSE_BUDGET = 500e6;
/** Instructions for one of them. */
const BUDGET = 300e6;
/**
 * Init functions that register nothing, but set what the verifier uses: the register that stands for a stack slot of any content,
 * that there is an allocator for objects of programs, and that the security module of bpf is active.
 */
const PREPARING = ['unbound_reg_init', 'bpf_global_ma_init', 'bpf_lsm_init'] as const;
/** And with its callees answered, each of which costs the host more than an instruction. */
const ANSWERED_BUDGET = 1e6;
const LOW_MEMORY = 0x10000;
/** Functions of these names give memory. */
const ALLOCATES = /alloc|create|dup/;
/** Functions of these names only compute, or are how compilers call and return: they are run. */
const COMPUTES = /^(_*find_|cpumask_|__bitmap|mem|str|__fentry__|__stack_chk)|_thunk/;

/** How one function that registers something was dealt with. */
export interface Registration {
  readonly function: string;
  /** Run as it is; run with its callees answered; not run, but its calls were made; failed, with the reason. */
  readonly outcome: 'run' | 'callees-answered' | 'called' | 'failed';
  /** Why it was not run as it is, where its calls were made or it failed. */
  readonly reason?: string;
}

/** Runs all that registers. */
export function runRegistrations(
  machine: Machine,
  memory: KernelMemory,
  isAnswered: (address: bigint) => boolean,
): Registration[] {
  const { symbols } = machine;
  const targets = new Set<bigint>();
  for (const name of REGISTERING) for (const index of symbols.indexesOf(name)) targets.add(symbols.addresses[index]!);
  const parse = symbols.address('bpf_get_btf_vmlinux');
  if (parse !== undefined) machine.call(parse, [], PARSE_BUDGET);
  for (const name of PREPARING) {
    const address = symbols.address(name);
    if (address !== undefined && (name !== 'bpf_lsm_init' || hasBpfLsm(memory))) machine.call(address, [], BUDGET);
  }
  const [initStart, initEnd] = [symbols.address('_sinittext'), symbols.address('_einittext')];
  const sites = new Map<bigint, CallSite[]>();
  for (const site of findCallSites(memory, targets)) {
    const start = symbols.startOf(site.address);
    if (start === undefined || targets.has(start)) continue;
    const isInit = initStart === undefined || initEnd === undefined || (start >= initStart && start < initEnd);
    // Some are not marked as init code: `init_subsystem`.
    if (!isInit && !symbols.indexesAt(start).some((index) => /init/.test(symbols.name(index)))) continue;
    const known = sites.get(start);
    if (known === undefined) sites.set(start, [site]);
    else known.push(site);
  }
  return [...sites].map(([start, calls]) => runOne(machine, memory, start, calls, targets, isAnswered));
}

function runOne(
  machine: Machine,
  memory: KernelMemory,
  start: bigint,
  sites: readonly CallSite[],
  targets: ReadonlySet<bigint>,
  isAnswered: (address: bigint) => boolean,
): Registration {
  const calls = sites.length;
  const name = machine.nameOf(start).replace(/\+0x0$/, '');
  const plain = attempt(machine, start, calls, targets, BUDGET);
  if (plain === undefined) return { function: name, outcome: 'run' };
  const end = machine.symbols.endOf(start) ?? start;
  const hooked: bigint[] = [];
  for (const callee of calleesOf(memory, start, end)) {
    const names = machine.symbols.indexesAt(callee).map((index) => machine.symbols.name(index));
    if (names.length === 0 || targets.has(callee) || isAnswered(callee)) continue;
    if (names.some((each) => COMPUTES.test(each))) continue;
    const allocates = names.some((each) => ALLOCATES.test(each));
    machine.emulator.hook(callee, (emulator) => {
      emulator.returnWith(allocates ? machine.heap.allocate(4096n) : 0n);
      return undefined;
    });
    hooked.push(callee);
  }
  // What they would have made is read as zeros.
  machine.emulator.map(0n, LOW_MEMORY);
  const answered = attempt(machine, start, calls, targets, ANSWERED_BUDGET);
  machine.emulator.unmap(0n);
  for (const callee of hooked) machine.emulator.unhook(callee);
  if (answered === undefined) return { function: name, outcome: 'callees-answered' };
  if (sites.every((site) => callAtSite(machine, memory, site))) {
    return { function: name, outcome: 'called', reason: `${plain}; ${answered}` };
  }
  return { function: name, outcome: 'failed', reason: `${plain}; ${answered}` };
}

/** Runs a function; what went wrong, with everything as before, or undefined if it made its calls and returned. */
function attempt(
  machine: Machine,
  start: bigint,
  calls: number,
  targets: ReadonlySet<bigint>,
  budget: number,
): string | undefined {
  const { emulator, heap } = machine;
  const before = { heap: heap.save(), snapshot: emulator.snapshot() };
  let made = 0;
  for (const target of targets) {
    emulator.hook(target, () => {
      made++;
      return 'run';
    });
  }
  try {
    machine.call(start, [], budget);
    if (made >= calls) {
      emulator.discard(before.snapshot);
      return undefined;
    }
    restore(machine, before);
    return `${made} of ${calls} registrations were reached`;
  } catch (error) {
    if (!(error instanceof KernelRuntimeError)) throw error;
    restore(machine, before);
    return `${error.message}, called by ${error.backtrace.slice(1, 4).join(', ')}`;
  } finally {
    for (const target of targets) emulator.unhook(target);
  }
}

function restore(
  machine: Machine,
  before: { heap: ReturnType<Machine['heap']['save']>; snapshot: ReturnType<Machine['emulator']['snapshot']> },
): void {
  machine.emulator.restore(before.snapshot);
  machine.emulator.discard(before.snapshot);
  machine.heap.restore(before.heap);
}
