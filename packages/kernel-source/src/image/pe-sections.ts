// The sections of a PE file, as far as unified kernel images need them: name, place and size.
// https://learn.microsoft.com/windows/win32/debug/pe-format, https://uapi-group.org/specifications/specs/unified_kernel_image/

import { KernelSourceError } from '../errors.ts';

/** One section with its bytes. */
export interface PeSection {
  readonly name: string;
  readonly offset: number;
  readonly bytes: Uint8Array;
}

const SECTION_SIZE = 40;
const MACHINES: Readonly<Record<number, string>> = {
  34404: 'x86_64',
  332: 'i686',
  43620: 'arm64',
  450: 'armv7l',
  448: 'armv7l',
  20580: 'riscv64',
  25188: 'loongarch64',
};

/** A PE file's sections and machine. @throws KernelSourceError `truncated` */
export function peSections(bytes: Uint8Array): { sections: PeSection[]; arch?: string } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const at = bytes.length < 64 ? bytes.length : view.getUint32(60, true);
  if (at + 24 > bytes.length) throw truncated('PE header', at);
  const arch = MACHINES[view.getUint16(at + 4, true)];
  const count = view.getUint16(at + 6, true);
  const table = at + 24 + view.getUint16(at + 20, true);
  if (table + count * SECTION_SIZE > bytes.length) throw truncated(`PE table of ${count} sections`, table);
  const sections: PeSection[] = [];
  for (let row = table; row < table + count * SECTION_SIZE; row += SECTION_SIZE) {
    const name = Buffer.from(bytes.subarray(row, row + 8))
      .toString('latin1')
      .replace(/\0.*$/s, '');
    const virtual = view.getUint32(row + 8, true);
    const raw = view.getUint32(row + 16, true);
    const offset = view.getUint32(row + 20, true);
    // On disk a section is padded; its own size is the smaller of the two.
    const size = virtual === 0 ? raw : Math.min(virtual, raw);
    if (offset + size > bytes.length) throw truncated(`PE section ${name}`, row);
    sections.push({ name, offset, bytes: bytes.subarray(offset, offset + size) });
  }
  return arch === undefined ? { sections } : { sections, arch };
}

function truncated(what: string, offset: number): KernelSourceError {
  return new KernelSourceError('truncated', `the ${what} goes past the end of the image`, {
    offset,
    found: 'PE image',
  });
}
