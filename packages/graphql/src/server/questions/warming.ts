// What a thread works out before it is asked: tables of the whole index that questions of a kind share (names by their pieces,
// members and parameters by type), the schema, and code that is fast once it ran. By asking itself, of names that every
// kernel has: where one has not, less is warm.

import type { OperationQuestion } from './protocol.ts';

/** Questions of the threads for short ones, each with what it makes ready. */
const SHORT = [
  // all kernels; names by their pieces
  `{ kernels { nodes { id } } stats { kernels declarations names } search(text: "task_st", first: 12) { kind name match }
     searchFacts(text: "task_st", first: 12) { kind name } enumerator(name: "BPF_PROG_TYPE_KPROBE") { variants { enum value kernels { id } } } }`,
  `{ struct(name: "task_struct") { layouts { hash size kernels { id } } field(name: "pid") { absentFrom { id } variants { offset type kernels { id } }
     history { series change from { id } to { id } before { offset } after { offset } } } }
     func(name: "vfs_read") { variants { signature kernels { id } } attach { state kprobe { verdict reason } } }
     enum(name: "bpf_prog_type") { variants { c enumerators { name value } kernels { id } } } }`,
] as const;

/** Those of the threads for long ones. */
const LONG = [
  `{ fieldsOfType(type: "struct list_head", first: 1) { totalCount nodes { struct field kernels { id } } } }`,
  `{ funcsOfType(type: "struct task_struct *", first: 1) { totalCount nodes { func param kernels { id } } } }`,
  `{ features(kind: "map-type") { name answers { state evidence kernels { id } } } }`,
] as const;

/** One step at a time, so that questions come between. */
export function warmingQuestions(lane: 'short' | 'long'): OperationQuestion[] {
  return (lane === 'short' ? SHORT : LONG).map((query) => ({
    kind: 'operation',
    query,
    variables: undefined,
    operationName: undefined,
    files: undefined,
    mayChange: false,
  }));
}
