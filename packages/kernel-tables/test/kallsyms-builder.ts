// Writes kallsyms as scripts/kallsyms.c does, in each of its layouts, into an ELF file or a flat arm64 image: small
// kernels whose every byte is known. Names are packed with single-character tokens and one real one.

import { bytesOf } from './words.ts';

export interface BuiltSymbol {
  readonly name: string;
  readonly type: string;
  readonly address: bigint;
}

export interface KallsymsLayout {
  /** Which side of the tokens the addresses are on: before 6.4, or from then on. */
  readonly order: 'addresses-first' | 'addresses-last';
  readonly form: 'words' | 'offsets' | 'offsets-percpu' | 'own-place';
  /** Whether the order of names follows the markers (6.2, 6.3). */
  readonly seqs: boolean;
  /** Bytes of a marker and of the number: 8 up to 4.19. */
  readonly markerWidth: 4 | 8;
}

/** The token that stands for 'sys_'. */
const SYS = 1;

/** The tables as they would lie at `place`; all symbols are below `place` or absolute. */
export function buildKallsyms(symbols: readonly BuiltSymbol[], layout: KallsymsLayout, place: bigint): Uint8Array {
  const out: number[] = [];
  const align = (to: number) => {
    while (out.length % to) out.push(0);
  };
  const put = (value: bigint | number, width: number) => out.push(...bytesOf(BigInt(value), width));
  const lowest = symbols.find(({ address }) => address >= 1n << 31n)?.address ?? 0n;
  const addresses = () => {
    align(layout.form === 'own-place' ? 4 : 8);
    for (const { address } of symbols) {
      if (layout.form === 'words') put(address, 8);
      else if (layout.form === 'offsets') put(address - lowest, 4);
      else if (layout.form === 'own-place') put(address - (place + BigInt(out.length)), 4);
      else put(address < 1n << 31n ? address : lowest - 1n - address, 4);
    }
    if (layout.form === 'words' || layout.form === 'own-place') return;
    align(8);
    put(lowest, 8);
  };
  const names = () => {
    align(layout.form === 'own-place' ? 4 : 8);
    put(symbols.length, layout.markerWidth);
    align(layout.form === 'own-place' ? 4 : 8);
    const markers: number[] = [];
    const start = out.length;
    symbols.forEach(({ name, type }, i) => {
      if (i % 256 === 0) markers.push(out.length - start);
      const packed = [...(type + name).replace(/sys_/g, String.fromCharCode(SYS))].map((c) => c.charCodeAt(0));
      if (packed.length > 127) out.push((packed.length & 0x7f) | 0x80, packed.length >> 7);
      else out.push(packed.length);
      out.push(...packed);
    });
    align(layout.form === 'own-place' ? 4 : 8);
    for (const marker of markers) put(marker, layout.markerWidth);
    align(layout.form === 'own-place' ? 4 : 8);
    if (layout.seqs) for (const i of symbols.keys()) out.push((i >> 16) & 0xff, (i >> 8) & 0xff, i & 0xff);
  };
  const tokens = () => {
    align(layout.form === 'own-place' ? 4 : 8);
    const start = out.length;
    const offsets: number[] = [];
    for (let i = 0; i < 256; i++) {
      offsets.push(out.length - start);
      const text = i === SYS ? 'sys_' : i >= 33 && i < 127 ? String.fromCharCode(i) : '';
      out.push(...[...text].map((c) => c.charCodeAt(0)), 0);
    }
    align(layout.form === 'own-place' ? 4 : 8);
    for (const offset of offsets) put(offset, 2);
  };
  out.push(...bytesOf(0x1122334455667788n, 8)); // whatever lies in front
  if (layout.order === 'addresses-first') addresses();
  names();
  tokens();
  if (layout.order === 'addresses-last') addresses();
  out.push(...bytesOf(0x1122334455667788n, 8), ...bytesOf(0n, 64));
  return Uint8Array.from(out);
}

/** `count` functions 16 bytes apart from `base`, with aliases, long names and per-CPU ones where asked. */
export function someSymbols(count: number, base: bigint, perCpu: boolean): BuiltSymbol[] {
  const symbols: BuiltSymbol[] = [];
  if (perCpu) for (let i = 0; i < 600; i++) symbols.push({ name: `pcpu_${i}`, type: 'A', address: BigInt(i * 32) });
  for (let i = 0; i < count; i++) {
    const name = i === 0 ? '_text' : i === 7 ? `rust_${'x'.repeat(300)}` : `sys_f${i}.isra.${i % 3}`;
    symbols.push({ name, type: i % 5 === 0 ? 'T' : 't', address: base + BigInt(i * 16) });
    if (i % 50 === 1) symbols.push({ name: `alias_${i}`, type: 'T', address: base + BigInt(i * 16) });
  }
  return symbols;
}
