// Notes (Elf_Nhdr): the build id, the Linux version, and whatever else a producer left.

import { ElfError } from './errors.ts';
import type { ElfWords } from './elf-reader.ts';

const NHDR_SIZE = 12;

/** One note. */
export interface ElfNote {
  /** The producer: `GNU`, `Linux`, `Xen`. */
  readonly name: string;
  /** What it says, in the producer's own numbering. */
  readonly type: number;
  readonly desc: Uint8Array;
}

/** Decodes the notes in `[from, to)`, a range known to lie inside the file. @throws ElfError `bad-note` */
export function decodeNotes(words: ElfWords, from: number, to: number, addrAlign: number): ElfNote[] {
  // Four in all of Linux's own notes; only .note.gnu.property in 64-bit files asks for eight.
  const align = addrAlign === 8 ? 8 : 4;
  const notes: ElfNote[] = [];
  let at = from;
  while (to - at >= NHDR_SIZE) {
    const nameSize = words.u32(at);
    const descSize = words.u32(at + 4);
    const type = words.u32(at + 8);
    const nameAt = at + NHDR_SIZE;
    const descAt = from + alignUp(nameAt + nameSize - from, align);
    const end = descAt + descSize;
    if (end > to) {
      throw new ElfError('bad-note', `note of ${nameSize} + ${descSize} bytes at ${at} goes past its section`, {
        offset: at,
        expected: `an end of at most ${to}`,
      });
    }
    notes.push({ name: noteName(words.bytes, nameAt, nameSize), type, desc: words.bytes.subarray(descAt, end) });
    at = from + alignUp(end - from, align);
  }
  return notes;
}

function alignUp(value: number, align: number): number {
  return Math.ceil(value / align) * align;
}

function noteName(bytes: Uint8Array, at: number, size: number): string {
  const raw = bytes.subarray(at, at + size);
  const end = raw.indexOf(0);
  return new TextDecoder().decode(end < 0 ? raw : raw.subarray(0, end));
}
