// btf__dedup: each type of a program or kernel once, however many compilation units declared it. libbpf btf.c, whose
// comment above btf__dedup explains all of it; results are the same byte for byte.

import { compactTypes } from './compact.ts';
import { hashType } from './equality.ts';
import { resolveForwards } from './forwards.ts';
import { dedupPrimitives } from './primitives.ts';
import { dedupReferences } from './references.ts';
import { type DedupState, kindOf, newState } from './state.ts';
import { dedupStrings } from './strings.ts';
import { dedupStructs } from './structs.ts';
import { type EncodeOptions, encodeBtf, encodeOptionsOf, withDefaults } from '../encode.ts';
import { BtfError } from '../errors.ts';
import type { BtfExt } from '../ext.ts';
import { mapBtfExt } from '../ext-writer.ts';
import { flatten } from '../flatten.ts';
import { BtfKind } from '../kinds.ts';
import type { Btf } from '../btf.ts';

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
  const flat = flatten(btf);
  const state = newState(flat, (kind) => kind === BtfKind.Var || kind === BtfKind.Datasec);
  checkKinds(state);

  const { strings, remap } = keepStrings ? { strings: btf.strings, remap: undefined } : dedupStrings(btf, flat);
  addBaseCandidates(state);
  dedupPrimitives(state);
  dedupStructs(state);
  resolveForwards(state);
  dedupReferences(state);
  const { words, ids } = compactTypes(state);

  // before the strings are written: what only .BTF.ext uses comes last
  const newExt = ext && mapBtfExt(ext, { string: remap, typeId: (id) => newId(ids, id) });
  return { bytes: encodeBtf({ ...withDefaults(encode, asItWas), words, strings: strings.bytes }), ext: newExt, ids };
}

function newId(ids: Uint32Array, id: number): number {
  const mapped = ids[id];
  if (mapped === undefined) throw new BtfError('bad-type-id', `.BTF.ext names type ${id}`, { typeId: id });
  return mapped;
}

/** Kinds that libbpf 1.8 does not know are refused before anything is done. */
function checkKinds(state: DedupState): void {
  for (let id = 1; id < state.typeCount; id++) {
    const kind = kindOf(state, id);
    if (kind === BtfKind.Unknown || kind > BtfKind.Enum64) {
      throw new BtfError('unsupported', `kind ${kind} cannot be deduplicated`, { typeId: id });
    }
  }
}

/** btf_dedup_prep: the base's types are canonical from the start. */
function addBaseCandidates(state: DedupState): void {
  for (let id = 1; id < state.startId; id++) {
    const kind = kindOf(state, id);
    if (kind !== BtfKind.Var && kind !== BtfKind.Datasec) state.candidates.add(hashType(state, id), id);
  }
}
