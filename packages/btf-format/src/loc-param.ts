// LOC_PARAM in words: where one parameter of an inlined function lives. include/uapi/linux/btf.h of bpf-next
// (September 2026), enum btf_loc_param_flags; the spelling is that of bpftool's selftest for these kinds.

/** BTF_LOC_PARAM_*: how the values of a LOC_PARAM are to be read. */
export const LocParamFlag = {
  Signed: 1,
  Const: 2,
  Addr: 4,
  Reg: 8,
  Deref: 0x10,
  Offset: 0x20,
} as const;

/** The register number that stands for the frame base. Other registers are DWARF's numbers. */
export const LOC_PARAM_FRAME_BASE = 0xffffffff;

/**
 * A location as bpftool writes it: `reg1`, `*(reg2 + 0x10)`, `fbreg - 0x10`, `0xdeadbeef`, `0x1234 (addr)`; several
 * registers with a comma between; '' where there are no values. 64-bit values are {low, high} pairs of words.
 */
export function formatLocation(flags: number, values: ArrayLike<number>): string {
  if (values.length === 0) return '';
  if ((flags & LocParamFlag.Reg) === 0) return formatConstant(flags, wide(values, 0));
  let text: string;
  if ((flags & LocParamFlag.Offset) !== 0 && values.length > 1) {
    text = register(values[0]!) + formatOffset(flags, values);
  } else {
    text = Array.from(values, register).join(',');
  }
  return (flags & LocParamFlag.Deref) !== 0 ? `*(${text})` : text;
}

function register(number: number): string {
  return number === LOC_PARAM_FRAME_BASE ? 'fbreg' : `reg${number}`;
}

function formatConstant(flags: number, { value, bits }: Wide): string {
  if ((flags & LocParamFlag.Addr) !== 0) return `0x${value.toString(16)} (addr)`;
  if ((flags & LocParamFlag.Signed) !== 0) return String(BigInt.asIntN(bits, value));
  return `0x${value.toString(16)}`;
}

/** ` + 0x10` or ` - 0x10`: the sign counts only where the flags say so. */
function formatOffset(flags: number, values: ArrayLike<number>): string {
  const { value, bits } = wide(values, 1);
  const signed = (flags & LocParamFlag.Signed) !== 0 ? BigInt.asIntN(bits, value) : value;
  return signed < 0n ? ` - 0x${(-signed).toString(16)}` : ` + 0x${signed.toString(16)}`;
}

interface Wide {
  readonly value: bigint;
  readonly bits: 32 | 64;
}

/** One word, or two as {low, high}. */
function wide(values: ArrayLike<number>, at: number): Wide {
  const low = BigInt(values[at]!);
  if (values.length < at + 2) return { value: low, bits: 32 };
  return { value: low | (BigInt(values[at + 1]!) << 32n), bits: 64 };
}
