// Just enough of tar for the fixtures and for hand-made archives in tests: plain ustar, written independently of the
// library that the product reads archives with.

const BLOCK = 512;

/** The bytes of the one regular file in a tar. Throws where there is not exactly one. */
export function onlyMember(tar: Uint8Array): Uint8Array {
  const files: Uint8Array[] = [];
  for (let at = 0; at + BLOCK <= tar.length && tar[at] !== 0; ) {
    const field = (from: number, length: number): string =>
      new TextDecoder().decode(tar.subarray(at + from, at + from + length)).replace(/[\0 ].*$/, '');
    const size = Number.parseInt(field(124, 12) || '0', 8);
    const type = field(156, 1);
    if (type === '' || type === '0') files.push(new Uint8Array(tar.subarray(at + BLOCK, at + BLOCK + size)));
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
  }
  if (files.length !== 1) throw new Error(`the tar holds ${files.length} files, not one`);
  return files[0]!;
}

/** A member for `makeTar`: `type` is tar's type flag (`0` file, `2` symbolic link, `5` folder), `size` may lie. */
export interface TarMember {
  readonly name: string;
  readonly bytes?: Uint8Array;
  readonly type?: string;
  readonly link?: string;
  /** What the header claims, where it is not the length of `bytes`. */
  readonly size?: number;
}

/** A ustar archive with two zero blocks at its end. Names longer than 100 bytes are cut: tests use short ones. */
export function makeTar(members: readonly TarMember[]): Uint8Array {
  const parts = members.flatMap(({ name, bytes = new Uint8Array(), type = '0', link = '', size = bytes.length }) => {
    const header = new Uint8Array(BLOCK);
    const put = (at: number, text: string): void => header.set(new TextEncoder().encode(text), at);
    put(0, name.slice(0, 100));
    put(100, '0000644\0');
    put(108, '0000000\0');
    put(116, '0000000\0');
    put(124, size.toString(8).padStart(11, '0') + '\0');
    put(136, '00000000000\0');
    put(148, '        ');
    put(156, type);
    put(157, link.slice(0, 100));
    put(257, 'ustar\x0000');
    const sum = header.reduce((total, byte) => total + byte, 0);
    put(148, sum.toString(8).padStart(6, '0') + '\0 ');
    const body = new Uint8Array(Math.ceil(bytes.length / BLOCK) * BLOCK);
    body.set(bytes);
    return [header, body];
  });
  const tar = new Uint8Array(parts.reduce((total, part) => total + part.length, 2 * BLOCK));
  let at = 0;
  for (const part of parts) {
    tar.set(part, at);
    at += part.length;
  }
  return tar;
}
