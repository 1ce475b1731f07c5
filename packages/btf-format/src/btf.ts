// Btf: an immutable view over the bytes of one BTF, and parseBtf, which checks what libbpf checks (btf_parse_type_sec,
// btf_sanity_check in btf.c). Everything after the header and before the strings is u32 words, so one array of words
// in the machine's own byte order serves every kind and either byte order of the file.

import { BtfError } from './errors.ts';
import { type BtfHeader, parseHeader, parseLayoutSection } from './header.ts';
import { indexTypes } from './index-types.ts';
import { type BtfKind, type KindSizes, KNOWN_SIZES } from './kinds.ts';
import { parseStringSection, type StringTable } from './strings.ts';
import { validateReferences } from './validate-references.ts';
import { hostLittleEndian } from './word-buffer.ts';
import { infoKind, infoKindFlag, infoVlen } from './info.ts';

/** What a view is made of. */
export type BtfFields = Pick<
  Btf,
  'bytes' | 'header' | 'base' | 'startId' | 'startStringOffset' | 'typeCount' | 'words' | 'starts' | 'strings' | 'sizes'
>;

/**
 * One BTF, or one layer of split BTF over its `base`. Type ids and string offsets are those of the whole: a layer
 * answers for its base's too. Ids run from 1 to `typeCount - 1`; id 0 is void.
 */
export class Btf {
  /** The bytes this view was made of, whole. Never written to. */
  readonly bytes: Uint8Array;
  readonly header: BtfHeader;
  readonly base: Btf | undefined;
  /** First id of this layer: 1, or the base's `typeCount`. */
  readonly startId: number;
  /** First string offset of this layer: 0, or where the base's strings end. */
  readonly startStringOffset: number;
  /** One more than the largest id, as btf__type_cnt counts. */
  readonly typeCount: number;
  /** This layer's type section as words in the machine's byte order. */
  readonly words: Uint32Array;
  /** For each own type the index in `words` of its `struct btf_type`, and one more entry: the end. */
  readonly starts: Uint32Array;
  readonly strings: StringTable;
  /** Word counts by kind in this file. */
  readonly sizes: KindSizes;

  /** For `parseBtf`: fields are taken as they are, unchecked. */
  constructor(fields: BtfFields) {
    this.bytes = fields.bytes;
    this.header = fields.header;
    this.base = fields.base;
    this.startId = fields.startId;
    this.startStringOffset = fields.startStringOffset;
    this.typeCount = fields.typeCount;
    this.words = fields.words;
    this.starts = fields.starts;
    this.strings = fields.strings;
    this.sizes = fields.sizes;
  }

  /** Whether the file is little-endian. `words` are in the machine's order whatever this says. */
  get littleEndian(): boolean {
    return this.header.littleEndian;
  }

  /** Where ids of this layer's strings end: offsets below it are valid. */
  get stringEnd(): number {
    return this.startStringOffset + this.strings.length;
  }

  /** The layer that holds a type. Throws `bad-type-id` for ids that do not exist; void (0) belongs to the lowest. */
  layerOf(id: number): Btf {
    if (id < 0 || id >= this.typeCount || !Number.isInteger(id)) {
      throw new BtfError('bad-type-id', `there is no type ${id}`, {
        typeId: id,
        expected: `0 to ${this.typeCount - 1}`,
      });
    }
    let layer: Btf = this;
    while (id < layer.startId && layer.base !== undefined) layer = layer.base;
    return layer;
  }

  /** Index in `layerOf(id).words` of the type's first word; -1 for void. */
  wordAt(id: number): number {
    return id === 0 ? -1 : this.starts[id - this.startId]!;
  }

  /** The info word: vlen in bits 0-23, kind in 24-30, kflag in 31. 0 for void. */
  info(id: number): number {
    if (id >= this.startId && id < this.typeCount) return this.words[this.starts[id - this.startId]! + 1]!;
    const layer = this.layerOf(id);
    return id === 0 ? 0 : layer.words[layer.wordAt(id) + 1]!;
  }

  /** The kind as a number; kinds beyond `BtfKind` occur where a layout section sizes them. Void is 0. */
  kind(id: number): BtfKind {
    return infoKind(this.info(id));
  }

  /** The number of elements; for FUNC its linkage. */
  vlen(id: number): number {
    return infoVlen(this.info(id));
  }

  /** info's kflag: bitfield members, signed enum, forward-declared union, attribute tag. */
  kindFlag(id: number): boolean {
    return infoKindFlag(this.info(id));
  }

  /** Offset of the name; 0 for anonymous types and void. */
  nameOff(id: number): number {
    const layer = this.layerOf(id);
    return id === 0 ? 0 : layer.words[layer.wordAt(id)]!;
  }

  /** The name; '' for anonymous types and void. */
  name(id: number): string {
    return this.string(this.nameOff(id));
  }

  /** The third word: a size in bytes or a type id, by kind. 0 for void. */
  sizeOrType(id: number): number {
    const layer = this.layerOf(id);
    return id === 0 ? 0 : layer.words[layer.wordAt(id) + 2]!;
  }

  /** The string at an offset. Throws `bad-string-offset`. */
  string(offset: number): string {
    const layer = this.stringLayer(offset);
    return layer.strings.get(offset - layer.startStringOffset);
  }

  /** The layer whose section holds a string offset. Throws `bad-string-offset`. */
  stringLayer(offset: number): Btf {
    if (!(offset >= 0 && offset < this.stringEnd)) {
      throw new BtfError('bad-string-offset', `string offset ${offset} is outside the strings`, {
        expected: `0 to ${this.stringEnd - 1}`,
      });
    }
    let layer: Btf = this;
    while (offset < layer.startStringOffset && layer.base !== undefined) layer = layer.base;
    return layer;
  }
}

/** How to read: `base` is the BTF that this one was split from. */
export interface ParseBtfOptions {
  readonly base?: Btf | undefined;
}

/**
 * Raw BTF bytes to a view. Accepts what libbpf's `btf__new_split` accepts and refuses what it refuses. The bytes are
 * kept, not copied (a file of foreign byte order or an unaligned one gets a copy of its type section); they must not
 * change while the view lives.
 *
 * ```ts
 * const btf = parseBtf(readFileSync('/sys/kernel/btf/vmlinux'));
 * const id = findByName(btf, 'task_struct', BtfKind.Struct);
 * ```
 *
 * Throws `BtfError`: not-btf, truncated, prerelease-header, bad-header, bad-layout, bad-strings, bad-type,
 * unknown-kind, bad-string-offset, bad-type-id.
 */
export function parseBtf(bytes: Uint8Array, options: ParseBtfOptions = {}): Btf {
  const { base } = options;
  const header = parseHeader(bytes);
  const strings = parseStringSection(bytes, header.strOff, header.strLen, base !== undefined);
  const sizes = parseLayoutSection(bytes, header, base?.sizes ?? KNOWN_SIZES);
  const words = typeWords(bytes, header);
  const startId = base?.typeCount ?? 1;
  const startStringOffset = base?.stringEnd ?? 0;
  const index = indexTypes(words, sizes, header, startId, startStringOffset + strings.length);
  const { starts } = index;
  const btf = new Btf({
    bytes,
    header,
    base,
    startId,
    startStringOffset,
    typeCount: startId + starts.length - 1,
    words,
    starts,
    strings,
    sizes,
  });
  validateReferences(btf, index);
  return btf;
}

/** The type section as words: a view where the bytes allow it, else a copy in the machine's order. */
function typeWords(bytes: Uint8Array, header: BtfHeader): Uint32Array {
  if (header.typeLen % 4 !== 0) {
    throw new BtfError('bad-type', `type_len ${header.typeLen} is not a multiple of 4`, {
      offset: header.typeOff + header.typeLen,
      expected: 'the section to end where a type ends',
    });
  }
  const count = header.typeLen / 4;
  const at = bytes.byteOffset + header.typeOff;
  if (header.littleEndian === hostLittleEndian) {
    if (at % 4 === 0) return new Uint32Array(bytes.buffer, at, count);
    const aligned = new Uint8Array(header.typeLen); // not slice(): Node's Buffer has one that does not copy
    aligned.set(bytes.subarray(header.typeOff, header.typeOff + header.typeLen));
    return new Uint32Array(aligned.buffer);
  }
  const words = new Uint32Array(count);
  const view = new DataView(bytes.buffer, at, header.typeLen);
  for (let i = 0; i < count; i++) words[i] = view.getUint32(i * 4, header.littleEndian);
  return words;
}
