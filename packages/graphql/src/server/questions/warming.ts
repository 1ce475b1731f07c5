// What a thread works out before it is asked: tables of the whole index that questions of a kind share (names by their pieces,
// members and parameters by type), the schema, and code that is fast once it ran. By asking itself, of names that every
// kernel has: where one has not, less is warm.

import type { OperationQuestion, Reply } from './protocol.ts';

/** Questions of the threads for short ones, each with what it makes ready. */
const SHORT = [
  // all kernels; names by their pieces
  `{ kernels { nodes { id } } stats { kernels declarations names } search(text: "task_st", first: 12) { kind name match }
     searchFacts(text: "task_st", first: 12) { kind name } enumerator(name: "BPF_PROG_TYPE_KPROBE") { variants { enum value kernels { id } } } }`,
  // names that are like one
  `{ search(text: "tsak_strcut", first: 12) { kind name match } }`,
  `{ struct(name: "task_struct") { layouts { hash size kernels { id } } field(name: "pid") { absentFrom { id } variants { offset type kernels { id } }
     history { series change from { id } to { id } before { offset } after { offset } } } }
     func(name: "vfs_read") { variants { signature kernels { id } } attach { state kprobe { verdict reason } } }
     enum(name: "bpf_prog_type") { variants { c enumerators { name value } kernels { id } } } }`,
] as const;

/** Those of the threads for long ones. */
const LONG = [
  `{ fieldsOfType(type: "struct list_head", first: 1) { totalCount nodes { struct field kernels { id } } } }`,
  // the first of such questions are answered from the file, one by one; after some the tables are read that answer the rest
  `{ ${['task_struct', 'sk_buff', 'file', 'inode', 'page']
    .map(
      (name) => `${name}: funcsOfType(type: "struct ${name} *", first: 1) { totalCount nodes { func kernels { id } } }`,
    )
    .join(' ')} }`,
  `{ tracepoint(name: "sched/sched_switch") { state kernels { id } } helper(name: "bpf_ktime_get_ns") { state kernels { id } } }`,
  `{ offsets(spec: "entries:\\n  pid: task_struct.pid\\n", lang: "c") { rows { kernels { id } answers { offsets } } text } }`,
  `{ features(kind: "map-type") { name answers { state evidence kernels { id } } } }`,
] as const;

/** The last two kernels differ little: what comparing any takes is read with them. */
function differenceOf(ids: readonly string[]): readonly string[] {
  const [from, to] = ids.slice(-2).map((id) => JSON.stringify(id));
  return to === undefined ? [] : [`{ diff(from: ${from}, to: ${to}) { added entries(first: 20) { name details } } }`];
}

/** One step at a time, so that questions come between. `ids`: the kernels, once they are known. */
export function warmingQuestions(lane: 'short' | 'long', ids: readonly string[]): OperationQuestion[] {
  return (lane === 'short' ? SHORT : [...LONG, ...differenceOf(ids)]).map((query) => ({
    kind: 'operation',
    query,
    variables: undefined,
    operationName: undefined,
    files: undefined,
    mayChange: false,
  }));
}

/** The kernels in the reply to the first question. */
export function kernelsOf(reply: Reply): readonly string[] {
  if (reply.kind !== 'answer') return [];
  const { data } = JSON.parse(new TextDecoder().decode(reply.json)) as {
    data?: { kernels?: { nodes: { id: string }[] } };
  };
  return data?.kernels?.nodes.map(({ id }) => id) ?? [];
}
