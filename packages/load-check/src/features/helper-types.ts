// Which program types may call which helpers. What `bpftool feature probe` found on booted Debian kernels 5.10, 6.1, 6.12
// and 7.2 (cloud, amd64); for tracing and LSM programs, which it does not probe, tracing_prog_func_proto and
// bpf_lsm_func_proto of the same four kernels' sources. Between two of these releases the table does not say.

import { ProgramType, programTypeWord } from '@btfq/loader';

/** The releases that were asked, oldest first. */
export const PROBED = ['5.10', '6.1', '6.12', '7.2'] as const;
export type Probed = (typeof PROBED)[number];

interface Row {
  readonly types: readonly string[];
  /** Numbers of helpers, by the first of the probed releases that lets these types call them. */
  readonly since: Partial<Record<Probed, string>>;
}

/** Until which release a helper was allowed to a type, where it is no longer. */
const UNTIL: Readonly<Record<string, Probed>> = { 'lwt_seg6local 39': '6.1' };

const ROWS: readonly Row[] = [
  {
    types: ['socket_filter'],
    since: {
      '5.10': '1-3 5-8 12 25-26 35 42 46-47 68 87-89 93-94 112-115 118 125 130-134 136-140 149 153-154',
      '6.1': '105-106 158 160 164-165 169-172 175 177-178 181-182 194-203 208-209',
      '6.12': '14 80 120 123 210-211',
      '7.2': '15-17 22 37 55 109 117 122 141 148 156-157 176 180 191',
    },
  },
  {
    types: ['kprobe', 'tracepoint'],
    since: {
      '5.10': '1-8 12 14-16 22 25 27 35-37 42 45 55 67 80 87-89 109 112-115 117-118 120 125 130-134 141 149 153-154',
      '6.1': '93-94 105-106 123 156-158 164-165 169-177 180-182 194-195 197-203 208-209',
      '6.12': '148 191 210-211',
      '7.2': '17',
    },
  },
  {
    types: ['sched_cls', 'sched_act'],
    since: {
      '5.10':
        '1-3 5-13 17-21 23-26 28-35 38-43 46-48 50 66 68-69 79 83-89 93-100 107-108 110 112-115 118 124-125 130-140 149 151-155',
      '6.1': '105-106 158 160 163-165 169-172 175 177-178 181-182 192 194-209',
      '6.12': '14 80 120 123 210-211',
      '7.2': '15-16 22 37 55 109 117 122 141 148 156-157 176 180 191',
    },
  },
  {
    types: ['xdp'],
    since: {
      '5.10':
        '1-3 5-8 12 23 25 28 35 42 44 51 54 65 69 84-89 93-94 99-100 110 112-115 118 125 130-134 136-140 149 153-154',
      '6.1': '105-106 158 160 163-165 169-172 175 177-178 181-182 188-190 194-209',
      '6.12': '14 80 120 123 210-211',
      '7.2': '15-17 22 37 55 109 117 141 148 156-157 176 180 191',
    },
  },
  {
    types: ['perf_event'],
    since: {
      '5.10': '1-8 12 14-16 22 25 27 35-37 42 45 55-56 67 80 87-89 109 112-115 117-120 125 130-134 141 149 153-154',
      '6.1': '93-94 105-106 123 156-158 164-165 169-177 180-182 194-195 197-203 208-209',
      '6.12': '148 191 210-211',
      '7.2': '17',
    },
  },
  {
    types: ['cgroup_skb'],
    since: {
      '5.10': '1-3 5-8 12 25-26 35 42 46-47 68 79 81 83-89 93-99 107-108 112-115 118 125 128-134 136-140 149 153-154',
      '6.1': '105-106 158 160 164-165 169-172 175 177-178 181-182 194-203 208-209',
      '6.12': '14 80 120 123 210-211',
      '7.2': '15-17 22 37 55 109 117 122 141 148 156-157 176 180 191',
    },
  },
  {
    types: ['cgroup_sock'],
    since: {
      '5.10': '1-3 5-8 12 14-17 25 35 42 46 80-81 87-89 93-94 107 112-115 118 122-123 125 130-134 149 153-154',
      '6.1': '105-106 158 160 164-165 169-172 175 177 181-182 186-187 194-195 197-203 208-209',
      '6.12': '37 120 210-211',
      '7.2': '22 49 55 57 109 117 141 148 156-157 176 180 191',
    },
  },
  {
    types: ['lwt_in'],
    since: {
      '5.10': '1-3 5-8 12 17 24-26 28 33-35 39 42 73 87-89 93-94 112-115 118 125 130-134 136-140 149 153-154',
      '6.1': '105-106 158 160 164-165 169-172 175 177-178 181-182 194-203 208-209',
      '6.12': '14 80 120 123 210-211',
      '7.2': '15-16 22 37 55 109 117 141 148 156-157 176 180 191',
    },
  },
  {
    types: ['lwt_out'],
    since: {
      '5.10': '1-3 5-8 12 17 24-26 28 33-35 39 42 87-89 93-94 112-115 118 125 130-134 136-140 149 153-154',
      '6.1': '105-106 158 160 164-165 169-172 175 177-178 181-182 194-203 208-209',
      '6.12': '14 80 120 123 210-211',
      '7.2': '15-16 22 37 55 109 117 141 148 156-157 176 180 191',
    },
  },
  {
    types: ['lwt_xmit'],
    since: {
      '5.10': '1-3 5-13 17 20-21 23-26 28-30 33-35 38-43 73 87-89 93-94 112-115 118 125 130-140 149 153-154',
      '6.1': '105-106 158 160 164-165 169-172 175 177-178 181-182 194-203 208-209',
      '6.12': '14 80 120 123 210-211',
      '7.2': '15-16 22 37 55 109 117 141 148 156-157 176 180 191',
    },
  },
  {
    types: ['sock_ops'],
    since: {
      '5.10':
        '1-3 5-8 12 25 35 42 46 49 53 57 59 70 81 87-89 93-94 96 107-108 112-115 118 125 130-134 136-140 142-144 149 153-154',
      '6.1': '105-106 122 158 160 164-165 169-172 175 177-178 181-182 194-203 208-209',
      '6.12': '14 80 120 123 210-211',
      '7.2': '15-17 22 37 55 109 117 141 148 156-157 176 180 191',
    },
  },
  {
    types: ['sk_skb'],
    since: {
      '5.10':
        '1-3 5-9 12 25-26 35 38-39 42-43 46-47 50 52 72 84-89 93-94 99 112-115 118 125 130-134 136-140 149 153-154',
      '6.1': '105-106 158 160 164-165 169-172 175 177-178 181-182 194-203 208-209',
      '6.12': '14 80 120 123 210-211',
      '7.2': '15-17 22 37 55 109 117 141 148 156-157 176 180 191',
    },
  },
  {
    types: ['cgroup_device'],
    since: {
      '5.10': '1-3 5-8 12 15 25 35 42 80-81 87-89 93-94 112-115 118 125 130-134 149 153-154',
      '6.1': '14 16-17 105-106 123 158 164-165 169-172 175 177 181-182 194-195 197-203 208-209',
      '6.12': '37 120 210-211',
      '7.2': '22 55 109 117 141 148 156-157 176 180 191',
    },
  },
  {
    types: ['sk_msg'],
    since: {
      '5.10':
        '1-3 5-8 12 14-15 17 25 35 42 60-63 71 80 87-91 93-94 107-108 112-115 118 123 125 130-134 136-140 149 153-154',
      '6.1': '105-106 122 158 160 164-165 169-172 175 177-178 181-182 194-203 208-209',
      '6.12': '120 210-211',
      '7.2': '16 22 37 55 109 117 141 148 156-157 176 180 191',
    },
  },
  {
    types: ['raw_tracepoint', 'raw_tracepoint_writable'],
    since: {
      '5.10': '1-8 12 14-16 22 25 27 35-37 42 45 55 67 80 87-89 109 112-115 117-118 120 125 130-134 141 149 153-154',
      '6.1': '93-94 105-106 123 156-158 164-165 169-173 175-177 180-182 194-195 197-203 208-209',
      '6.12': '148 174 191 210-211',
      '7.2': '17',
    },
  },
  {
    types: ['cgroup_sock_addr'],
    since: {
      '5.10':
        '1-3 5-8 12 14-17 25 35 42 46 49 57 64 80-81 84-89 93-94 99 107-108 112-115 118 122-123 125 130-134 136-140 149 153-154',
      '6.1': '105-106 158 160 164-165 169-172 175 177-178 181-182 186-187 194-203 208-209',
      '6.12': '37 120 210-211',
      '7.2': '22 55 109 117 141 148 156-157 176 180 191',
    },
  },
  {
    types: ['lwt_seg6local'],
    since: {
      '5.10': '1-3 5-8 12 17 24-26 28 33-35 39 42 74-76 87-89 93-94 112-115 118 125 130-134 136-140 149 153-154',
      '6.1': '105-106 158 160 164-165 169-172 175 177-178 181-182 194-203 208-209',
      '6.12': '14 80 120 123 210-211',
      '7.2': '15-16 22 37 55 109 117 141 148 156-157 176 180 191',
    },
  },
  {
    types: ['sk_reuseport'],
    since: {
      '5.10': '1-3 5-8 12 26 35 42 68 82 87-89 93-94 112-115 118 125 130-134 149 153-154',
      '6.1': '46 105-106 158 160 164-165 169-172 175 177 181-182 194-195 197-203 208-209',
      '6.12': '14 80 120 123 210-211',
      '7.2': '15-17 22 37 55 109 117 141 148 156-157 176 180 191',
    },
  },
  {
    types: ['flow_dissector'],
    since: {
      '5.10': '1-3 5-8 12 26 35 42 87-89 93-94 112-115 118 125 130-134 136-140 149 153-154',
      '6.1': '105-106 158 160 164-165 169-172 175 177-178 181-182 194-203 208-209',
      '6.12': '14 80 120 123 210-211',
      '7.2': '15-17 22 37 55 109 117 141 148 156-157 176 180 191',
    },
  },
  {
    types: ['cgroup_sysctl'],
    since: {
      '5.10': '1-3 5-8 12 15 25 35 42 80-81 87-89 93-94 101-106 112-115 118 125 130-134 149 153-154',
      '6.1': '14 16-17 123 158 160 164-165 169-172 175 177 181-182 194-195 197-203 208-209',
      '6.12': '37 120 210-211',
      '7.2': '22 55 109 117 141 148 156-157 176 180 191',
    },
  },
  {
    types: ['cgroup_sockopt'],
    since: {
      '5.10': '1-3 5-8 12 15 25 35 42 80-81 87-89 93-94 96 107-108 112-115 118 125 130-134 149 153-154',
      '6.1': '14 16-17 105-106 122-123 158 164-165 169-172 175 177 181-182 186-187 194-195 197-203 208-209',
      '6.12': '37 120 210-211',
      '7.2': '22 55 109 117 141 148 156-157 176 180 191',
    },
  },
  {
    types: ['sk_lookup'],
    since: {
      '5.10': '1-3 5-8 12 25 35 42 86-89 93-94 112-115 118 124-125 130-134 136-140 149 153-154',
      '6.1': '105-106 158 160 164-165 169-172 175 177-178 181-182 194-203 208-209',
      '6.12': '14 80 120 123 210-211',
      '7.2': '15-17 22 37 55 109 117 141 148 156-157 176 180 191',
    },
  },
  {
    types: ['syscall'],
    since: {
      '6.1':
        '1-8 12 14-16 22 25 27 35-37 42 45-46 55 67 80 87-89 93-94 105-109 111-115 117-118 120-121 123 125 130-134 136-141 147-149 153-154 156-158 162 164-173 175-182 188 191 194-203 208-209',
      '6.12': '210-211',
      '7.2': '17',
    },
  },
  {
    types: ['netfilter'],
    since: {
      '6.12':
        '1-3 5-8 12 14 35 42 80 87-89 93-94 105-106 112-115 118 120 123 125 130-134 149 153-154 158 164-165 169-172 175 177 181-182 194-195 197-203 208-211',
      '7.2': '15-17 22 37 55 109 117 141 148 156-157 176 180 191',
    },
  },
];

/** What tracing programs may call besides what raw tracepoints may; what LSM programs may besides tracing programs. */
const BEYOND: Readonly<Record<string, Row['since']>> = {
  tracing: { '5.10': '111 121 126-127 136-140 147 150', '6.1': '46 107-108 162 174 178 183-185 188 196' },
  lsm: { '5.10': '107-108 145-146', '6.1': '93-94 159 161 193' },
};

/** bpf_iter_get_func_proto, from 6.1 on. */
const ITERATORS = [49, 57];

const tables = new Map<string, ReadonlyMap<number, Probed>>();

/** The first probed release that lets a type call a helper; undefined where none does. */
function firstAllowed(word: string): ReadonlyMap<number, Probed> {
  let table = tables.get(word);
  if (table !== undefined) return table;
  const own = new Map<number, Probed>();
  if (word === 'tracing' || word === 'lsm') {
    for (const [id, since] of firstAllowed(word === 'lsm' ? 'tracing' : 'raw_tracepoint')) own.set(id, since);
  }
  const since = BEYOND[word] ?? ROWS.find(({ types }) => types.includes(word))?.since ?? {};
  for (const release of PROBED) for (const id of numbers(since[release] ?? '')) if (!own.has(id)) own.set(id, release);
  tables.set(word, (table = own));
  return table;
}

function numbers(ranges: string): number[] {
  return ranges
    .split(' ')
    .filter((range) => range !== '')
    .flatMap((range) => {
      const [first = 0, last = first] = range.split('-').map(Number);
      return Array.from({ length: last - first + 1 }, (_, i) => first + i);
    });
}

/** Types whose answer depends on the attach type, of which one was probed: what any of them may call counts for all. */
const CGROUP = [
  'cgroup_skb',
  'cgroup_sock',
  'cgroup_sock_addr',
  'cgroup_sockopt',
  'cgroup_sysctl',
  'cgroup_device',
  'sock_ops',
];
/** Types that the table does not know: what they may call is up to the struct, or the program, that they stand in for. */
const UNKNOWN_TYPES: readonly number[] = [
  ProgramType.Unspec,
  ProgramType.StructOps,
  ProgramType.Ext,
  ProgramType.LircMode2,
];
/** Only sleepable programs, or only some attach points, get them: the probe could not see that. */
const UNPROBED: ReadonlySet<number> = new Set([
  148, 191, 166, 168, 167, 179, 161, 193, 58, 186, 187, 64, 49, 57, 17, 151, 24, 66, 78, 77, 92, 36, 174, 173, 122, 128,
  129, 79, 83, 196, 153, 154, 188, 162, 143, 142, 144,
]);

/** What the table says of a helper and a program type. */
export interface HelperVerdict {
  /** The last probed release that refuses it, `never` where all do. */
  readonly refusedUntil: Probed;
  /** The first probed release that allows it; undefined where none does. */
  readonly allowedFrom: Probed | undefined;
}

/** Undefined where the table does not refuse it to any release, or does not know. */
export function helperRefusal(id: number, type: number, attachType: number): HelperVerdict | undefined {
  const word = programTypeWord(type);
  if (word === undefined || UNKNOWN_TYPES.includes(type) || UNPROBED.has(id)) return undefined;
  const words = CGROUP.includes(word) ? CGROUP : [word];
  if (words.some((own) => UNTIL[`${own} ${id}`] !== undefined)) return undefined;
  if (type === ProgramType.Tracing && attachType === TRACE_ITER && ITERATORS.includes(id)) return undefined;
  // an LSM program of a cgroup may call what cgroup programs may
  if (type === ProgramType.Lsm && CGROUP.some((own) => firstAllowed(own).has(id))) return undefined;
  const allowed = words.flatMap((own) => firstAllowed(own).get(id) ?? []);
  const first = PROBED.find((release) => allowed.includes(release));
  if (first === PROBED[0]) return undefined;
  const refusedUntil = first === undefined ? PROBED[PROBED.length - 1] : PROBED[PROBED.indexOf(first) - 1];
  return { refusedUntil: refusedUntil as Probed, allowedFrom: first };
}

const TRACE_ITER = 28;
