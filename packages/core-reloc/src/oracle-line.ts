// One JSON line per relocation, as a program of a few lines around libbpf's own functions prints them
// (bpf_core_add_cands, bpf_core_calc_relo_insn, bpf_core_patch_insn): the form in which answers are compared.

import type { Btf } from '@btfq/btf-format';
import type { TargetKernel } from './candidates.ts';
import type { BpfObject } from './bpf-object.ts';
import type { CoreRelocation } from './relocation-records.ts';
import { INSN_SIZE } from './insn.ts';
import { instructionSize, patchInstruction } from './patch.ts';
import { resolveObject } from './resolve.ts';
import type { Resolution } from './result.ts';

/** How to read the instructions of the object. */
export interface OracleOptions {
  /**
   * `host` (default): as a little-endian machine reads the bytes, whatever the object's byte order; in big-endian
   * objects most are then not as expected (`patchErr`). `object`: in the object's own order, as libbpf's loader does.
   */
  readonly instructions?: 'host' | 'object';
}

/**
 * The lines of all relocations, without newlines. Each relocation stands for itself (rules `independent`), and shifts
 * of bitfields are those of a little-endian machine, whatever the object's and the target's byte order. Of a whole kernel
 * the modules are asked too where it lacks a type, as libbpf does without `btf_custom_path`.
 */
export function oracleLines(object: BpfObject, target: Btf | TargetKernel, options: OracleOptions = {}): string[] {
  const littleEndian = options.instructions === 'object' ? object.littleEndian : true;
  const answers = resolveObject(object, target, { rules: 'independent', hostLittleEndian: true });
  const copies = new Map<string, Uint8Array>();
  return object.relocations.map((relocation, i) =>
    oracleLine(object, relocation, answers[i] as Resolution, littleEndian, copies),
  );
}

function oracleLine(
  object: BpfObject,
  relocation: CoreRelocation,
  answer: Resolution,
  littleEndian: boolean,
  copies: Map<string, Uint8Array>,
): string {
  const { btf, name } = object;
  const { section, insnOff, kind, typeId, access } = relocation;
  const type = typeId < btf.typeCount ? btf.name(typeId) : '';
  const head =
    `{"obj":"${name}","sec":"${escaped(section)}","insnOff":${insnOff},"kind":${kind},` +
    `"type":"${escaped(type)}","access":"${access}"`;
  if (answer.errno !== 0) return `${head},"err":${-answer.errno}}`;
  const { target } = answer;
  const path = target?.accessors.map((step) => `[${step.typeId},${step.index}]`).join(',');
  return (
    `${head},"poison":${answer.poison},"new":"${answer.value}","targType":${target?.rootTypeId ?? 0}` +
    `${path === undefined ? '' : `,"path":[${path}]`}${patched(relocation, answer, littleEndian, copies)}}`
  );
}

/** The last field: the instruction's bytes in hex, or the error; nothing where there is no instruction. */
function patched(
  relocation: CoreRelocation,
  answer: Resolution,
  littleEndian: boolean,
  copies: Map<string, Uint8Array>,
): string {
  const { code, insnOff } = relocation;
  if (code === undefined || insnOff + INSN_SIZE > code.bytes.length) return '';
  let copy = copies.get(code.name);
  if (copy === undefined) copies.set(code.name, (copy = new Uint8Array(code.bytes)));
  const { errno } = patchInstruction(copy, insnOff, littleEndian, answer);
  if (errno !== 0) return `,"patchErr":${-errno}`;
  const bytes = copy.subarray(insnOff, insnOff + instructionSize(copy, insnOff));
  return `,"insn":"${Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')}"`;
}

function escaped(text: string): string {
  return text.replace(/["\\]/g, '\\$&');
}
