// The strings of a BTF under construction: each content once, in the order in which it was first asked for, as libbpf's
// strset does (btf__add_str). Names are compared as bytes, so that names that are no UTF-8 survive.

import type { Btf } from '@btfq/btf-format';

/** Strings of one layer; what the base has already is not added again. */
export class StringWriter {
  private readonly base: StringWriter | undefined;
  private readonly offsets = new Map<string, number>();
  private readonly parts: string[] = [];
  /** What this layer's section begins at, and where the next string goes. */
  readonly start: number;
  private end: number;

  constructor(base?: StringWriter) {
    this.base = base;
    this.start = base?.end ?? 0;
    this.end = this.start;
    if (base === undefined) this.add('');
  }

  /** Offset of a string given as bytes in Latin-1. */
  add(bytes: string): number {
    const known = this.base?.find(bytes) ?? this.offsets.get(bytes);
    if (known !== undefined) return known;
    const offset = this.end;
    this.offsets.set(bytes, offset);
    this.parts.push(bytes, '\0');
    this.end += bytes.length + 1;
    return offset;
  }

  /** Offset of a string of another BTF, given by its offset there. */
  copy(btf: Btf, offset: number): number {
    return offset === 0 ? 0 : this.add(rawString(btf, offset));
  }

  /** The section's bytes. */
  build(): Uint8Array {
    const text = this.parts.join('');
    const bytes = new Uint8Array(text.length);
    for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
    return bytes;
  }

  private find(bytes: string): number | undefined {
    return this.base?.find(bytes) ?? this.offsets.get(bytes);
  }
}

/** A name's bytes, one character each. */
export function rawString(btf: Btf, offset: number): string {
  const layer = btf.stringLayer(offset);
  const { bytes } = layer.strings;
  let out = '';
  for (let at = offset - layer.startStringOffset; bytes[at]; at++) out += String.fromCharCode(bytes[at]!);
  return out;
}

const encoder = new TextEncoder();

/** A JavaScript string as the bytes of its UTF-8 form, one character each. */
export function rawText(text: string): string {
  let out = '';
  for (const byte of encoder.encode(text)) out += String.fromCharCode(byte);
  return out;
}
