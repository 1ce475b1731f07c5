// bcc's reader (libbpf-tools/btf_helpers.c), retold with its limits: no bounds check but the archive's end, names compared
// by strcmp with the 100-byte name field, sizes by strtol base 8, everything else in a header ignored.

/** Where it runs. */
export interface BccHost {
  readonly osRelease: string;
  readonly machine: string;
  readonly release: string;
}

/** What get_os_info reads: `sscanf(line, "ID=%64s")`, `sscanf(line, "VERSION_ID=\"%64s")` less its last character. */
function osInfo(text: string): { id: string; version: string } {
  let [id, version] = ['', ''];
  for (const line of text.split('\n')) {
    const token = (prefix: string) => {
      if (!line.startsWith(prefix)) return undefined;
      return /^\s*(\S{1,64})/.exec(line.slice(prefix.length))?.[1];
    };
    const foundId = token('ID=');
    if (foundId !== undefined) {
      id = foundId;
      continue;
    }
    const foundVersion = token('VERSION_ID="');
    if (foundVersion !== undefined) version = foundVersion.slice(0, -1);
  }
  return { id, version };
}

/** The member that bcc would use; undefined where it gives up. Throws where it would read past the archive. */
export function findInBcc(
  tar: Uint8Array,
  { osRelease, machine, release }: BccHost,
): { path: string; bytes: Uint8Array } | undefined {
  const { id, version } = osInfo(osRelease);
  const path = `./${id}/${version}/${machine}/${release}.btf`;
  // a stack buffer of 100 holds the name it looks for
  if (path.length > 99) return undefined;
  const cString = (from: number, most: number) => {
    let out = '';
    for (let at = from; at < from + most && tar[at] !== 0; at++) out += String.fromCharCode(tar[at]!);
    return out;
  };
  for (let at = 0; ; ) {
    if (at + 512 > tar.length) throw new RangeError('bcc read past the end: there were no two blocks of zeros');
    const name = cString(at, 100 + 412);
    if (name === '') return undefined;
    const size = Number.parseInt(cString(at + 124, 12), 8) || 0;
    if (name === path) return { path, bytes: tar.subarray(at + 512, at + 512 + size) };
    at += 512 + Math.ceil(size / 512) * 512;
  }
}
