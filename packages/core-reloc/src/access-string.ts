// The access string of a relocation: "0:1:2", indexes from the root type inwards (relo_core.c bpf_core_parse_spec).

/** libbpf's BPF_CORE_SPEC_MAX_LEN: how many indexes a spec has at most. */
export const MAX_SPEC_LENGTH = 64;

const INT_MAX = 0x7fffffff;
const NUMBER = /[ \t\n\v\f\r]*([+-]?\d+)/y;

/** What is wrong with an access string. */
export type AccessStringFault = 'empty' | 'syntax' | 'negative' | 'too-long' | 'overflow';

/**
 * The indexes, or what is wrong. Numbers are read as sscanf's `%d` reads them: white space and a sign may precede.
 * Differs from libbpf: a number above 2^31-1 is a fault; sscanf's answer for it is undefined (glibc wraps).
 */
export function parseAccessString(text: string): number[] | AccessStringFault {
  if (text === '' || text.startsWith(':')) return 'empty';
  const indexes: number[] = [];
  for (let at = 0; at < text.length; ) {
    if (text[at] === ':') at++;
    NUMBER.lastIndex = at;
    const found = NUMBER.exec(text);
    if (found === null) return 'syntax';
    const value = Number(found[1]);
    if (value < 0) return 'negative';
    if (value > INT_MAX) return 'overflow';
    if (indexes.length === MAX_SPEC_LENGTH) return 'too-long';
    indexes.push(value);
    at = NUMBER.lastIndex;
  }
  return indexes;
}
