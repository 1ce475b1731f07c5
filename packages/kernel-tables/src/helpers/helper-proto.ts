// `struct bpf_func_proto`: what the verifier knows of a helper, read where its function lies (include/linux/bpf.h).

import { type Btf, BtfKind, decodeType, findByName } from '@btfq/btf-format';
import type { KernelView } from '../kernel-view.ts';
import { readNumber, readPointer, structField, structFields } from '../types/struct-fields.ts';

/** What a helper takes and gives. */
export interface HelperProto {
  /** The function that does it: `bpf_map_lookup_elem`; '' for a helper that is all instruction, such as tail_call. */
  readonly function: string;
  readonly gplOnly: boolean;
  /** From 5.15 on; undefined where the kernel does not say. */
  readonly mightSleep: boolean | undefined;
  /** `RET_INTEGER`, `RET_PTR_TO_MAP_VALUE|PTR_MAYBE_NULL`: the kernel's own words. */
  readonly returns: string;
  /** The function that says whether a program may, by what it attaches to (`bpf_d_path_allowed`); undefined where none is asked. */
  readonly allowed: string | undefined;
  /** Likewise `ARG_CONST_MAP_PTR`, up to the first unused one. */
  readonly args: readonly string[];
}

type Reader = (address: bigint) => HelperProto | undefined;

/** Reads protos of this kernel; undefined where its types do not have them. */
export function helperProtoReader(view: KernelView): Reader | undefined {
  const { memory, symbols, btf } = view;
  const fields = structFields(btf, 'bpf_func_proto', ['func', 'gpl_only', 'ret_type', 'arg1_type', 'arg2_type']);
  if (fields === undefined) return undefined;
  const sleep = structField(btf, 'bpf_func_proto', 'might_sleep');
  const allowed = structField(btf, 'bpf_func_proto', 'allowed');
  const step = fields.arg2_type.byteOffset - fields.arg1_type.byteOffset;
  const returnName = typeNames(btf, 'bpf_return_type');
  const argName = typeNames(btf, 'bpf_arg_type');
  return (address) => {
    const func = readPointer(memory, address, fields.func);
    const index = func === undefined || func === 0n ? undefined : symbols.indexesAt(func)[0];
    const ask = allowed && readPointer(memory, address, allowed);
    const askIndex = ask ? symbols.indexesAt(ask)[0] : undefined;
    const returns = readNumber(memory, address, fields.ret_type);
    const gplOnly = readNumber(memory, address, fields.gpl_only);
    // A helper that is all instruction has no function: a null pointer, or a poisoned one (BPF_PTR_POISON).
    const isNamed = index !== undefined || func === 0n || (func !== undefined && memory.regionOf(func) === undefined);
    if (!isNamed || returns === undefined || gplOnly === undefined || gplOnly > 1) return undefined;
    const args: string[] = [];
    for (let i = 0; i < 5; i++) {
      const at = address + BigInt(fields.arg1_type.byteOffset + i * step);
      const value = memory.u32(at);
      if (value === undefined) return undefined;
      if (value === 0) break;
      args.push(argName(value));
    }
    return {
      function: index === undefined ? '' : symbols.name(index),
      gplOnly: gplOnly !== 0,
      mightSleep: sleep && readNumber(memory, address, sleep) === 1,
      returns: returnName(returns),
      allowed: askIndex === undefined ? undefined : symbols.name(askIndex),
      args,
    };
  };
}

/** A value as this kernel's words: a base type in the low 8 bits, flags above (from 5.17 on; plain values before). */
function typeNames(btf: Btf, enumName: string): (value: number) => string {
  const values = valuesOf(btf, enumName);
  const flags = valuesOf(btf, 'bpf_type_flag');
  return (value) => {
    const plain = values.get(value);
    if (plain !== undefined) return plain;
    const base = values.get(value & 0xff) ?? String(value & 0xff);
    const names = [...flags].filter(([flag]) => flag > 0xff && (flag & (flag - 1)) === 0 && (value & flag) !== 0);
    return [base, ...names.map(([, name]) => name)].join('|');
  };
}

function valuesOf(btf: Btf, enumName: string): ReadonlyMap<number, string> {
  const id = findByName(btf, enumName, BtfKind.Enum) ?? findByName(btf, enumName, BtfKind.Enum64);
  const type = id === undefined ? undefined : decodeType(btf, id);
  const values = new Map<number, string>();
  if (type?.kind !== BtfKind.Enum && type?.kind !== BtfKind.Enum64) return values;
  for (const { name, value } of type.values) {
    if (!values.has(Number(value)) && !/^__BPF_\w+_(?:MAX|LIMIT|LAST_FLAG)$/.test(name))
      values.set(Number(value), name);
  }
  return values;
}
