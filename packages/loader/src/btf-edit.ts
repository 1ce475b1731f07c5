// A BTF that is changed: words overwritten in place, types and strings added behind those that are there. libbpf btf.c
// btf_ensure_modifiable, btf__add_*: what libbpf does to an object's BTF before it goes to the kernel.

import { type Btf, BtfKind, encodeBtf, parseBtf, StringSet, TYPE_WORDS, infoKind } from '@btfq/btf-format';

const utf8 = new TextEncoder();

/** Own copies of a BTF's types and strings. The view that it starts from stays as it is; split BTF is not meant. */
export class BtfEditor {
  readonly #from: Btf;
  /** The view's own until the first change. */
  #words: Uint32Array;
  #starts: number[] | Uint32Array;
  #strings: StringSet | undefined;
  #added = false;
  #changed = false;

  constructor(btf: Btf) {
    this.#from = btf;
    this.#words = btf.words;
    this.#starts = btf.starts;
  }

  #change(): void {
    if (!this.#changed) this.#words = Uint32Array.from(this.#words);
    this.#changed = true;
  }

  /** Word `index` of a type: 0 name, 1 info, 2 size or type, then what the kind has. */
  word(id: number, index: number): number {
    return this.#words[this.#starts[id - 1]! + index]!;
  }

  setWord(id: number, index: number, value: number): void {
    this.#change();
    this.#words[this.#starts[id - 1]! + index] = value >>> 0;
  }

  kind(id: number): BtfKind {
    return id === 0 ? BtfKind.Unknown : infoKind(this.word(id, 1));
  }

  vlen(id: number): number {
    return this.word(id, 1) & 0xffffff;
  }

  /** Offset of a string, added at the end where it is new. */
  string(text: string): number {
    this.#strings ??= new StringSet(Uint8Array.from(this.#from.strings.bytes));
    const before = this.#strings.length;
    const offset = this.#strings.add(utf8.encode(text));
    if (this.#strings.length !== before) this.#added = true;
    return offset;
  }

  /** Adds a type by its words; returns its id. */
  add(...words: number[]): number {
    this.#added = true;
    this.#change();
    const end = this.#words.length;
    const grown = new Uint32Array(end + words.length);
    grown.set(this.#words);
    grown.set(words, end);
    this.#words = grown;
    this.#starts = [...this.#starts, grown.length];
    return this.#starts.length - 1;
  }

  /** Sorts the variables of a DATASEC by offset, keeping the order of equal ones. */
  sortVariables(id: number): void {
    this.#change();
    const at = this.#starts[id - 1]! + TYPE_WORDS;
    const rows = Array.from({ length: this.vlen(id) }, (_, i) => this.#words.slice(at + i * 3, at + i * 3 + 3));
    rows.sort((a, b) => (a[1]! - b[1]!) | 0);
    rows.forEach((row, i) => {
      this.#words.set(row, at + i * 3);
    });
  }

  /** The result: the file as it was with other words, or, where something was added, written anew. */
  finish(): Btf {
    if (!this.#added && !this.#changed) return this.#from;
    const { bytes, header, littleEndian } = this.#from;
    if (!this.#added) {
      const copy = Uint8Array.from(bytes);
      const view = new DataView(copy.buffer, header.typeOff, header.typeLen);
      this.#words.forEach((word, i) => {
        view.setUint32(i * 4, word, littleEndian);
      });
      return parseBtf(copy);
    }
    const layout = header.layoutLen > 0 && bytes.subarray(header.layoutOff, header.layoutOff + header.layoutLen);
    const headerSize = header.hdrLen >= 32 ? 32 : 24;
    return parseBtf(
      encodeBtf({
        words: this.#words,
        strings: this.#strings?.bytes ?? this.#from.strings.bytes,
        littleEndian,
        layout,
        headerSize,
      }),
    );
  }
}
