// Build ids: of ELF images, of flat ones, where the vDSO's is another, and of the notes that a running kernel shows.
import { expect, test } from 'vitest';
import { buildIdOfFlat, buildIdOfNotes } from '../src/image/build-id.ts';

const id = Buffer.from('00112233445566778899aabbccddeeff01234567', 'hex');

function note(said: Buffer, { name = 'GNU\0', type = 3, big = false } = {}): Buffer {
  const head = Buffer.alloc(12);
  [name.length, said.length, type].forEach(
    (word, i) => void (big ? head.writeUInt32BE(word, i * 4) : head.writeUInt32LE(word, i * 4)),
  );
  const padded = (bytes: Buffer) => Buffer.concat([bytes, Buffer.alloc(-bytes.length & 3)]);
  return Buffer.concat([head, padded(Buffer.from(name, 'latin1')), padded(said)]);
}

/** An ELF file of one segment with a note, as the vDSO is. */
function vdso(said: Buffer): Buffer {
  const own = note(said);
  const file = Buffer.alloc(64 + 56 + own.length);
  file.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  file.writeUInt16LE(3, 16);
  file.writeUInt16LE(0xb7, 18);
  file.writeUInt32LE(1, 20);
  file.writeBigUInt64LE(64n, 32);
  file.writeUInt16LE(64, 52);
  file.writeUInt16LE(56, 54);
  file.writeUInt16LE(1, 56);
  file.writeUInt32LE(1, 64);
  file.writeBigUInt64LE(BigInt(file.length), 64 + 32);
  file.writeBigUInt64LE(BigInt(file.length), 64 + 40);
  own.copy(file, 120);
  return file;
}

const filler = Buffer.alloc(4096, 0x90);

test.each<[string, Buffer, string | undefined]>([
  ['one note', Buffer.concat([filler, note(id), filler]), id.toString('hex')],
  ['the same twice', Buffer.concat([note(id), filler, note(id)]), id.toString('hex')],
  ['beside that of the vDSO', Buffer.concat([filler, vdso(Buffer.alloc(20, 7)), filler, note(id)]), id.toString('hex')],
  ['two that differ', Buffer.concat([note(id), filler, note(Buffer.alloc(20, 7))]), undefined],
  ['none', filler, undefined],
  ['the vDSO alone', Buffer.concat([filler, vdso(id)]), undefined],
  ['at no multiple of four', Buffer.concat([Buffer.alloc(2), note(id)]), undefined],
  ['one that goes past the end', Buffer.concat([filler, note(id).subarray(0, 24)]), undefined],
  ['one that is too long', Buffer.concat([note(Buffer.alloc(400)), filler]), undefined],
])('a flat image with %s', (_, image, expected) => {
  expect(buildIdOfFlat(image)).toBe(expected);
});

test.each([false, true])('notes of a running kernel, big-endian %s', (big) => {
  const all = Buffer.concat([
    note(Buffer.from('abc'), { name: 'Linux\0', type: 0x101, big }),
    note(id, { big }),
    note(Buffer.alloc(1), { name: 'Xen\0', type: 6, big }),
  ]);
  expect(buildIdOfNotes(all, !big)).toBe(id.toString('hex'));
  for (let cut = 0; cut < 12 + 8 + 4 + 12 + 4 + 20; cut++)
    expect(buildIdOfNotes(all.subarray(0, cut), !big)).toBeUndefined();
  expect(buildIdOfNotes(all, big)).toBeUndefined();
});
