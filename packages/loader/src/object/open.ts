// openObject: a BPF object file as libbpf opens it. libbpf.c bpf_object_open.

import { type Btf, BtfError, type BtfExt, btfSections, parseBtf, parseBtfExt } from '@btfq/btf-format';
import { type BpfObject, parseBpfObject } from '@btfq/core-reloc';
import { type ElfFile, ElfError, type ElfSection, parseElf } from '@btfq/elf';
import { LoaderErrno, LoaderError } from '../errors.ts';
import { MapType } from '../uapi/map-type.ts';
import { collectExterns } from './externs.ts';
import { kernelBtf } from './kernel-btf.ts';
import type { MapDraft } from './map-draft.ts';
import { collectMaps } from './maps.ts';
import type { LoaderObject } from './model.ts';
import { collectPrograms } from './programs.ts';
import { collectRelocations } from './relocations.ts';
import { collectSections, type ObjectSections } from './sections.ts';

/** How to open an object: what libbpf takes from its caller and from the machine. */
export interface OpenObjectOptions {
  /** The file's path. Its last part, cut after 15 characters and at its first dot, names the object. */
  readonly path?: string;
  /** The object's name instead (libbpf's `object_name`); at most 15 characters count. */
  readonly name?: string;
  /** The directory of pinned maps (`pin_root_path`); default /sys/fs/bpf. */
  readonly pinRoot?: string;
  /** Pass over members of map definitions that libbpf does not know (`relaxed_maps`). */
  readonly relaxedMaps?: boolean;
  /** Bytes of a page of memory where it is to be loaded; default 4096. */
  readonly pageSize?: number;
}

/**
 * Opens an object file: everything that can be known of it without a kernel.
 *
 * ```ts
 * const object = openObject(readFileSync('opensnoop.bpf.o'), { path: 'opensnoop.bpf.o' });
 * for (const program of object.programs) console.log(program.name, program.definition?.prefix, program.attachTarget);
 * ```
 *
 * The outline, which is libbpf's:
 * 1. sections by use: sections.ts; programs by section name: programs.ts, section-definition.ts
 * 2. BTF; externs, and the BTF that a kernel is given: externs.ts, kernel-btf.ts
 * 3. maps: those of `.maps` (map-definition.ts), of data sections, of kconfig, of struct_ops: maps.ts, struct-ops.ts
 * 4. what instructions, maps and struct_ops refer to: relocations.ts
 *
 * @throws LoaderError where libbpf would not open it
 */
export function openObject(bytes: Uint8Array, options: OpenObjectOptions = {}): LoaderObject {
  try {
    return open(bytes, options);
  } catch (cause) {
    if (cause instanceof ElfError) {
      throw new LoaderError('bad-elf', cause.message, {
        errno: LoaderErrno.Format,
        cause,
        ...(cause.offset === undefined ? {} : { offset: cause.offset }),
        ...(cause.expected === undefined ? {} : { expected: cause.expected }),
      });
    }
    if (cause instanceof BtfError) throw badBtf(cause);
    throw cause;
  }
}

function open(bytes: Uint8Array, options: OpenObjectOptions): LoaderObject {
  const elf = parseElf(bytes);
  const sections = collectSections(elf);
  const license = licenseOf(elf, sections.license);
  const version = versionOf(elf, sections.version);
  const programs = collectPrograms(elf, sections);
  const { btf, ext, core } = readBtf(bytes, elf, sections, options.path ?? options.name ?? '');
  const externs = collectExterns(elf, btf);
  const forKernel = btf && kernelBtf(btf, elf, externs);
  const name = objectName(options);
  const maps = collectMaps({
    elf,
    sections,
    btf: forKernel,
    externs,
    objectName: name,
    pinRoot: options.pinRoot ?? '/sys/fs/bpf',
    options: { pageSize: options.pageSize ?? 4096, relaxed: options.relaxedMaps ?? false },
  });
  const arenaData = sections.arena && elf.sectionBytes(sections.arena);
  const arenaMap = findArena(maps, arenaData, options.pageSize ?? 4096);
  collectRelocations({ elf, sections, btf: forKernel, programs, maps, externs, arenaMap });
  return {
    name,
    path: options.path ?? options.name ?? '',
    elf,
    littleEndian: elf.littleEndian,
    btf,
    kernelBtf: forKernel,
    ext,
    core,
    license,
    version,
    programs,
    maps,
    externs,
    jumpTables: sections.jumpTables && elf.sectionBytes(sections.jumpTables),
    arenaData,
    arenaMap,
  };
}

/** libbpf bpf_object__new: 15 characters of the file's name, of these what stands before a dot. */
export function objectName({ name, path }: OpenObjectOptions): string {
  if (name !== undefined) return name.slice(0, 15);
  const file = (path ?? '').split('/').at(-1) ?? '';
  return file.slice(0, 15).split('.')[0] ?? '';
}

function licenseOf(elf: ElfFile, section: ElfSection | undefined): string {
  if (section === undefined) return '';
  const bytes = elf.sectionBytes(section);
  if (bytes.length === 0) {
    throw new LoaderError('bad-section', 'the license section is empty', {
      errno: LoaderErrno.Format,
      section: 'license',
      expected: 'a string',
    });
  }
  const text = bytes.subarray(0, 63);
  const end = text.indexOf(0);
  return new TextDecoder('latin1').decode(end < 0 ? text : text.subarray(0, end));
}

function versionOf(elf: ElfFile, section: ElfSection | undefined): number | undefined {
  if (section === undefined) return undefined;
  const bytes = elf.sectionBytes(section);
  if (bytes.length !== 4) {
    throw new LoaderError('bad-section', `the version section has ${bytes.length} bytes`, {
      errno: LoaderErrno.Format,
      section: 'version',
      expected: '4 bytes',
    });
  }
  // libbpf copies the bytes as they are, which only a machine of the object's byte order can load anyway
  return new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, elf.littleEndian);
}

interface ReadBtf {
  readonly btf: Btf | undefined;
  readonly ext: BtfExt | undefined;
  readonly core: BpfObject | undefined;
}

/** Damaged BTF counts as none unless something needs it; so does `.BTF.ext`. libbpf bpf_object__init_btf. */
function readBtf(bytes: Uint8Array, elf: ElfFile, sections: ObjectSections, name: string): ReadBtf {
  const needed = sections.maps !== undefined || sections.structOps.length > 0;
  const attempt = <T>(read: () => T): T | undefined => {
    try {
      return read();
    } catch (cause) {
      if (!(cause instanceof BtfError)) throw cause;
      if (needed) throw badBtf(cause);
      return undefined;
    }
  };
  const found = attempt(() => btfSections(elf));
  const btf = found?.btf && attempt(() => parseBtf(found.btf as Uint8Array));
  if (btf === undefined) {
    if (needed) {
      throw new LoaderError('no-btf', 'the object has no .BTF section, and its maps need one', {
        errno: LoaderErrno.NoEntry,
        section: '.BTF',
        expected: 'an object built with -g',
      });
    }
    return { btf: undefined, ext: undefined, core: undefined };
  }
  const ext = found?.ext && attempt(() => parseBtfExt(found.ext as Uint8Array));
  return { btf, ext, core: ext && parseBpfObject(bytes, { name, malformedRecords: 'keep' }) };
}

function badBtf(cause: BtfError): LoaderError {
  return new LoaderError('bad-btf', `BTF: ${cause.message}`, {
    section: '.BTF',
    cause,
    ...(cause.offset === undefined ? {} : { offset: cause.offset }),
    ...(cause.typeId === undefined ? {} : { typeId: cause.typeId }),
    ...(cause.expected === undefined ? {} : { expected: cause.expected }),
  });
}

/** The one arena, which must hold the variables that the object puts into it. */
function findArena(maps: readonly MapDraft[], data: Uint8Array | undefined, pageSize: number): number | undefined {
  const arenas = maps.filter(({ origin, type }) => origin === 'maps' && type === MapType.Arena);
  const fault = (what: string, errno: number) =>
    new LoaderError('bad-map', what, { errno, section: '.addr_space.1', expected: 'one arena that is large enough' });
  if (arenas.length > 1) throw fault(`${arenas.length} arenas`, LoaderErrno.Invalid);
  const arena = arenas[0];
  if (data === undefined) return arena?.index;
  if (arena === undefined) throw fault('variables in an arena, and no arena', LoaderErrno.NoEntry);
  if (data.length > arena.maxEntries * pageSize) {
    throw fault(`${data.length} bytes of variables in an arena of ${arena.maxEntries} pages`, LoaderErrno.TooBig);
  }
  return arena.index;
}
