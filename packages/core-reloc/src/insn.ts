// struct bpf_insn: {u8 code; u8 dst_reg:4, src_reg:4; s16 off; s32 imm}, 8 bytes; lddw takes two of them.

/** Bytes of one instruction slot. */
export const INSN_SIZE = 8;

/** BPF_CLASS(code). */
export const InsnClass = { Ld: 0, Ldx: 1, St: 2, Stx: 3, Alu: 4, Jmp: 5, Jmp32: 6, Alu64: 7 } as const;
/** BPF_LD | BPF_IMM | BPF_DW: a 64-bit immediate in two slots. */
export const LDDW = 0x18;
/** BPF_JMP | BPF_CALL: what a poisoned instruction becomes, with an impossible helper number. */
export const CALL = 0x85;
/** 0xbad2310, "bad relo": the verifier says "invalid func unknown#195896080" where it meets it. */
export const POISON_IMM = 195896080;

/** BPF_SRC(code) is BPF_X: the operand is a register, not an immediate. */
export function hasRegisterSource(code: number): boolean {
  return (code & 0x08) !== 0;
}

/** Bytes that a load or store moves, by BPF_SIZE(code). */
export function memorySize(code: number): 1 | 2 | 4 | 8 {
  switch (code & 0x18) {
    case 0x00:
      return 4;
    case 0x08:
      return 2;
    case 0x10:
      return 1;
    default:
      return 8;
  }
}

/** The BPF_SIZE bits for a size in bytes; undefined where no load is that wide. */
export function memorySizeBits(size: number): number | undefined {
  switch (size) {
    case 1:
      return 0x10;
    case 2:
      return 0x08;
    case 4:
      return 0x00;
    case 8:
      return 0x18;
    default:
      return undefined;
  }
}

/** Reads and writes one slot of some bytes. The register byte's nibbles are left where they stand. */
export class Insn {
  private readonly view: DataView;
  private readonly littleEndian: boolean;

  constructor(bytes: Uint8Array, offset: number, littleEndian: boolean) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset + offset, INSN_SIZE);
    this.littleEndian = littleEndian;
  }

  get code(): number {
    return this.view.getUint8(0);
  }
  set code(code: number) {
    this.view.setUint8(0, code);
  }
  /** Both registers at once: 0 where neither is set. */
  get registers(): number {
    return this.view.getUint8(1);
  }
  set registers(registers: number) {
    this.view.setUint8(1, registers);
  }
  get sourceRegister(): number {
    return this.littleEndian ? this.registers >>> 4 : this.registers & 0xf;
  }
  get destinationRegister(): number {
    return this.littleEndian ? this.registers & 0xf : this.registers >>> 4;
  }
  get off(): number {
    return this.view.getInt16(2, this.littleEndian);
  }
  set off(off: number) {
    this.view.setInt16(2, off, this.littleEndian);
  }
  get imm(): number {
    return this.view.getInt32(4, this.littleEndian);
  }
  set imm(imm: number) {
    this.view.setInt32(4, imm, this.littleEndian);
  }
}
