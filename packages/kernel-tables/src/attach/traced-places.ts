// The table of call places where its symbols are missing (CONFIG_KALLSYMS_ALL off): the longest run of words that
// all point to a patchable instruction inside the kernel's text. A kernel has tens of thousands of them in one piece.

import type { KernelView } from '../kernel-view.ts';
import { symbolRange } from '../kernel-view.ts';

/** A run of fewer entries is something else. */
const MIN_PLACES = 4096;
const ARM64_NOP = 0xd503201f;

/** The entries of the table; undefined where none has that shape. Only arm64 leaves such marks. */
export function findTracedPlaces(view: KernelView): bigint[] | undefined {
  const { memory } = view;
  if (memory.arch !== 'arm64') return undefined;
  const text = symbolRange(view, '_stext', '_etext') ?? textOfSymbols(view);
  const init = symbolRange(view, '_sinittext', '_einittext');
  if (text === undefined) return undefined;
  const isPlace = (address: bigint) => {
    const inText = address >= text.start && address < text.end;
    const inInit = init !== undefined && address >= init.start && address < init.end;
    return (inText || inInit) && memory.u32(address) === ARM64_NOP;
  };
  let best: bigint[] = [];
  for (const { view: words, bytes } of memory.regions) {
    const [low, high] = memory.littleEndian ? [0, 4] : [4, 0];
    const top = Number(text.start >> 32n);
    let run: bigint[] = [];
    for (let at = 0; at + 8 <= bytes.length; at += 8) {
      const isKernel = words.getUint32(at + high, memory.littleEndian) === top;
      const word = isKernel ? (BigInt(top) << 32n) | BigInt(words.getUint32(at + low, memory.littleEndian)) : 0n;
      if (isKernel && isPlace(word)) run.push(word);
      else {
        if (run.length > best.length) best = run;
        run = [];
      }
    }
    if (run.length > best.length) best = run;
  }
  return best.length >= MIN_PLACES ? best : undefined;
}

/** From the first to the last symbol of text that is not freed after boot. */
function textOfSymbols({ symbols }: KernelView): { start: bigint; end: bigint } | undefined {
  const etext = symbols.address('_etext');
  const first = symbols.addresses[0];
  const last = etext ?? symbols.address('_sinittext') ?? symbols.addresses[symbols.count - 1];
  return first !== undefined && last !== undefined && first < last ? { start: first, end: last } : undefined;
}
