// A machine that runs a kernel's `*_func_proto` functions: pure trees of comparisons that answer which helper a program may
// call. What they call besides has side effects, and is answered here instead of run.

import { Emulator, EmulatorError } from '@btfq/emulator';
import { enumeratorsOf } from '../types/enumerators.ts';
import type { KernelView } from '../kernel-view.ts';
import { structField } from '../types/struct-fields.ts';

/** What a program is, as far as these functions ask. */
export interface ProgramQuestion {
  readonly type: number;
  readonly expectedAttachType: number;
  readonly sleepable: boolean;
  /** The function it attaches to, by BTF id; 0 for none. */
  readonly attachBtfId: number;
}

/** Asks one function: the address of the `struct bpf_func_proto`, 0n for 'not allowed', undefined for not known. */
export interface FuncProtoMachine {
  setProgram(question: ProgramQuestion): void;
  ask(getFuncProto: bigint, helper: number): bigint | undefined;
}

const STACK = 0x1_0000_0000n;
const PROGRAM = 0x2_0000_0000n;
const AUX = PROGRAM + 0x10000n;
const PER_CPU = 0x3_0000_0000n;
const NO_TASK = 0x4_0000_0000n;
const AREA = 0x20000;
const PAGE = 4096n;
/** The longest of these functions takes some hundred instructions. */
const BUDGET = 20_000;

/** Privileges are there, and what prepares a helper's use says yes. */
const ANSWER_1 = [
  ...['bpf_token_capable', 'capable', 'ns_capable', 'perfmon_capable', 'bpf_capable', 'bpf_map_meta_equal'],
  ...['queue_work_on', '__queue_work', 'queue_delayed_work_on'],
];
const ANSWER_0 = [
  ...['security_capable', 'security_locked_down', '_printk', 'printk', '__warn_printk', '_printk_deferred'],
  ...[
    'trace_printk_init_buffers',
    'trace_set_clr_event',
    'metadata_dst_free_percpu',
    '___ratelimit',
    'mutex_lock',
    'mutex_unlock',
  ],
];
/** Functions that prepare a helper and give its proto. */
const ANSWER_PROTO: Readonly<Record<string, string>> = {
  bpf_get_trace_printk_proto: 'bpf_trace_printk_proto',
  bpf_get_trace_vprintk_proto: 'bpf_trace_vprintk_proto',
  bpf_get_probe_write_proto: 'bpf_probe_write_user_proto',
};

/** The machine; undefined where the emulator does not have the architecture, or the kernel's types lack what is asked. */
export function funcProtoMachine(view: KernelView): FuncProtoMachine | undefined {
  const { arch } = view.memory;
  if (arch !== 'x86_64' && arch !== 'arm64') return undefined;
  const setProgram = programWriter(view);
  if (setProgram === undefined) return undefined;
  const emulator = new Emulator({ architecture: arch, memoryLimit: 64 << 20 });
  mapImage(emulator, view);
  emulator.map(STACK, AREA);
  emulator.map(PROGRAM, AREA);
  emulator.sp = STACK + BigInt(AREA / 2);
  addAnswers(emulator, view);
  return {
    setProgram: (question) => setProgram(emulator, question),
    ask: (getFuncProto, helper) => {
      try {
        emulator.sp = STACK + BigInt(AREA / 2);
        const stop = emulator.call(getFuncProto, [BigInt(helper), PROGRAM], { budget: BUDGET });
        return stop.reason === 'returned' ? emulator.result() : undefined;
      } catch (error) {
        if (error instanceof EmulatorError) return undefined;
        throw error;
      }
    },
  };
}

/** Maps the image in one piece: its regions may share pages. Per-CPU data linked at 0 (x86-64 before 6.15) has a place of its own. */
export function mapImage(emulator: Emulator, { memory, symbols }: KernelView): void {
  for (const { address, bytes, size } of memory.regions) {
    if (address >> 40n !== 0n || address % PAGE !== 0n || size > AREA * 16) continue;
    emulator.map(PER_CPU + address, Math.ceil(size / Number(PAGE)) * Number(PAGE), { content: bytes });
    emulator.setSegmentBase('gs', PER_CPU);
  }
  const task = symbols.address('init_task');
  // Where the first task has no name, zeros stand for it.
  if (memory.arch === 'arm64' && task === undefined) emulator.map(NO_TASK, AREA);
  if (memory.arch === 'arm64') emulator.setSystemRegister('sp_el0', task ?? NO_TASK);
  const regions = memory.regions.filter(({ address }) => address >> 40n !== 0n);
  const first = regions[0];
  const last = regions.at(-1);
  if (first === undefined || last === undefined) return;
  const start = first.address & ~(PAGE - 1n);
  const end = (last.address + BigInt(last.size) + PAGE - 1n) & ~(PAGE - 1n);
  const content = (at: number, page: Uint8Array): boolean => {
    const address = start + BigInt(at);
    for (const region of regions) {
      const from = Number(address - region.address);
      if (from >= region.bytes.length || from + Number(PAGE) <= 0) continue;
      page.set(region.bytes.subarray(Math.max(0, from), from + Number(PAGE)), Math.max(0, -from));
    }
    return true;
  };
  if (end > start && end - start < 1n << 30n) emulator.map(start, Number(end - start), { content });
}

function addAnswers(emulator: Emulator, { symbols, btf }: KernelView): void {
  const answer = (name: string, value: () => bigint) => {
    for (const index of symbols.indexesOf(name)) {
      emulator.hook(symbols.addresses[index]!, (machine) => {
        machine.returnWith(value());
        return undefined;
      });
    }
  };
  for (const name of ANSWER_1) answer(name, () => 1n);
  for (const name of ANSWER_0) answer(name, () => 0n);
  // What is allocated once for all programs is only kept.
  answer('metadata_dst_alloc_percpu', () => AUX);
  for (const [name, proto] of Object.entries(ANSWER_PROTO)) {
    const address = symbols.address(proto);
    if (address !== undefined) answer(name, () => address);
  }
  const helpers = enumeratorsOf(btf, 'BPF_FUNC_');
  const tunnelKey = symbols.address('bpf_skb_set_tunnel_key_proto');
  const tunnelOpt = symbols.address('bpf_skb_set_tunnel_opt_proto');
  if (tunnelKey === undefined || tunnelOpt === undefined) return;
  const isKey = BigInt(helpers.get('BPF_FUNC_skb_set_tunnel_key') ?? -1);
  answer('bpf_get_skb_set_tunnel_proto', () =>
    (emulator.argument(0) & 0xffffffffn) === isKey ? tunnelKey : tunnelOpt,
  );
}

/** Writes a `struct bpf_prog` that says no more than the question does. */
function programWriter({ btf }: KernelView): ((emulator: Emulator, question: ProgramQuestion) => void) | undefined {
  const type = structField(btf, 'bpf_prog', 'type');
  const attach = structField(btf, 'bpf_prog', 'expected_attach_type');
  const aux = structField(btf, 'bpf_prog', 'aux');
  const target = structField(btf, 'bpf_prog_aux', 'attach_btf_id');
  // A bit of the program from 6.9 on; a bool of its aux from 5.10 to then; nothing before.
  const inProgram = structField(btf, 'bpf_prog', 'sleepable');
  const inAux = structField(btf, 'bpf_prog_aux', 'sleepable');
  if (!type || !attach || !aux) return undefined;
  return (emulator, question) => {
    emulator.zero(PROGRAM, AREA);
    emulator.writeNumber(PROGRAM + BigInt(type.byteOffset), 4, BigInt(question.type));
    emulator.writeNumber(PROGRAM + BigInt(attach.byteOffset), 4, BigInt(question.expectedAttachType));
    emulator.writeNumber(PROGRAM + BigInt(aux.byteOffset), 8, AUX);
    if (target) emulator.writeNumber(AUX + BigInt(target.byteOffset), 4, BigInt(question.attachBtfId));
    if (!question.sleepable) return;
    if (inProgram) emulator.writeNumber(PROGRAM + BigInt(inProgram.byteOffset), 1, 1n << BigInt(inProgram.bitShift));
    else if (inAux) emulator.writeNumber(AUX + BigInt(inAux.byteOffset), 1, 1n << BigInt(inAux.bitShift));
  };
}
