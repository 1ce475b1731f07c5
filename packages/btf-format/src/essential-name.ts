// The essential name: what is left of `task_struct___old` when its flavour is cut. libbpf.c bpf_core_essential_name_len.

/**
 * Length of the essential part of a name: up to the last `X___Y` where neither X nor Y is an underscore, else all of
 * it. Other loaders cut differently (cilium/ebpf at the last `___`, aya at the first); libbpf's rule holds here.
 */
export function essentialNameLength(name: string): number {
  for (let at = name.lastIndexOf('___'); at > 0; at = name.lastIndexOf('___', at - 1)) {
    if (name[at - 1] !== '_' && at + 3 < name.length && name[at + 3] !== '_') return at;
  }
  return name.length;
}

/** The name without its flavour. */
export function essentialName(name: string): string {
  return name.slice(0, essentialNameLength(name));
}
