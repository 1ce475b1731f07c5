// A kernel of a few instructions: what bpf() does in it is code of the test.
import { BtfBuilder } from '@btfq/btf-format';
import { type KernelImage, KernelMemory, memoryRegion, SymbolTable } from '@btfq/kernel-tables';

const TEXT = 0xffffffff81000000n;
const DATA = 0xffffffff82000000n;

function btf(): Uint8Array {
  const builder = new BtfBuilder();
  const long = builder.addInt('unsigned long', 8);
  const int = builder.addInt('unsigned int', 4);
  const short = builder.addInt('unsigned short', 2);
  builder.addStruct('file', 64);
  builder.addField('f_op', long, 128);
  builder.addField('private_data', long, 192);
  builder.addField('f_mode', int, 256);
  builder.addStruct('bpf_prog', 64);
  builder.addField('pages', short, 0);
  builder.addField('jited', short, 16, 1);
  builder.addField('bpf_func', long, 384);
  return builder.build();
}

function symbolTable(symbols: readonly (readonly [string, bigint, string])[]): SymbolTable {
  const sorted = symbols.toSorted((a, b) => (a[1] < b[1] ? -1 : 1));
  const texts = sorted.map(([name]) => new TextEncoder().encode(name));
  const starts = new Uint32Array(sorted.length + 1);
  texts.forEach((text, i) => {
    starts[i + 1] = starts[i]! + text.length;
  });
  const names = new Uint8Array(starts.at(-1)!);
  texts.forEach((text, i) => {
    names.set(text, starts[i]);
  });
  const addresses = BigUint64Array.from(sorted, ([, address]) => address);
  const types = Uint8Array.from(sorted, ([, , type]) => type.charCodeAt(0));
  return new SymbolTable({ addresses, types, names, starts }, 'kallsyms');
}

/** Functions by name, 64 bytes apart, in the order that is given: `call` writes a call of the n-th one. */
export function madeUpKernel(functions: Readonly<Record<string, readonly number[]>>, arch = 'x86_64'): KernelImage {
  const text = new Uint8Array(0x1000).fill(0xcc);
  const symbols: [string, bigint, string][] = [];
  Object.entries(functions).forEach(([name, code], i) => {
    text.set(code, (i + 1) * 64);
    symbols.push([`__pfx_${name}`, TEXT + BigInt((i + 1) * 64 - 16), 'T'], [name, TEXT + BigInt((i + 1) * 64), 'T']);
  });
  const types = btf();
  const data = new Uint8Array(0x1000 + types.length);
  const banner = 'Linux version 6.1.0-made-up (nobody) #1 SMP Made Up';
  data.set(new TextEncoder().encode(banner));
  data.set(types, 0x1000);
  symbols.push(['linux_banner', DATA, 'D']);
  symbols.push(['nr_cpu_ids', DATA + 0x200n, 'D'], ['__cpu_possible_mask', DATA + 0x208n, 'D']);
  symbols.push(['__start_BTF', DATA + 0x1000n, 'D'], ['__stop_BTF', DATA + 0x1000n + BigInt(types.length), 'D']);
  const memory = new KernelMemory(arch, 8, true, [memoryRegion(TEXT, text), memoryRegion(DATA, data)]);
  return { memory, symbols: symbolTable(symbols), elf: undefined };
}

/** call, from an offset within the n-th function, of another one. */
export function call(from: number, offset: number, to: number): number[] {
  const displacement = to * 64 - (from * 64 + offset + 5);
  return [0xe8, displacement & 255, (displacement >> 8) & 255, (displacement >> 16) & 255, (displacement >> 24) & 255];
}
