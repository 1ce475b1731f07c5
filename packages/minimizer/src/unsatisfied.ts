// What a kernel cannot satisfy, relocation by relocation, with the source line that asks for it.

import {
  type BpfObject,
  type CoreRelocation,
  type ReasonCode,
  relocationKindWord,
  type Resolution,
  sourceLine,
  type SourceLine,
} from '@btfq/core-reloc';
import { effectOf } from './answer-key.ts';

/** A relocation, named so that a person finds it. */
export interface RelocationPlace {
  /** The object's name, as given to `parseBpfObject`. */
  readonly object: string;
  readonly section: string;
  /** undefined for code that no function covers. */
  readonly program: string | undefined;
  /** In bytes from the start of the section. */
  readonly insnOff: number;
  /** Where the object's line info has it. */
  readonly source: SourceLine | undefined;
  /** libbpf's word for the kind: `byte_off`, `enumval_value`... */
  readonly kind: string;
  /** Name of the local root type. */
  readonly type: string;
  readonly access: string;
}

/** A relocation that ends in a poisoned instruction or in libbpf refusing the object. */
export interface Unsatisfied extends RelocationPlace {
  readonly outcome: 'poisoned' | 'failed';
  readonly reason: ReasonCode | undefined;
  /** 0, or libbpf's error number. */
  readonly errno: number;
}

/** The relocations of an object that these answers leave unsatisfied, in record order. */
export function unsatisfiedOf(object: BpfObject, answers: readonly Resolution[]): Unsatisfied[] {
  const out: Unsatisfied[] = [];
  object.relocations.forEach((relocation, i) => {
    const { outcome, reason, errno } = effectOf(relocation, answers[i] as Resolution);
    if (outcome !== 'applied') out.push({ ...locate(object, relocation), outcome, reason, errno });
  });
  return out;
}

/** Where a relocation is and what it asks, in words. */
export function locate(object: BpfObject, relocation: CoreRelocation): RelocationPlace {
  const { section, insnOff, kind, typeId, access, program } = relocation;
  return {
    object: object.name,
    section,
    program: program?.name,
    insnOff,
    source: sourceLine(object, relocation),
    kind: relocationKindWord(kind),
    type: typeId < object.btf.typeCount ? object.btf.name(typeId) : '',
    access,
  };
}
