// The shortest string section: a name that ends another name is not written again. Offsets may point into strings, for
// libbpf and the kernel alike (btf__str_by_offset, btf_name_offset_valid).

/** A section and where each name is in it. Names are Latin-1 bytes. */
export interface SharedStrings {
  readonly bytes: Uint8Array;
  readonly offsets: ReadonlyMap<string, number>;
}

/** Lays names out in an order that depends on the set of names alone. */
export function shareSuffixes(names: readonly string[]): SharedStrings {
  const reversed = [...new Set(names)].map((name) => [...name].reverse().join('')).sort();
  // sorted by their ends: a name that ends another one stands right before it or before one that ends it too
  const holders = new Array<number>(reversed.length);
  for (let i = reversed.length - 1; i >= 0; i--) {
    const next = reversed[i + 1];
    holders[i] = next?.startsWith(reversed[i] as string) ? (holders[i + 1] as number) : i;
  }
  const offsets = new Map<string, number>([['', 0]]);
  const starts = new Map<number, number>();
  const text: string[] = ['\0'];
  let end = 1;
  reversed.forEach((name, i) => {
    const holder = reversed[holders[i]!]!;
    if (name === '') return;
    let start = starts.get(holders[i]!);
    if (start === undefined) {
      start = end;
      starts.set(holders[i]!, start);
      text.push([...holder].reverse().join(''), '\0');
      end += holder.length + 1;
    }
    offsets.set([...name].reverse().join(''), start + holder.length - name.length);
  });
  const joined = text.join('');
  const bytes = new Uint8Array(joined.length);
  for (let i = 0; i < joined.length; i++) bytes[i] = joined.charCodeAt(i);
  return { bytes, offsets };
}
