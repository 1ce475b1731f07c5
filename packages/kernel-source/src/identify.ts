// What a file is, by its first bytes and never by its name.

import type { Compression } from './compression/decompress.ts';
import { isConfigText } from './config/kernel-config.ts';

/** Archives and packages: files that hold files. */
export type Container = 'tar' | 'deb' | 'rpm' | 'cpio' | 'zip' | 'iso' | 'squashfs' | 'ext4' | 'apk';

/** Files that hold one kernel, module or BTF. */
export type Image =
  | 'btf'
  | 'elf'
  | 'bzimage'
  | 'efi-zboot'
  | 'arm64-image'
  | 'riscv-image'
  | 's390-image'
  | 'arm-zimage'
  | 'uimage'
  | 'android-boot'
  | 'vendor-boot'
  | 'chromeos-kernel'
  | 'fit'
  | 'pe-image';

/** Every format that {@link identify} knows. */
export type FormatName = Compression | Container | Image | 'kernel-config';

/** As many bytes from the start as {@link identify} looks at: an s390 image's mark stands at 64 KiB. */
export const HEAD_SIZE = 0x10010;

/** As many as all formats but that one need. */
export const SHORT_HEAD_SIZE = 4096;

const COMPRESSIONS: ReadonlySet<string> = new Set(['gzip', 'zstd', 'xz', 'lzma', 'bzip2', 'lz4', 'lzo']);
const CONTAINERS: ReadonlySet<string> = new Set<Container>([
  'tar',
  'deb',
  'rpm',
  'cpio',
  'zip',
  'iso',
  'squashfs',
  'ext4',
  'apk',
]);

export function isCompression(format: FormatName): format is Compression {
  return COMPRESSIONS.has(format);
}

export function isContainer(format: FormatName): format is Container {
  return CONTAINERS.has(format);
}

interface Magic {
  readonly format: FormatName;
  readonly at: number;
  readonly bytes: readonly number[];
  /** Looks closer where the magic alone would claim too much. */
  readonly check?: (head: Uint8Array) => boolean;
}

const ascii = (text: string) => [...text].map((char) => char.charCodeAt(0));

/** In the order in which they are tried: the first that fits wins. */
const MAGICS: readonly Magic[] = [
  { format: 'elf', at: 0, bytes: [0x7f, 0x45, 0x4c, 0x46] },
  { format: 'btf', at: 0, bytes: [0x9f, 0xeb, 0x01] },
  { format: 'btf', at: 0, bytes: [0xeb, 0x9f, 0x01] },
  { format: 'xz', at: 0, bytes: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00] },
  { format: 'gzip', at: 0, bytes: [0x1f, 0x8b, 0x08] },
  { format: 'zstd', at: 0, bytes: [0x28, 0xb5, 0x2f, 0xfd] },
  { format: 'bzip2', at: 0, bytes: ascii('BZh'), check: isBzip2 },
  { format: 'lz4', at: 0, bytes: [0x04, 0x22, 0x4d, 0x18] },
  { format: 'lz4', at: 0, bytes: [0x02, 0x21, 0x4c, 0x18] },
  { format: 'lzo', at: 0, bytes: [0x89, 0x4c, 0x5a, 0x4f, 0x00, 0x0d, 0x0a, 0x1a, 0x0a] },
  { format: 'deb', at: 0, bytes: ascii('!<arch>\n') },
  { format: 'rpm', at: 0, bytes: [0xed, 0xab, 0xee, 0xdb] },
  { format: 'zip', at: 0, bytes: [0x50, 0x4b, 0x03, 0x04] },
  { format: 'zip', at: 0, bytes: [0x50, 0x4b, 0x05, 0x06] },
  { format: 'squashfs', at: 0, bytes: ascii('hsqs') },
  { format: 'apk', at: 0, bytes: ascii('ADB.') },
  { format: 'apk', at: 0, bytes: ascii('ADBd') },
  { format: 'apk', at: 0, bytes: ascii('ADBc') },
  { format: 'cpio', at: 0, bytes: ascii('070701') },
  { format: 'cpio', at: 0, bytes: ascii('070702') },
  // x86: 'HdrS' at 0x202 (Documentation/arch/x86/boot.rst).
  { format: 'bzimage', at: 0x202, bytes: ascii('HdrS') },
  // 'MZ', then 'zimg' (drivers/firmware/efi/libstub/zboot-header.S); 'ARM\x64' and 'RSC\x05' in the headers of arm64 and
  // riscv (Documentation/arch/*/boot*.rst), with or without the EFI stub's 'MZ' before them.
  { format: 'efi-zboot', at: 4, bytes: ascii('zimg') },
  { format: 'arm64-image', at: 0x38, bytes: [0x41, 0x52, 0x4d, 0x64] },
  { format: 'riscv-image', at: 0x38, bytes: [0x52, 0x53, 0x43, 0x05] },
  { format: 'arm-zimage', at: 0x24, bytes: [0x18, 0x28, 0x6f, 0x01] },
  { format: 's390-image', at: 0x10008, bytes: ascii('S390EP') },
  { format: 'uimage', at: 0, bytes: [0x27, 0x05, 0x19, 0x56] },
  { format: 'android-boot', at: 0, bytes: ascii('ANDROID!') },
  { format: 'vendor-boot', at: 0, bytes: ascii('VNDRBOOT') },
  { format: 'chromeos-kernel', at: 0, bytes: ascii('CHROMEOS') },
  { format: 'fit', at: 0, bytes: [0xd0, 0x0d, 0xfe, 0xed], check: isFit },
  // Any other EFI program may be a kernel too: loongarch images, unified kernel images.
  { format: 'pe-image', at: 0, bytes: ascii('MZ'), check: isPe },
  { format: 'iso', at: 0x8001, bytes: ascii('CD001') },
  { format: 'ext4', at: 0x438, bytes: [0x53, 0xef], check: isExt4 },
  // Those whose magic is weak, or stands where other formats have their content, come last.
  { format: 'lzma', at: 0, bytes: [0x5d, 0x00, 0x00], check: isLzma },
  { format: 'tar', at: 0, bytes: [], check: isTar },
  { format: 'kernel-config', at: 0, bytes: [], check: isConfigText },
];

/** The format of data that starts with `head` ({@link HEAD_SIZE} bytes, or all there are); undefined if none fits. */
export function identify(head: Uint8Array): FormatName | undefined {
  return MAGICS.find(
    ({ at, bytes, check }) =>
      bytes.every((byte, index) => head[at + index] === byte) && (check === undefined || check(head)),
  )?.format;
}

/** The compression at the start of `bytes`, as a boot image's payload has it. */
export function identifyCompression(bytes: Uint8Array): Compression | undefined {
  const format = identify(bytes);
  return format !== undefined && isCompression(format) ? format : undefined;
}

/** 'PE\0\0' where the DOS header points to. */
function isPe(head: Uint8Array): boolean {
  if (head.length < 64) return false;
  const at = new DataView(head.buffer, head.byteOffset, head.byteLength).getUint32(60, true);
  return head[at] === 0x50 && head[at + 1] === 0x45 && head[at + 2] === 0 && head[at + 3] === 0;
}

/** A device tree with a node 'images': those of boards have none. */
function isFit(head: Uint8Array): boolean {
  return Buffer.from(head.buffer, head.byteOffset, Math.min(head.length, SHORT_HEAD_SIZE)).includes(
    '\0\0\0\u0001images\0',
  );
}

/** A superblock of revision 0 or 1 whose blocks have 1 to 64 KiB. */
function isExt4(head: Uint8Array): boolean {
  if (head.length < 0x450) return false;
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  return view.getUint32(0x418, true) <= 6 && view.getUint32(0x44c, true) <= 1 && view.getUint32(0x400, true) > 0;
}

/** 'BZh', a block size from 1 to 9, and the block magic (pi) or the end magic. */
function isBzip2(head: Uint8Array): boolean {
  const size = head[3] ?? 0;
  return size >= 0x31 && size <= 0x39 && (head[4] === 0x31 || head[4] === 0x17);
}

/** A dictionary of 2^n or 2^n + 2^(n-1) bytes, and a size that is unknown or below 256 GiB: the format has no magic. */
function isLzma(head: Uint8Array): boolean {
  if (head.length < 13) return false;
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const dictionary = view.getUint32(1, true);
  const low = view.getUint32(5, true);
  const high = view.getUint32(9, true);
  const log = 31 - Math.clz32(dictionary);
  const power = dictionary === 2 ** log || dictionary === 2 ** log + 2 ** (log - 1);
  return dictionary >= 4096 && power && (high < 64 || (high === 0xffffffff && low === 0xffffffff));
}

/** A header block whose checksum is right: true of every tar dialect, and of nothing else. */
function isTar(head: Uint8Array): boolean {
  if (head.length < 512 || head[0] === 0) return false;
  let sum = 0;
  for (let at = 0; at < 512; at++) sum += at >= 148 && at < 156 ? 0x20 : head[at]!;
  const stored = Number.parseInt(
    Buffer.from(head.subarray(148, 156)).toString('latin1').replaceAll('\0', ' ').trim(),
    8,
  );
  return stored === sum;
}
