// What helpers do to memory that they are given the address of. From the argument types of the kernel's
// struct bpf_func_proto (ARG_PTR_TO_MAP_KEY, ARG_PTR_TO_MEM | MEM_RDONLY, ARG_PTR_TO_UNINIT_MEM).

/** Registers whose memory a helper only reads, by its number in enum bpf_func_id. */
const READ_ONLY: Readonly<Record<number, readonly number[]>> = {
  1: [2], // map_lookup_elem: key
  2: [2, 3], // map_update_elem: key, value
  3: [2], // map_delete_elem: key
  6: [1], // trace_printk
  9: [3], // skb_store_bytes
  21: [2], // skb_set_tunnel_key
  25: [4], // perf_event_output
  28: [1, 3], // csum_diff
  30: [2], // skb_set_tunnel_opt
  49: [4], // setsockopt
  53: [3], // sock_map_update: key
  64: [2], // bind: address
  87: [2], // map_push_elem
  111: [4], // skb_output
  121: [4], // xdp_output
  126: [2, 4], // seq_printf
  127: [2], // seq_write
  130: [2], // ringbuf_output
  165: [3, 4], // snprintf: format, data; the text goes to register 1
  177: [1, 3], // trace_vprintk
  182: [1, 3], // strncmp
  195: [2], // map_lookup_percpu_elem: key
};

/** Whether the memory behind a register may have other content after the call. */
export function writesThrough(helper: number, register: number): boolean {
  return !(READ_ONLY[helper] ?? []).includes(register);
}

/** Kernel functions that never come back. */
export const NO_RETURN: ReadonlySet<string> = new Set(['bpf_throw']);
