// Compares what a booted kernel has loaded of an object whose types are in modules, with a flattened BTF as libbpf's
// `btf_custom_path`, with a naive reader of the kernel's and its modules' own BTF (test-kit/src/naive-btf.ts), which shares no
// code with what made the flattened one:
//   node --conditions=@btfq/source scripts/compare-flattened.ts FOLDER OBJECT ANSWERS
// FOLDER is like /sys/kernel/btf: vmlinux and the modules. ANSWERS is what scripts/flatten-probe.c printed on that kernel for the
// object and the files `-`, `plain` (`btfq gen min_core_btf FOLDER/vmlinux plain OBJECT`), `vmlinux` and `flattened` (`btfq gen
// min_core_btf FOLDER flattened OBJECT --flatten-modules`); other lines of a console are skipped. With the last all programs load,
// instruction by instruction with the modules' offsets; with the others each program fails that needs a module. Exit code 1
// where anything differs.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type BpfProgram, type CoreRelocation, parseBpfObject, RelocationKind } from '@btfq/core-reloc';
import { NaiveBtf } from '@btfq/test-kit';

const [folder, path, answers] = process.argv.slice(2);
if (folder === undefined || path === undefined || answers === undefined) throw new Error('FOLDER OBJECT ANSWERS');
const vmlinux = new NaiveBtf(readFileSync(join(folder, 'vmlinux')));
const modules = readdirSync(folder)
  .filter((name) => name !== 'vmlinux')
  .map((name) => new NaiveBtf(readFileSync(join(folder, name)), vmlinux));
const object = parseBpfObject(readFileSync(path));
const local = new NaiveBtf(object.elf.sectionBytes(object.elf.section('.BTF') as never));
const CALL = 0x85;
let different = 0;

function differ(line: string): void {
  different++;
  console.log(`DIFFERENT ${line}`);
}

/** Values that the kernel or modules have for a relocation: more than one where they disagree. */
function valuesIn(kernels: readonly NaiveBtf[], { typeId, access, kind }: CoreRelocation): Set<number> {
  const { name } = local.at(typeId);
  const [, ...steps] = access.split(':').map(Number);
  let at = typeId;
  const names = steps.map((step) => {
    const member = local.members(at)[step];
    if (member === undefined) throw new Error(`${access} of ${name} is more than members`);
    at = local.peel(member.type);
    return member.name;
  });
  const values = new Set<number>();
  for (const btf of kernels) {
    for (const one of btf.composites()) {
      if (one.name !== name || one.typedef) continue;
      if (kind === RelocationKind.TypeSize) values.add(btf.size(one.id) as number);
      else for (const field of btf.follow(one.id, names)) values.add(fieldValue(btf, kind, field));
    }
  }
  return values;
}

/** As bpf_core_calc_field_relo() says it, of little-endian kernels. */
function fieldValue(btf: NaiveBtf, kind: number, field: ReturnType<NaiveBtf['follow']>[number]): number {
  const { bitOffset, bitSize, type } = field;
  let size = btf.size(type) as number;
  let byte = bitOffset >> 3;
  if (bitSize) {
    byte = Math.floor(byte / size) * size;
    while (bitOffset + bitSize - byte * 8 > size * 8) {
      size *= 2;
      byte = Math.floor((bitOffset >> 3) / size) * size;
    }
  }
  const bits = bitSize || size * 8;
  switch (kind) {
    case RelocationKind.FieldByteOffset:
      return byte;
    case RelocationKind.FieldLshiftU64:
      return 64 - (bitOffset + bits - byte * 8);
    case RelocationKind.FieldRshiftU64:
      return 64 - bits;
    default:
      throw new Error(`relocations of kind ${kind} are not compared`);
  }
}

function relocationsOf(program: BpfProgram): CoreRelocation[] {
  return object.relocations.filter((one) => one.program === program);
}

/** The program's instructions with the naive reader's values in. */
function expected(program: BpfProgram): Buffer {
  const section = object.elf.sectionBytes(object.elf.section(program.section.name) as never);
  const code = Buffer.from(section.slice(program.offset, program.offset + program.size));
  for (const one of relocationsOf(program)) {
    const [value, ...others] = valuesIn([vmlinux, ...modules], one);
    if (value === undefined || others.length > 0) throw new Error(`${program.name}: ${others.length + 1} values`);
    code.writeInt32LE(value, one.insnOff - program.offset + 4);
  }
  return code;
}

const counts = { loaded: 0, refused: 0, instructions: 0, relocations: 0 };
for (const line of readFileSync(answers, 'latin1').split(/\r?\n/)) {
  const [, btf, name, error, hex] = /FLATTENED (\S+) (\S+) (-?\d+) ([\da-f]*)/.exec(line) ?? [];
  if (btf === undefined) continue;
  const program = object.programs.find((one) => one.name === name);
  if (program === undefined) throw new Error(`${name} is not of this object`);
  if (btf !== 'flattened') {
    const needs = relocationsOf(program).some((one) => valuesIn([vmlinux], one).size === 0);
    if (needs === (Number(error) === 0))
      differ(`${btf} ${name}: ${error}, and a module is ${needs ? '' : 'not '}needed`);
    else counts.refused += needs ? 1 : 0;
    continue;
  }
  if (Number(error) !== 0) {
    differ(`${name}: ${error} with the flattened BTF`);
    continue;
  }
  counts.loaded++;
  counts.relocations += relocationsOf(program).length;
  const [wanted, loaded] = [expected(program), Buffer.from(hex as string, 'hex')];
  if (wanted.length !== loaded.length) differ(`${name}: ${loaded.length} bytes loaded, ${wanted.length} expected`);
  for (let at = 0; at < wanted.length; at += 8) {
    counts.instructions++;
    const bytes = wanted[at] === CALL ? 4 : 8; // the kernel writes helpers' addresses into calls
    if (wanted.compare(loaded, at, at + bytes, at, at + bytes) !== 0) differ(`${name}: instruction at ${at}`);
  }
}
if (counts.loaded === 0) differ('nothing was loaded');
console.log(JSON.stringify({ ...counts, different }));
process.exitCode = different > 0 ? 1 : 0;
