// The marked types as a BTF of their own: bpftool gen.c, btfgen_get_btf. Ids keep the target's order; a reference to a
// type that was not kept becomes void.

import { type Btf, BtfKind, encodeBtf, forEachNameAt, forEachRefAt, infoKind, infoKindFlag } from '@btfq/btf-format';
import type { Marks } from './marks.ts';
import { StringWriter } from './string-writer.ts';

/** One written layer. */
export interface Emitted {
  readonly bytes: Uint8Array;
  readonly types: number;
}

/**
 * All layers as one BTF, as libbpf needs it: it takes one custom BTF and then asks no module. Layers are in order, each
 * after the one it is split from.
 */
export function emitFlat(layers: readonly Btf[], marks: Marks): Emitted {
  const kept = new Kept(marks, new Map());
  let next = 1;
  for (const layer of layers) next = kept.number(layer, next);
  const strings = new StringWriter();
  const words = layers.flatMap((layer) => kept.words(layer, strings));
  return { bytes: encodeWords(words, strings.build(), (layers[0] as Btf).littleEndian), types: next - 1 };
}

/** Each layer for itself: the kernel's minimal BTF, and for each module one that is split from it. */
export function emitSplit(kernel: Btf, modules: readonly Btf[], marks: Marks): { kernel: Emitted; modules: Emitted[] } {
  const ids = new Map<Btf, Map<number, number>>();
  const kept = new Kept(marks, ids);
  const end = kept.number(kernel, 1);
  const strings = new StringWriter();
  const words = kept.words(kernel, strings);
  const written = { bytes: encodeWords(words, strings.build(), kernel.littleEndian), types: end - 1 };
  return {
    kernel: written,
    modules: modules.map((module) => {
      const own = new StringWriter(strings);
      const types = kept.number(module, end) - end;
      return { bytes: encodeWords(kept.words(module, own), own.build(), module.littleEndian), types };
    }),
  };
}

/** New ids by layer, and records rewritten to them. */
class Kept {
  private readonly marks: Marks;
  private readonly ids: Map<Btf, Map<number, number>>;

  constructor(marks: Marks, ids: Map<Btf, Map<number, number>>) {
    this.marks = marks;
    this.ids = ids;
  }

  /** Gives a layer's kept types their ids from `next` on; returns the id after the last. */
  number(layer: Btf, next: number): number {
    const own = new Map<number, number>();
    for (const id of this.marks.idsOf(layer)) own.set(id, next++);
    this.ids.set(layer, own);
    return next;
  }

  /** A layer's kept records. Names are added in the order in which bpftool adds them. */
  words(layer: Btf, strings: StringWriter): number[] {
    const out: number[] = [];
    for (const id of this.marks.idsOf(layer)) {
      const kind = layer.kind(id);
      if (kind === BtfKind.Struct || kind === BtfKind.Union) this.composite(layer, id, strings, out);
      else this.record(layer, id, strings, out);
    }
    return out;
  }

  private newId(layer: Btf, id: number): number {
    if (id === 0) return 0;
    return this.ids.get(layer.layerOf(id))?.get(id) ?? 0;
  }

  /** A record as it is, with new names and ids (btf__add_type). */
  private record(layer: Btf, id: number, strings: StringWriter, out: number[]): void {
    const at = layer.wordAt(id);
    const end = layer.starts[id - layer.startId + 1]!;
    const from = out.length;
    for (let w = at; w < end; w++) out.push(layer.words[w]!);
    forEachNameAt(layer, at, (offset, word) => {
      out[from + word - at] = strings.copy(layer, offset);
    });
    forEachRefAt(layer, at, (ref, word) => {
      out[from + word - at] = this.newId(layer, ref);
    });
  }

  /**
   * A struct or union with its kept members only. Its kflag says whether one of them is a bitfield, as btf__add_field
   * sets it. Differs from libbpf: bitfields of before 2019, an INT of few bits at an odd bit, stay as they are; there
   * btf__add_field refuses them.
   */
  private composite(layer: Btf, id: number, strings: StringWriter, out: number[]): void {
    const { words } = layer;
    const at = layer.wordAt(id);
    const info = words[at + 1]!;
    const members = this.marks.membersOf(layer, id);
    const flagged = infoKindFlag(info);
    const offsetOf = (index: number) => words[at + 3 + index * 3 + 2]!;
    const isBitfield = (index: number) =>
      flagged && (offsetOf(index) >>> 24 !== 0 || (offsetOf(index) & 0xffffff) % 8 !== 0);
    const kflag = members.some(isBitfield) ? 1 : 0;
    const kind = infoKind(info);
    out.push(strings.copy(layer, words[at]!), ((kflag << 31) | (kind << 24) | members.length) >>> 0, words[at + 2]!);
    for (const index of members) {
      const member = at + 3 + index * 3;
      out.push(strings.copy(layer, words[member]!), this.newId(layer, words[member + 1]!), offsetOf(index));
    }
  }
}

/** Types and strings behind the 24-byte header that every loader reads, in the given byte order. */
export function encodeWords(words: readonly number[], strings: Uint8Array, littleEndian: boolean): Uint8Array {
  return encodeBtf({ words: Uint32Array.from(words), strings, littleEndian });
}
