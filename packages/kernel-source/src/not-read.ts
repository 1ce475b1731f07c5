// What btfq knows by name and does not read: disk images and file systems that may well hold a kernel. Saying which one it is
// tells people what to do next, where 'bytes that start 51 46 49 fb' does not.

interface Known {
  readonly name: string;
  readonly at: number;
  readonly bytes: readonly number[];
  readonly check?: (head: Uint8Array) => boolean;
}

const ascii = (text: string) => [...text].map((char) => char.charCodeAt(0));
const DISK_IMAGE = 'its file systems as files of their own (qemu-img convert -O raw, then copy out each partition)';
const FILE_SYSTEM = 'the files in it, in a folder or a tar';

const DISK_IMAGES: readonly Known[] = [
  { name: 'a qcow2 disk image', at: 0, bytes: [...ascii('QFI'), 0xfb] },
  { name: 'a VMDK disk image', at: 0, bytes: ascii('KDMV') },
  { name: 'a VMDK disk image', at: 0, bytes: ascii('# Disk DescriptorFile') },
  { name: 'a VDI disk image', at: 0x40, bytes: [0x7f, 0x10, 0xda, 0xbe] },
  { name: 'a VHDX disk image', at: 0, bytes: ascii('vhdxfile') },
  { name: 'a VHD disk image', at: 0, bytes: ascii('conectix') },
  { name: 'an Android sparse image', at: 0, bytes: [0x3a, 0xff, 0x26, 0xed] },
  { name: 'an Android update payload', at: 0, bytes: ascii('CrAU') },
  { name: 'a disk image with GPT partitions', at: 512, bytes: ascii('EFI PART') },
  { name: 'a disk image with GPT partitions', at: 4096, bytes: ascii('EFI PART') },
  { name: 'an encrypted (LUKS) image', at: 0, bytes: [...ascii('LUKS'), 0xba, 0xbe] },
  { name: 'a disk image with MBR partitions', at: 510, bytes: [0x55, 0xaa], check: hasPartitions },
];

const FILE_SYSTEMS: readonly Known[] = [
  { name: 'a btrfs file system', at: 0x10040, bytes: ascii('_BHRfS_M') },
  { name: 'an xfs file system', at: 0, bytes: ascii('XFSB') },
  { name: 'an erofs file system', at: 1024, bytes: [0xe2, 0xe1, 0xf5, 0xe0] },
  { name: 'an f2fs file system', at: 1024, bytes: [0x10, 0x20, 0xf5, 0xf2] },
  { name: 'a cramfs file system', at: 0, bytes: [0x45, 0x3d, 0xcd, 0x28] },
  { name: 'a big-endian squashfs file system, from before version 4', at: 0, bytes: ascii('sqsh') },
  { name: 'a UBI image', at: 0, bytes: ascii('UBI#') },
  { name: 'a jffs2 file system', at: 0, bytes: [0x85, 0x19] },
  { name: 'a FAT file system', at: 82, bytes: ascii('FAT32   ') },
  { name: 'a FAT file system', at: 54, bytes: ascii('FAT1') },
  { name: 'a 7z archive', at: 0, bytes: [...ascii('7z'), 0xbc, 0xaf, 0x27, 0x1c] },
  { name: 'a rar archive', at: 0, bytes: ascii('Rar!') },
];

/** As many bytes as {@link notRead} looks at: btrfs' mark stands behind 64 KiB. */
export const NOT_READ_HEAD = 0x10048;

/** What data that starts with `head` is, where btfq knows and does not read it, and what to give it instead. */
export function notRead(head: Uint8Array): { readonly name: string; readonly expected: string } | undefined {
  const isOne = ({ at, bytes, check }: Known) =>
    bytes.every((byte, index) => head[at + index] === byte) && (check === undefined || check(head));
  // A FAT file system has the mark of partitions too.
  const system = FILE_SYSTEMS.find(isOne);
  if (system !== undefined) return { name: system.name, expected: FILE_SYSTEM };
  const disk = DISK_IMAGES.find(isOne);
  return disk && { name: disk.name, expected: DISK_IMAGE };
}

/** Four entries of which each is empty or sensible, and one is not empty. */
function hasPartitions(head: Uint8Array): boolean {
  const entries = [446, 462, 478, 494].map((at) => ({ status: head[at], type: head[at + 4] }));
  return entries.every(({ status }) => status === 0 || status === 0x80) && entries.some(({ type }) => type !== 0);
}
