// What no kprobe may touch: functions marked NOKPROBE_SYMBOL, and the sections that handle probes and exceptions
// (kernel/kprobes.c, populate_kprobe_blacklist; arch_populate_kprobe_blacklist of each architecture).

import { type KernelView, pointersIn, symbolRange } from '../kernel-view.ts';
import { tableRange } from '../locate/located.ts';
import type { SymbolTable } from '../symbols/symbol-table.ts';

/** One entry, as `kprobes/blacklist` in debugfs shows it. */
export interface BlacklistEntry {
  readonly start: bigint;
  readonly end: bigint;
  readonly name: string;
}

const AREAS = ['kprobes', 'noinstr'];
const AREAS_BY_ARCH: Readonly<Record<string, readonly string[]>> = {
  x86_64: ['entry'],
  i686: ['entry'],
  // The areas of the hypervisor count where the kernel does not run as one (is_kernel_in_hyp_mode).
  arm64: ['entry', 'irqentry', 'idmap', 'hyp', 'hyp_idmap'],
  riscv64: ['irqentry'],
};

/** The list in the kernel's order; undefined where the table of marked functions cannot be found. */
export function kprobeBlacklist(view: KernelView): readonly BlacklistEntry[] | undefined {
  const { memory, symbols } = view;
  const range = tableRange(view, 'blacklist');
  const marked = range && pointersIn(memory, range.start, range.end);
  if (marked === undefined) return undefined;
  const entries: BlacklistEntry[] = [];
  for (const address of marked) {
    const entry = entryAt(symbols, address);
    if (entry && isText(view, address)) entries.push(entry);
  }
  return [...entries, ...blacklistedAreas(view)];
}

/** The part of the list that needs no table: whole sections between symbols of text. */
export function blacklistedAreas(view: KernelView): BlacklistEntry[] {
  const { memory, symbols } = view;
  const entries: BlacklistEntry[] = [];
  for (const area of [...AREAS, ...(AREAS_BY_ARCH[memory.arch] ?? [])]) {
    const range = symbolRange(view, `__${area}_text_start`, `__${area}_text_end`);
    // Since it is no part of the text that can be run (6.3), the kernel does not ask for it.
    if (area === 'idmap' && range && !isText(view, range.start)) continue;
    // 4.18 has no noinstr, and an area may be empty: both are no reason to give up.
    for (let at = range?.start ?? 0n; range && at < range.end; ) {
      const entry = entryAt(symbols, at);
      // The kernel gives up at the first that is outside of its text, and does not come to the areas behind it.
      if (entry === undefined || entry.end <= at || !isText(view, at)) return entries;
      entries.push(entry);
      at = entry.end;
    }
  }
  return entries;
}

/** core_kernel_text: trampolines that are mapped elsewhere as well are not. */
function isText(view: KernelView, address: bigint): boolean {
  const ranges = [symbolRange(view, '_stext', '_etext'), symbolRange(view, '_sinittext', '_einittext')];
  if (ranges[0] === undefined) return true;
  return ranges.some((range) => range && address >= range.start && address < range.end);
}

/** As kallsyms_lookup_size_offset says: the size is that of the symbol, counted from the entry. */
function entryAt(symbols: SymbolTable, address: bigint): BlacklistEntry | undefined {
  const start = symbols.startOf(address);
  const end = start === undefined ? undefined : symbols.endOf(start);
  const index = start === undefined ? undefined : symbols.indexesAt(start)[0];
  if (start === undefined || end === undefined || index === undefined) return undefined;
  return { start: address, end: address + (end - start), name: symbols.name(index) };
}

/** The lines of debugfs' `kprobes/blacklist`. */
export function blacklistLines(entries: readonly BlacklistEntry[]): string[] {
  return entries.map(({ start, end, name }) => `0x${hex(start)}-0x${hex(end)}\t${name}`);
}

function hex(address: bigint): string {
  return address.toString(16).padStart(16, '0');
}
