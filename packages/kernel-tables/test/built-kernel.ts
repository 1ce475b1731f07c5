// A kernel of a few kilobytes, made by hand: symbols, types, tables and the machine code that the tables are asked of, every byte
// of it known. What is read from it can be said in advance.

import { type Btf, BtfBuilder } from '@btfq/btf-format';
import { elfImage } from './images.ts';
import { buildKallsyms, type BuiltSymbol } from './kallsyms-builder.ts';
import { bytesOf, poke } from './words.ts';

const BASE = 0xffffffff81000000n;
const SIZE = 0x20000;
/** kallsyms of 6.15, where addresses follow the tokens. */
const LAYOUT = { order: 'addresses-last', form: 'offsets', seqs: false, markerWidth: 4 } as const;

/** The image and its types. */
export interface BuiltKernel {
  readonly image: Uint8Array;
  readonly btf: Btf;
  /** Where the tables lie in the image: damage is aimed there. */
  readonly tables: { readonly from: number; readonly to: number };
}

/** Structs as the kernel has them: a member's name and its size in bytes, in order, each aligned to its size. */
const STRUCTS: Readonly<Record<string, readonly (readonly [string, number])[]>> = {
  trace_entry: [
    ['type', 2],
    ['flags', 1],
    ['preempt_count', 1],
    ['pid', 4],
  ],
  trace_event_call: [
    ['class', 8],
    ['name', 8],
    ['print_fmt', 8],
    ['flags', 4],
  ],
  trace_event_class: [
    ['system', 8],
    ['fields_array', 8],
    ['reg', 8],
  ],
  trace_event_fields: [
    ['type', 8],
    ['name', 8],
    ['size', 4],
    ['align', 4],
    ['is_signed', 4],
    ['filter_type', 4],
  ],
  tracepoint: [['name', 8]],
  trace_eval_map: [
    ['system', 8],
    ['eval_string', 8],
    ['eval_value', 8],
  ],
  syscall_metadata: [
    ['name', 8],
    ['syscall_nr', 4],
    ['nb_args', 4],
    ['types', 8],
    ['args', 8],
    ['enter_event', 8],
    ['exit_event', 8],
  ],
  syscall_trace_enter: [
    ['ent', 8],
    ['nr', 8],
    ['args', 8],
  ],
  bpf_raw_event_map: [
    ['tp', 8],
    ['bpf_func', 8],
    ['num_args', 4],
    ['writable_size', 4],
  ],
  bpf_prog: [
    ['type', 4],
    ['expected_attach_type', 4],
    ['aux', 8],
  ],
  bpf_prog_aux: [
    ['attach_btf_id', 4],
    ['sleepable', 1],
  ],
  bpf_verifier_ops: [['get_func_proto', 8]],
  bpf_func_proto: [
    ['func', 8],
    ['gpl_only', 1],
    ['ret_type', 4],
    ['arg1_type', 4],
    ['arg2_type', 4],
    ['arg3_type', 4],
    ['arg4_type', 4],
    ['arg5_type', 4],
  ],
  btf_kfunc_id_set: [
    ['owner', 8],
    ['set', 8],
  ],
  btf_id_set8: [
    ['cnt', 4],
    ['flags', 4],
    ['pairs', 8],
  ],
};
const ENUMS: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  '': { TRACE_EVENT_FL_TRACEPOINT: 16, TRACE_EVENT_FL_IGNORE_ENABLE: 8 },
  bpf_prog_type: {
    BPF_PROG_TYPE_UNSPEC: 0,
    BPF_PROG_TYPE_SOCKET_FILTER: 1,
    BPF_PROG_TYPE_XDP: 2,
    BPF_PROG_TYPE_LSM: 3,
  },
  bpf_map_type: { BPF_MAP_TYPE_UNSPEC: 0, BPF_MAP_TYPE_HASH: 1, BPF_MAP_TYPE_ARRAY: 2 },
  bpf_func_id: { BPF_FUNC_unspec: 0, BPF_FUNC_map_lookup_elem: 1, BPF_FUNC_trace_printk: 2, BPF_FUNC_tail_call: 3 },
  bpf_return_type: { RET_INTEGER: 0, RET_VOID: 1 },
  bpf_arg_type: { ARG_DONTCARE: 0, ARG_CONST_MAP_PTR: 1, ARG_ANYTHING: 2 },
};
const FUNCS = ['sys_test', 'my_kfunc', 'my_other_kfunc', 'bpf_lsm_file_open', 'func_3', 'func_4', 'kprobe_me_not'];

/** Builds the kernel. */
export function buildKernel(): BuiltKernel {
  const { btf, ids } = buildTypes();
  const content = new Uint8Array(SIZE);
  const symbols: BuiltSymbol[] = [];
  let at = 0;
  const here = () => BASE + BigInt(at);
  const symbol = (name: string, type = 'd') => symbols.push({ name, type, address: here() });
  const put = (...values: readonly (readonly [bigint | number, number])[]) => {
    const start = here();
    for (const [value, width] of values) {
      at = Math.ceil(at / width) * width;
      content.set(bytesOf(BigInt(value), width), at);
      at += width;
    }
    return start;
  };
  const text = (value: string) => {
    const start = here();
    put(...[...`${value}\0`].map((c) => [c.charCodeAt(0), 1] as const));
    return start;
  };
  const align = () => {
    at = Math.ceil(at / 16) * 16;
    return here();
  };
  const code = (name: string, bytes: readonly number[], type = 't') => {
    const start = align();
    symbol(name, type);
    put(...bytes.map((byte) => [byte, 1] as const));
    at = Math.max(at, Number(start - BASE) + 16);
    return start;
  };
  const call = (target: bigint, from: bigint) => bytesOf(target - from, 4);

  // Text: functions, of which some are traced and some are denied.
  symbols.push({ name: '_text', type: 'T', address: BASE }, { name: '_stext', type: 'T', address: BASE });
  at = 16;
  const traced: bigint[] = [];
  for (let i = 0; i < 600; i++) {
    const start = code(`func_${i}`, [0xf3, 0x0f, 0x1e, 0xfa, 0xc3]);
    if (i % 3 === 0) traced.push(start + 4n);
  }
  const denied = code('kprobe_me_not', [0xc3]);
  traced.push(denied);
  const noinstr = align();
  symbols.push({ name: '__noinstr_text_start', type: 'T', address: noinstr });
  code('no_instrumentation', [0xc3]);
  symbols.push({ name: '__noinstr_text_end', type: 'T', address: align() });
  at += 16; // of several names of one address the kernel takes the first
  const sysTest = code('__x64_sys_test', [0xc3], 'T');
  code('__x64_sys_ni_syscall', [0xc3], 'T');
  const lookup = code('bpf_map_lookup_elem', [0xc3], 'T');
  const printk = code('bpf_trace_printk', [0xc3], 'T');
  const register = code('register_btf_kfunc_id_set', [0x0f, 0x0b], 'T'); // ud2: it must never run
  const funcProto = Number(align() - BASE); // filled in below, once the protos have addresses
  symbol('filter_func_proto', 't');
  at += 64;
  align();
  const strange = code('strange_func_proto', [0x0f, 0x0b]);
  symbols.push({ name: '_etext', type: 'T', address: align() });

  // Code that is freed after boot: it registers kfuncs.
  symbols.push(
    { name: '_sinittext', type: 'T', address: here() },
    { name: '__init_begin', type: 'T', address: here() },
  );
  const init = Number(here() - BASE);
  symbol('my_kfunc_init', 't');
  at += 64;
  traced.push(code('init_only', [0xc3]));
  symbols.push(
    { name: '_einittext', type: 'T', address: align() },
    { name: '__init_end', type: 'T', address: align() },
  );

  // Data.
  const from = at;
  align();
  symbol('init_task', 'D');
  put([0, 8]);
  const banner = text('Linux version 6.15.0 (built) #1');
  symbols.push({ name: 'linux_banner', type: 'R', address: banner });
  align();
  const table = (start: string, stop: string, values: readonly bigint[]) => {
    align();
    symbol(start, 'D');
    put(...values.map((value) => [value, 8] as const));
    symbol(stop, 'D');
    put([0, 8]);
  };
  table('__start_mcount_loc', '__stop_mcount_loc', [0n, ...traced]);
  table('__start_kprobe_blacklist', '__stop_kprobe_blacklist', [denied]);

  const testSystem = text('test');
  const syscalls = text('syscalls');
  const names = Object.fromEntries(
    [
      'int',
      'char[STATE_LEN]',
      'state',
      'count',
      'my_event',
      'sys_enter_test',
      'sys_exit_test',
      'sys_test',
      'STATE_LEN',
      'STATE_ON',
    ].map((value) => [value, text(value)]),
  ) as Record<string, bigint>;
  const format = text('"state=%s %d", REC->STATE_ON, STATE_ON');
  const name = (key: string) => names[key]!;
  align();
  const tracepoint = put([name('my_event'), 8]);
  const field = (type: bigint, label: bigint, size: number, alignment: number, signed: number) =>
    put([type, 8], [label, 8], [size, 4], [alignment, 4], [signed, 4], [0, 4]);
  const fields = field(name('char[STATE_LEN]'), name('state'), 5, 1, 1);
  field(name('int'), name('count'), 4, 4, 1);
  put([0, 8], [0, 8], [0, 8], [0, 8]);
  const enterFields = field(name('int'), name('count'), 4, 4, 1);
  put([0xffffffffffffffffn, 8], [0, 8], [0, 8], [0, 8]);
  const eventClass = put([testSystem, 8], [fields, 8], [BASE, 8]);
  const enterClass = put([syscalls, 8], [enterFields, 8], [BASE, 8]);
  const event = put([eventClass, 8], [tracepoint, 8], [format, 8], [16, 4], [0, 4]);
  const enter = put([enterClass, 8], [name('sys_enter_test'), 8], [0, 8], [0, 4], [0, 4]);
  const exit = put([enterClass, 8], [name('sys_exit_test'), 8], [0, 8], [0, 4], [0, 4]);
  const maps = [
    put([testSystem, 8], [name('STATE_LEN'), 8], [5, 8]),
    put([testSystem, 8], [name('STATE_ON'), 8], [-1, 8]),
  ];
  table('__start_ftrace_events', '__stop_ftrace_events', [event, enter, exit]);
  table('__start_ftrace_eval_maps', '__stop_ftrace_eval_maps', maps);
  const types = put([name('int'), 8]);
  const args = put([name('count'), 8]);
  const metadata = put([name('sys_test'), 8], [-1, 4], [1, 4], [types, 8], [args, 8], [enter, 8], [exit, 8]);
  table('__start_syscalls_metadata', '__stop_syscalls_metadata', [metadata]);
  align();
  symbol('sys_call_table', 'D');
  put([sysTest + 16n, 8], [sysTest, 8]);
  align();
  symbol('__start__bpf_raw_tp', 'D');
  put([tracepoint, 8], [BASE, 8], [3, 4], [8, 4]);
  symbol('__stop__bpf_raw_tp', 'D');
  put([0, 8]);

  // Programs: socket filters may call two helpers, XDP's answers cannot be understood, LSM is not built in.
  const proto = (label: string, func: bigint, gpl: number, result: number, ...arguments_: number[]) => {
    align();
    symbol(label, 'D');
    const own = Array.from({ length: 5 }, (_, i) => [arguments_[i] ?? 0, 4] as const);
    return put([func, 8], [gpl, 1], [result, 4], ...own);
  };
  const protos = [
    proto('bpf_map_lookup_elem_proto', lookup, 0, 0, 1, 2),
    proto('bpf_trace_printk_proto', printk, 1, 1, 2),
  ];
  align();
  const filterOps = put([BASE + BigInt(funcProto), 8]);
  const xdpOps = put([strange, 8]);
  const array = (label: string, values: readonly bigint[]) => {
    align();
    symbol(label, 'd');
    put(...values.map((value) => [value, 8] as const));
    symbol(`end_of_${label}`, 'd');
    put([0, 8]);
  };
  array('bpf_verifier_ops', [0n, filterOps, xdpOps, 0n]);
  array('bpf_prog_types', [0n, filterOps, xdpOps, 0n]);
  array('bpf_map_types', [0n, filterOps, 0n]);
  align();
  symbol('sleepable_lsm_hooks', 'd');
  put([1, 4], [ids.get('bpf_lsm_file_open') ?? 0, 4]);
  align();
  const set = put([2, 4], [0, 4], [ids.get('my_kfunc') ?? 0, 4], [5, 4], [ids.get('my_other_kfunc') ?? 0, 4], [32, 4]);
  const kfuncs = put([0, 8], [set, 8]);
  symbol('last_of_data', 'd');
  put([0, 8]);

  // cmp edi, 1; jne; movabs rax, lookup; ret; cmp edi, 2; jne; movabs rax, printk; ret; xor eax, eax; ret
  const movabs = (value: bigint) => [0x48, 0xb8, ...bytesOf(value, 8), 0xc3];
  content.set([0x83, 0xff, 1, 0x75, 11, ...movabs(protos[0]!)], funcProto);
  content.set([0x83, 0xff, 2, 0x75, 11, ...movabs(protos[1]!), 0x31, 0xc0, 0xc3], funcProto + 16);
  // mov edi, 2 (XDP); movabs rsi, kfuncs; call register; ret
  content.set([0xbf, 2, 0, 0, 0, 0x48, 0xbe, ...bytesOf(kfuncs, 8), 0xe8], init);
  content.set([...call(register, BASE + BigInt(init + 20)), 0xc3], init + 16);

  const place = BASE + BigInt(SIZE);
  const ordered = symbols.toSorted((a, b) => (a.address < b.address ? -1 : a.address > b.address ? 1 : 0));
  const kallsyms = buildKallsyms(ordered, LAYOUT, place);
  const whole = new Uint8Array(SIZE + kallsyms.length);
  whole.set(content);
  whole.set(kallsyms, SIZE);
  const image = elfImage(whole, BASE);
  poke(image, 104, BigInt(whole.length)); // no zeros behind
  return { image, btf, tables: { from: 4096 + from, to: 4096 + at } };
}

function buildTypes(): { btf: Btf; ids: Map<string, number> } {
  const builder = new BtfBuilder();
  const ints = new Map([1, 2, 4, 8].map((size) => [size, builder.addInt(`unsigned ${size}`, size)]));
  ints.set(1, builder.addInt('unsigned char', 1));
  ints.set(2, builder.addInt('short unsigned int', 2));
  const int = builder.addInt('int', 4, 1);
  for (const [struct, members] of Object.entries(STRUCTS)) {
    let size = 0;
    const places = members.map(([member, width]) => {
      const offset = Math.ceil(size / width) * width;
      size = offset + width;
      return { member, width, offset };
    });
    const largest = Math.max(...members.map(([, width]) => width));
    builder.addStruct(struct, Math.ceil(size / largest) * largest);
    for (const { member, width, offset } of places) {
      builder.addField(member, member === 'pid' ? int : (ints.get(width) ?? 0), offset * 8);
    }
  }
  for (const [name, values] of Object.entries(ENUMS)) {
    builder.addEnum(name, 4);
    for (const [label, value] of Object.entries(values)) builder.addEnumValue(label, value);
  }
  const proto = builder.addFuncProto(0);
  const ids = new Map(FUNCS.map((name) => [name, builder.addFunc(name, 1, proto)]));
  return { btf: builder.toBtf(), ids };
}
