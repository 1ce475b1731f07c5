// What a kernel asks of the file as a whole: it refuses header fields and sections that it does not know. kernel/bpf/btf.c:
// btf_parse_hdr, btf_check_sec_info, btf_parse_str_sec. What libbpf checks as well is not repeated here.

import { BTF_VERSION, type BtfHeader, HEADER_SIZE, HEADER_SIZE_WITH_LAYOUT } from '../header.ts';
import { type KernelProblemCode, violation } from './problem.ts';

/** BTF_MAX_SIZE: of what is loaded with BPF_BTF_LOAD. */
export const MAX_SIZE = 16 * 1024 * 1024;

/** A violation at a place in the file. */
export interface SectionViolation {
  readonly code: KernelProblemCode;
  readonly message: string;
  readonly offset: number;
}

/** The first that does not hold. `knowsLayout`: whether the kernel knows headers of 32 bytes. */
export function checkSections(
  bytes: Uint8Array,
  header: BtfHeader,
  isSplit: boolean,
  knowsLayout: boolean,
): SectionViolation | undefined {
  const at = (code: KernelProblemCode, message: string, offset: number) => ({ ...violation(code, message), offset });
  const known = knowsLayout ? HEADER_SIZE_WITH_LAYOUT : HEADER_SIZE;
  const unknown = bytes.subarray(known, header.hdrLen).findIndex((byte) => byte !== 0);
  if (unknown >= 0) return at('kernel-header', 'Unsupported btf_header', known + unknown);
  if (header.version !== BTF_VERSION) return at('kernel-header', 'Unsupported version', 2);
  if (header.flags !== 0) return at('kernel-header', 'Unsupported flags', 3);
  if (!isSplit && bytes.length === header.hdrLen) return at('kernel-sections', 'No data', header.hdrLen);

  const sections: [offset: number, length: number][] = [
    [header.typeOff, header.typeLen],
    [header.strOff, header.strLen],
  ];
  if (header.layoutLen > 0) sections.splice(1, 0, [header.layoutOff, header.layoutLen]);
  sections.sort(([a, aLen], [b, bLen]) => a - b || aLen - bLen);
  let end = header.hdrLen;
  for (const [offset, length] of sections) {
    if (offset !== end) return at('kernel-sections', 'Unsupported section found', end);
    end += length;
  }
  if (end !== bytes.length) return at('kernel-sections', 'Unsupported section found', end);
  if (!isSplit && header.typeLen === 0) return at('no-types', 'No type found', header.typeOff);
  return undefined;
}
