// Instructions for the little programs that probe a kernel: include/linux/filter.h's macros, as bytes.

/** One instruction: {u8 code; u8 dst:4, src:4; s16 off; s32 imm}, little-endian. */
export type InsnFields = readonly [code: number, dst: number, src: number, off: number, imm: number];

/** The bytes of a program. */
export function insnBytes(...insns: readonly InsnFields[]): Uint8Array {
  const bytes = new Uint8Array(insns.length * 8);
  const view = new DataView(bytes.buffer);
  insns.forEach(([code, dst, src, off, imm], i) => {
    view.setUint8(i * 8, code);
    view.setUint8(i * 8 + 1, (src << 4) | dst);
    view.setInt16(i * 8 + 2, off, true);
    view.setInt32(i * 8 + 4, imm, true);
  });
  return bytes;
}

/** `r = imm`, 64 bits wide. */
export const movImm = (register: number, imm: number): InsnFields => [0xb7, register, 0, 0, imm];
/** `r = s`. */
export const movReg = (register: number, source: number): InsnFields => [0xbf, register, source, 0, 0];
/** `r += imm`. */
export const addImm = (register: number, imm: number): InsnFields => [0x07, register, 0, 0, imm];
/** Calls a helper. */
export const callHelper = (helper: number): InsnFields => [0x85, 0, 0, 0, helper];
/** Calls a function of the program, `offset` instructions on. */
export const callProgram = (offset: number): InsnFields => [0x85, 0, 1, 0, offset];
/** `*(u64 *)(r + off) = imm`. */
export const storeImm = (register: number, off: number, imm: number): InsnFields => [0x7a, register, 0, off, imm];
/** Loads the address of a map's value: two slots. */
export const loadMapValue = (register: number, map: number, offset: number): readonly [InsnFields, InsnFields] => [
  [0x18, register, 2, 0, map],
  [0, 0, 0, 0, offset],
];
export const EXIT: InsnFields = [0x95, 0, 0, 0, 0];
/** `return 0`. */
export const RETURN_0: readonly InsnFields[] = [movImm(0, 0), EXIT];
