// Declarations of kfuncs: functions that BPF programs may call, marked by pahole with DECL_TAGs.
// dump_btf_kfuncs of bpftool's btf.c.

import { ascii } from '../byte-output.ts';
import { BtfKind } from '../kinds.ts';
import { emitTypeDeclaration } from './declaration.ts';
import { StringSorter } from './sort-strings.ts';
import type { CDump } from './state.ts';

const OPEN = ascii('\n/* BPF kfuncs */\n#ifndef BPF_NO_KFUNC_PROTOTYPES\n');
const EXTERN = ascii('extern ');
const FASTCALL = ascii('__bpf_fastcall ');
const KSYM = ascii(' __weak __ksym;\n');
const CLOSE = ascii('#endif\n\n');
const KFUNC_TAG = ascii('bpf_kfunc\0');
const FASTCALL_TAG = ascii('bpf_fastcall\0');

/** The section of kfuncs, sorted by name; it is there even where no function is one. */
export function emitKfuncs(d: CDump): void {
  const { out, flat } = d;
  const kfuncs: number[] = [];
  const fastcalls = new Set<number>();
  for (let id = 1; id < flat.typeCount; id++) {
    if (d.kind(id) !== BtfKind.DeclTag) continue;
    const at = d.at(id);
    const func = d.word(at + 2);
    if (d.word(at + 3) !== 0xffffffff || d.kind(func) !== BtfKind.Func) continue;
    if (isTag(d, d.word(at), KFUNC_TAG)) kfuncs.push(func);
    if (isTag(d, d.word(at), FASTCALL_TAG)) fastcalls.add(func);
  }
  const nameOf = (func: number) => d.word(d.at(func));
  const sorter = new StringSorter(flat.strings);
  kfuncs.sort((a, b) => sorter.compare(nameOf(a), nameOf(b)));
  out.write(OPEN);
  for (const func of kfuncs) {
    out.write(EXTERN);
    if (fastcalls.has(func)) out.write(FASTCALL);
    emitTypeDeclaration(d, d.word(d.at(func) + 2), nameOf(func), 0);
    out.write(KSYM);
  }
  out.write(CLOSE);
}

function isTag(d: CDump, offset: number, tag: Uint8Array): boolean {
  for (let i = 0; i < tag.length; i++) if (d.flat.strings[offset + i] !== tag[i]) return false;
  return true;
}
