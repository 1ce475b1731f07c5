// BTF to C: the whole of vmlinux.h as `bpftool btf dump file FILE format c` writes it, byte for byte, and one type
// with all that it needs. bpftool's btf.c (dump_btf_c) over libbpf's btf_dump.c; the steps are in dump-c/.

import { type ByteSink, collectBytes } from '../byte-output.ts';
import { emitTypeDeclaration } from './declaration.ts';
import { emitType } from './emit.ts';
import { emitKfuncs } from './kfuncs.ts';
import { orderType } from './order.ts';
import { EPILOGUE, PREAMBLE } from './preamble.ts';
import { TypeSorter } from './sort.ts';
import { CDump, type CDumpOptions, OrderState } from './state.ts';
import { checkId } from '../dump-raw.ts';
import { BtfKind } from '../kinds.ts';
import type { Btf } from '../btf.ts';

/** How to dump to C. */
export interface DumpCOptions extends CDumpOptions {
  /** Only these types and what they need, in this order, without kfuncs (bpftool's `root_id`). */
  readonly ids?: readonly number[] | undefined;
  /** By rank and name, as bpftool does by default; false: by id (bpftool's `unsorted`). */
  readonly sorted?: boolean | undefined;
}

/**
 * Writes a header that clang accepts, with bpftool's preamble and its declarations of kfuncs. Of split BTF the base's
 * types are written too, as bpftool does.
 *
 *  1. decide the order of the roots: by rank and name, by id, or as given
 *  2. for each root, put on a queue what must be defined first (order.ts)
 *  3. emit the queue: forward declarations, then the definition (emit.ts, composite.ts, enum.ts, declaration.ts)
 *  4. declare the kfuncs
 *
 * ```ts
 * dumpC(btf, (chunk) => writeSync(1, chunk));
 * ```
 *
 * Differs from libbpf: kinds after ENUM64 declare nothing and are passed over, where 1.8 refuses the whole BTF; a gap
 * before a member of unknown alignment is filled, where 1.8 divides by zero. What was written stays written when it
 * throws: `unsupported` (a type that contains itself), `bad-type-id`, and `limit` (nesting beyond MAX_DUMP_DEPTH,
 * output beyond `maxBytes`, types that double with each step), where libbpf ends with its memory or stack.
 */
export function dumpC(btf: Btf, sink: ByteSink, options: DumpCOptions = {}): void {
  const d = new CDump(btf, sink, options);
  for (const id of options.ids ?? []) checkId(d.flat, id);
  d.out.write(PREAMBLE);
  try {
    if (options.ids !== undefined) {
      for (const id of options.ids) dumpRoot(d, id);
    } else {
      if (options.sorted === false) for (let id = 1; id < btf.typeCount; id++) dumpRoot(d, id);
      else dumpSorted(d);
      emitKfuncs(d);
    }
  } catch (error) {
    d.out.flush();
    throw error;
  }
  d.out.write(EPILOGUE);
  d.out.flush();
}

/** In bpftool's order; of what comes last only that which still has something to emit. */
function dumpSorted(d: CDump): void {
  const sorter = new TypeSorter(d.flat);
  const first = sorter.first();
  for (let i = 0; i < first.length; i++) dumpRoot(d, first[i]!);
  const rest = sorter.rest((id) => d.orderState[id] !== OrderState.ordered);
  for (let i = 0; i < rest.length; i++) dumpRoot(d, rest[i]!);
}

/** btf_dump__dump_type: what a type needs, and the type. */
function dumpRoot(d: CDump, id: number): void {
  d.queue.length = 0;
  orderType(d, id, false);
  for (let i = 0; i < d.queue.length; i++) emitType(d, d.queue.items[i]!, 0);
}

/**
 * One type and all that it needs as C, in the order in which C wants it. A function or variable is declared after the
 * types of its declaration; what is only pointed to is declared, not defined. Throws as `dumpC` does.
 */
export function dumpTypeC(btf: Btf, id: number, options: CDumpOptions = {}): string {
  const bytes = collectBytes((sink) => {
    const d = new CDump(btf, sink, options);
    checkId(d.flat, id);
    const kind = d.kind(id);
    if (kind === BtfKind.Func || kind === BtfKind.Var) {
      const at = d.at(id);
      dumpRoot(d, d.word(at + 2));
      emitType(d, d.word(at + 2), id);
      emitTypeDeclaration(d, d.word(at + 2), d.word(at), 0);
      d.out.write(DECLARATION_END);
    } else {
      dumpRoot(d, id);
    }
    d.out.flush();
  });
  return new TextDecoder().decode(bytes);
}

const DECLARATION_END = new TextEncoder().encode(';\n');
