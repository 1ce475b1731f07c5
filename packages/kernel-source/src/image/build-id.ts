// The build id of a kernel: the note (NT_GNU_BUILD_ID) that the linker made from all of it, which a running kernel shows in
// /sys/kernel/notes. https://git.kernel.org/pub/scm/linux/kernel/git/torvalds/linux.git/tree/kernel/ksysfs.c

import { ElfError, type ElfFile, NOTE_GNU_BUILD_ID, parseElf } from '@btfq/elf';

/** The head of a build id's note after its description's length: the type, and the producer's name. */
const TYPE_AND_NAME = [NOTE_GNU_BUILD_ID, 0, 0, 0, 0x47, 0x4e, 0x55, 0];
/** What linkers write: MD5 or UUID, SHA-1; a longer one by hand. */
const SHORTEST = 8;
const LONGEST = 64;

/** Of an ELF file, in hexadecimal; undefined where it has none, or its notes are damaged. */
export function buildIdOfElf(elf: ElfFile): string | undefined {
  try {
    return elf.buildId && hexOf(elf.buildId);
  } catch (error) {
    if (error instanceof ElfError) return undefined;
    throw error;
  }
}

/**
 * Of a flat little-endian image, which has no table that says where the notes are. Undefined where more than one would do: the
 * notes of the vDSO, an ELF file inside of the image, are passed over.
 */
export function buildIdOfFlat(image: Uint8Array): string | undefined {
  const view = Buffer.from(image.buffer, image.byteOffset, image.byteLength);
  const mark = Buffer.from(TYPE_AND_NAME);
  const found = new Set<string>();
  let inside: { from: number; to: number }[] | undefined;
  for (let at = view.indexOf(mark, 8); at >= 0; at = view.indexOf(mark, at + 4)) {
    const start = at - 8;
    const size = view.readUInt32LE(at - 4);
    if (start % 4 !== 0 || view.readUInt32LE(start) !== 4 || size < SHORTEST || size > LONGEST) continue;
    if (at + 8 + size > view.length) continue;
    inside ??= elfFilesIn(view);
    if (inside.some(({ from, to }) => start >= from && start < to)) continue;
    found.add(hexOf(view.subarray(at + 8, at + 8 + size)));
  }
  return found.size === 1 ? [...found][0] : undefined;
}

/** Of the bytes of `/sys/kernel/notes`; undefined where there is none. */
export function buildIdOfNotes(notes: Uint8Array, littleEndian: boolean): string | undefined {
  const view = new DataView(notes.buffer, notes.byteOffset, notes.byteLength);
  const padded = (size: number) => Math.ceil(size / 4) * 4;
  for (let at = 0; at + 12 <= notes.length; ) {
    const [nameSize, size, type] = [0, 4, 8].map((word) => view.getUint32(at + word, littleEndian)) as [
      number,
      number,
      number,
    ];
    const name = Buffer.from(notes.subarray(at + 12, at + 12 + nameSize)).toString('latin1');
    const from = at + 12 + padded(nameSize);
    if (from + size > notes.length) return undefined;
    if (type === NOTE_GNU_BUILD_ID && name === 'GNU\0') return hexOf(notes.subarray(from, from + size));
    at = from + padded(size);
  }
  return undefined;
}

/** Where ELF files are in an image: pages that begin as one and can be read as one. */
function elfFilesIn(image: Buffer): { from: number; to: number }[] {
  const found: { from: number; to: number }[] = [];
  for (let at = image.indexOf('\x7fELF', 0, 'latin1'); at >= 0; at = image.indexOf('\x7fELF', at + 4, 'latin1')) {
    try {
      const elf = parseElf(image.subarray(at));
      const ends = [...elf.segments, ...elf.sections].map(
        (part) => part.offset + ('fileSize' in part ? part.fileSize : 0),
      );
      found.push({ from: at, to: at + Math.max(...ends) });
    } catch (error) {
      if (!(error instanceof ElfError)) throw error;
    }
  }
  return found;
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
