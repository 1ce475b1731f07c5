// ISO 9660 with Rock Ridge names and links, or Joliet names: installation media and cloud images. ECMA-119; IEEE P1282 (RRIP);
// the Joliet specification.

import type { ByteSource } from '@btfq/dwarf';
import type { Member } from './member.ts';
import { chunksFrom, MAX_FILES, MAX_FOLDERS, MAX_PATH_DEPTH, Ranges } from './ranges.ts';

const SECTOR = 2048;
const FIRST_DESCRIPTOR = 16;
const MAX_DESCRIPTORS = 64;
const MAX_FOLDER_BYTES = 64 * 1024 * 1024;
const MAX_CONTINUATIONS = 32;
const Descriptor = { Primary: 1, Supplementary: 2, End: 255 } as const;
const Flag = { Folder: 2, MoreFollows: 0x80 } as const;

interface Folder {
  readonly path: string;
  readonly extent: number;
  readonly size: number;
  readonly depth: number;
}

/** The regular files and links of an ISO image. @throws KernelSourceError `bad-archive`, `truncated` */
export async function* isoMembers(source: ByteSource): AsyncGenerator<Member> {
  const image = new Ranges(source, 'an ISO image');
  const { root, joliet } = rootOf(image);
  const pending: Folder[] = [root];
  const seen = new Set<number>([root.extent]);
  let files = 0;
  for (let folder = pending.shift(); folder !== undefined; folder = pending.shift()) {
    if (folder.size > MAX_FOLDER_BYTES) throw image.bad(`a folder of ${folder.size} bytes`, folder.extent * SECTOR);
    const bytes = image.bytes(folder.extent * SECTOR, folder.size);
    let parts: { extent: number; size: number }[] = [];
    for (let at = 0; at < bytes.length; ) {
      const length = bytes[at]!;
      if (length === 0) {
        at = (Math.floor(at / SECTOR) + 1) * SECTOR; // records do not cross sectors
        continue;
      }
      if (length < 34 || at + length > bytes.length) {
        throw image.bad(`a record of ${length} bytes`, folder.extent * SECTOR + at, 'a record inside of its folder');
      }
      const record = bytes.subarray(at, at + length);
      at += length;
      const view = new DataView(record.buffer, record.byteOffset, record.byteLength);
      const nameLength = record[32]!;
      if (33 + nameLength > length) throw image.bad('a name outside of its record', folder.extent * SECTOR + at);
      const plain = record.subarray(33, 33 + nameLength);
      if (nameLength === 1 && plain[0]! <= 1) continue; // itself and its parent
      const rock = joliet ? {} : rockRidge(image, record, 33 + nameLength + ((nameLength + 1) % 2));
      const name = rock.name ?? (joliet ? utf16(plain) : latin1(plain)).replace(/;\d+$/, '').replace(/\.$/, '');
      const path = folder.path === '' ? name : `${folder.path}/${name}`;
      const extent = view.getUint32(2, true) + record[1]!;
      const size = view.getUint32(10, true);
      const flags = record[25]!;
      if ((flags & Flag.Folder) !== 0) {
        if (folder.depth >= MAX_PATH_DEPTH || seen.size >= MAX_FOLDERS) throw image.bad('folders without an end');
        if (!seen.has(extent)) pending.push({ path, extent, size, depth: folder.depth + 1 });
        seen.add(extent);
        continue;
      }
      if (++files > MAX_FILES) throw image.bad(`more than ${MAX_FILES} files`);
      if (rock.link !== undefined) {
        yield { path, size: 0, link: rock.link, chunks: chunksFrom(function* () {}) };
        continue;
      }
      // A file of 4 GB and more has several records, one for each part.
      parts.push({ extent, size });
      if ((flags & Flag.MoreFollows) !== 0) continue;
      const whole = parts;
      parts = [];
      const chunks = chunksFrom(function* () {
        for (const part of whole) yield* image.chunks(part.extent * SECTOR, part.size);
      });
      yield { path, size: whole.reduce((sum, part) => sum + part.size, 0), chunks };
    }
  }
}

/** The root folder: of the primary descriptor where it has Rock Ridge names, else of the Joliet one, whose names are long too. */
function rootOf(image: Ranges): { root: Folder; joliet: boolean } {
  let primary: Folder | undefined;
  let joliet: Folder | undefined;
  for (let index = 0; index < MAX_DESCRIPTORS; index++) {
    const offset = (FIRST_DESCRIPTOR + index) * SECTOR;
    const bytes = image.bytes(offset, SECTOR);
    if (latin1(bytes.subarray(1, 6)) !== 'CD001') throw image.bad('a volume descriptor without CD001', offset);
    const type = bytes[0]!;
    if (type === Descriptor.End) break;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const root = { path: '', extent: view.getUint32(158, true), size: view.getUint32(166, true), depth: 0 };
    if (type === Descriptor.Primary) primary ??= root;
    // The escape sequences of UCS-2, levels 1 to 3.
    else if (type === Descriptor.Supplementary && /^%\/[@CE]/.test(latin1(bytes.subarray(88, 91)))) joliet ??= root;
  }
  if (primary === undefined) throw image.bad('no primary volume descriptor', FIRST_DESCRIPTOR * SECTOR);
  if (joliet === undefined) return { root: primary, joliet: false };
  // Rock Ridge begins with an entry SP in the root's own record.
  const record = image.bytes(primary.extent * SECTOR, Math.min(primary.size, 255));
  const hasRockRidge = latin1(record.subarray(0, record[0] ?? 0)).includes('SP\x07\x01\xbe\xef');
  return hasRockRidge ? { root: primary, joliet: false } : { root: joliet, joliet: true };
}

interface RockRidge {
  name?: string;
  link?: string;
}

/** The system use fields of a record: its name (NM) and its link (SL), continued elsewhere where they are long (CE). */
function rockRidge(image: Ranges, record: Uint8Array, start: number): RockRidge {
  const found: RockRidge = {};
  let area = record.subarray(start);
  for (let rounds = 0; rounds < MAX_CONTINUATIONS; rounds++) {
    let next: Uint8Array | undefined;
    for (let at = 0; at + 4 <= area.length; ) {
      const length = area[at + 2]!;
      if (length < 4 || at + length > area.length) break;
      const field = area.subarray(at, at + length);
      const signature = latin1(field.subarray(0, 2));
      if (signature === 'NM' && length >= 5 && (field[4]! & 6) === 0) {
        found.name = (found.name ?? '') + utf8(field.subarray(5));
      } else if (signature === 'SL' && length >= 5)
        found.link = (found.link ?? '') + linkOf(field.subarray(5), found.link);
      else if (signature === 'CE' && length >= 28) {
        const view = new DataView(field.buffer, field.byteOffset, field.byteLength);
        const size = Math.min(view.getUint32(20, true), SECTOR);
        next = image.bytes(view.getUint32(4, true) * SECTOR + view.getUint32(12, true), size);
      }
      at += length;
    }
    if (next === undefined) break;
    area = next;
  }
  return found;
}

/** The components of a symbolic link. */
function linkOf(fields: Uint8Array, before = ''): string {
  let link = '';
  let separate = before !== '' && !before.endsWith('/');
  for (let at = 0; at + 2 <= fields.length; ) {
    const flags = fields[at]!;
    const length = fields[at + 1]!;
    const text = utf8(fields.subarray(at + 2, at + 2 + length));
    const part = (flags & 2) !== 0 ? '.' : (flags & 4) !== 0 ? '..' : (flags & 8) !== 0 ? '' : text;
    link += (separate ? '/' : '') + part;
    if ((flags & 8) !== 0) link += '/';
    separate = (flags & 1) === 0 && (flags & 8) === 0;
    at += 2 + length;
  }
  return link;
}

const latin1 = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1');
const utf8 = (bytes: Uint8Array) => Buffer.from(bytes).toString('utf8');
const utf16 = (bytes: Uint8Array) =>
  Buffer.from(bytes.slice(0, bytes.length & ~1))
    .swap16()
    .toString('utf16le');
