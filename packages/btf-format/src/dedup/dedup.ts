// btf__dedup: each type of a program or kernel once, however many compilation units declared it. libbpf btf.c, whose
// comment above btf__dedup explains all of it; results are the same byte for byte.

import { type EncodeOptions, encodeBtf, encodeOptionsOf, withDefaults } from '../encode.ts';
import { BtfError } from '../errors.ts';
import type { BtfExt } from '../ext.ts';
import { mapBtfExt } from '../ext-writer.ts';
import { stringsOfLayers, typesOfLayers, VOID_WORDS } from '../flatten.ts';
import type { Btf } from '../btf.ts';
import { withPhases } from './phases.ts';

/** What to deduplicate beside the types, and how to write the result: by default as the input was written. */
export interface DedupOptions extends EncodeOptions {
  /** The object's `.BTF.ext`: its strings are kept, and its strings and types renumbered. */
  readonly ext?: BtfExt | undefined;
  /** Strings stay as they are: for BTF that was just built, as libbpf has it for what it built itself. */
  readonly keepStrings?: boolean | undefined;
}

/** The deduplicated bytes. */
export interface DedupResult {
  readonly bytes: Uint8Array;
  /** The rewritten `.BTF.ext` where one was given. */
  readonly ext: Uint8Array | undefined;
  /** The new id of each old one. */
  readonly ids: Uint32Array;
}

/**
 * Deduplicates the types and strings of a BTF; of split BTF only its own, against its base's.
 *
 * 1. strings that are used, each once
 * 2. types that refer to nothing
 * 3. structs, unions and typedefs, by the graphs below them
 * 4. forward declarations left over
 * 5. types that refer to others
 * 6. what is canonical closes up, and 7. references follow
 *
 * Throws `BtfError`: `unsupported` (kinds after ENUM64, unknown header fields), `bad-type` (reference cycles without
 * a struct), `limit`, and what `mapBtfExt` throws.
 */
export function dedup(btf: Btf, options: DedupOptions = {}): DedupResult {
  const { ext, keepStrings = false, ...encode } = options;
  const asItWas = encodeOptionsOf(btf);
  const { typeCount, startId, startStringOffset } = btf;
  let wordCount = VOID_WORDS;
  for (let layer: Btf | undefined = btf; layer !== undefined; layer = layer.base) wordCount += layer.words.length;
  const stringCount = keepStrings ? 0 : btf.stringEnd;
  return withPhases((phases) => {
    const wordsAt = (place: WebAssembly.Global, count: number) =>
      new Uint32Array(phases.memory.buffer, (place.value as number) >>> 0, count);
    const bytesAt = (place: WebAssembly.Global, count: number) =>
      new Uint8Array(phases.memory.buffer, (place.value as number) >>> 0, count);
    phases.layOut(wordCount, typeCount, startId, stringCount, keepStrings ? 0 : startStringOffset);
    typesOfLayers(btf, wordsAt(phases.words, wordCount), wordsAt(phases.starts, typeCount + 1));
    if (!keepStrings) stringsOfLayers(btf, bytesAt(phases.strings, stringCount));
    phases.prepare();
    if (!keepStrings) phases.dedupStrings();
    phases.dedupTypes();
    const firstOwn = wordsAt(phases.starts, typeCount + 1)[startId]!;
    const ownWords = phases.compactTypes();
    const ids = new Uint32Array(phases.memory.buffer, phases.idsAt() >>> 0, typeCount).slice();

    // before the strings are written: what only .BTF.ext uses comes last
    const string = (offset: number) => {
      if (offset !== 0 && offset >= startStringOffset) btf.stringLayer(offset); // refuses offsets outside
      return phases.remapString(offset) >>> 0;
    };
    const mapping = { string: keepStrings ? undefined : string, typeId: (id: number) => newId(ids, id) };
    const newExt = ext && mapBtfExt(ext, mapping);
    if (!keepStrings) phases.writeStrings();
    const strings = keepStrings ? btf.strings.bytes : bytesAt(phases.scratch, phases.stringLength());
    const words = wordsAt(phases.words, wordCount).subarray(firstOwn, firstOwn + ownWords);
    return { bytes: encodeBtf({ ...withDefaults(encode, asItWas), words, strings }), ext: newExt, ids };
  });
}

function newId(ids: Uint32Array, id: number): number {
  const mapped = ids[id];
  if (mapped === undefined) throw new BtfError('bad-type-id', `.BTF.ext names type ${id}`, { typeId: id });
  return mapped;
}
