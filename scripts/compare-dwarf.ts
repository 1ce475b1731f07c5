// Compares BTF that is made from debug information with pahole's, and with the kernel's own:
//   node --conditions=@btfq/source scripts/compare-dwarf.ts --packages DIR [--pahole CMD] [--objects DIR] [--kernel PART]
// DIR has debug packages (.deb, .ddeb, .rpm) and vmlinux files; --kernel takes only those whose name has PART in it. --pahole:
// how pahole 1.32 is started (default: pahole); without it only the kernel's own BTF is compared. --objects: BPF objects, which
// must relocate to the same results against both. Prints what differs by kind, CPU time and peak memory of each side; exit code
// 1 where a named type differs from pahole's, or `btf check` or `dedup` finds something.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Btf, checkBtf, dedup, parseBtf } from '@btfq/btf-format';
import { parseBpfObject, relocate } from '@btfq/core-reloc';
import { compareBtf, type BtfComparison, encodeBtf } from '@btfq/dwarf';
import { decompressSection, openFileSource } from '@btfq/kernel-source';
import { parseElf } from '@btfq/elf';
import { openDeb } from '../packages/kernel-source/src/archive/deb.ts';
import { openRpm } from '../packages/kernel-source/src/archive/rpm.ts';
import { ByteStream } from '../packages/kernel-source/src/io/byte-stream.ts';
import { fileChunks } from '../packages/kernel-source/src/io/file.ts';
import { partsOfElf } from '../packages/kernel-source/src/image/large-elf.ts';

const FEATURES =
  'encode_force,var,float,enum64,decl_tag,type_tag,optimized_func,consistent_func,decl_tag_kfuncs,attributes';
const PACKAGE = /\.(?:deb|ddeb|rpm)$/;
const VMLINUX = /(?:^|\/)vmlinux(?:-[^/]*)?(?:\.debug)?$/;
const LARGEST = 2 ** 40;
/** `BPF_CORE_TYPE_ID_TARGET`. */
const TYPE_ID_TARGET = 7;

const { values } = parseArgs({
  options: {
    packages: { type: 'string' },
    pahole: { type: 'string', default: 'pahole' },
    objects: { type: 'string' },
    kernel: { type: 'string', default: '' },
  },
});
if (values.packages === undefined) {
  console.error('usage: compare-dwarf.ts --packages DIR [--pahole CMD] [--objects DIR] [--kernel PART]');
  process.exit(2);
}
const scratch = mkdtempSync(join(tmpdir(), 'btfq-compare-'));
const pahole = values.pahole.split(' ');
const hasPahole = spawnSync(pahole[0]!, [...pahole.slice(1), '--version']).status === 0;
if (!hasPahole) console.log(`${values.pahole} cannot be started: only the kernels' own BTF is compared`);
const objects = values.objects === undefined ? [] : objectsIn(values.objects);
let failures = 0;

for (const name of readdirSync(values.packages).sort()) {
  const path = join(values.packages, name);
  if (!name.includes(values.kernel) || !statSync(path).isFile()) continue;
  const vmlinux = PACKAGE.test(name) ? await unpacked(path) : path;
  if (vmlinux === undefined) continue;
  await compare(name, vmlinux);
  if (vmlinux !== path) rmSync(vmlinux);
}
rmSync(scratch, { recursive: true });
process.exit(failures > 0 ? 1 : 0);

/** The vmlinux of a debug package, in a file of its own; undefined where there is none. */
async function unpacked(path: string): Promise<string | undefined> {
  const stream = new ByteStream(fileChunks(path));
  const { members } = await (path.endsWith('.rpm') ? openRpm : openDeb)(stream, LARGEST);
  for await (const { path: member, size, chunks } of members) {
    if (!VMLINUX.test(member) || size === 0) continue;
    const out = join(scratch, 'vmlinux');
    await writeFile(out, chunks);
    return out;
  }
  return undefined;
}

async function compare(name: string, vmlinux: string): Promise<void> {
  const source = openFileSource(vmlinux);
  const before = process.cpuUsage();
  const result = encodeBtf(source, { decompress: decompressSection });
  const { user, system } = process.cpuUsage(before);
  const made = parseBtf(result.bytes);
  console.log(`${basename(name)}: ${result.types} types, ${result.functions} functions, ${result.bytes.length} bytes`);
  console.log(`  btfq: ${((user + system) / 1e6).toFixed(2)} s CPU, with this program's start and without its end`);
  const problems = checkBtf(result.bytes);
  const joined = made.typeCount - parseBtf(dedup(made).bytes).typeCount;
  console.log(`  btf check: ${problems.length} problems; dedup joins ${joined} types`);
  failures += problems.length + joined;
  if (hasPahole) {
    const out = join(scratch, 'pahole.btf');
    const options = ['-J', '-j1', `--btf_features=${FEATURES}`, '--lang_exclude=rust', `--btf_encode_detached=${out}`];
    const run = spawnSync(pahole[0]!, [...pahole.slice(1), ...options, vmlinux], { encoding: 'utf8' });
    if (run.status !== 0) {
      console.log(`  pahole fails: ${run.stderr.split('\n')[0]}`);
      failures++;
    } else {
      const reference = parseBtf(readFileSync(out));
      failures += report('beside pahole', compareBtf(reference, made), true);
      relocateBoth('beside pahole', reference, made);
    }
  }
  const bytes = partsOfElf(source, false);
  const elf = bytes && parseElf(bytes);
  const section = elf?.section('.BTF');
  if (elf !== undefined && section !== undefined && section.type === 1 && section.size > 0) {
    const own = parseBtf(elf.sectionBytes(section));
    report("beside the kernel's own", compareBtf(own, made), false);
    relocateBoth("beside the kernel's own", own, made);
  }
  source.close();
}

/** Prints counts and the first differences; returns how many named types differ. */
function report(label: string, { kinds, differences }: BtfComparison, strict: boolean): number {
  console.log(`  ${label}:`);
  for (const [kind, { equal, missing, surplus, different }] of [...kinds].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const off = missing + surplus + different;
    console.log(
      `    ${kind}: ${equal} equal${off === 0 ? '' : `, ${missing} missing, ${surplus} too many, ${different} different`}`,
    );
  }
  for (const line of differences.slice(0, 8)) console.log(`      ${line}`);
  return strict ? differences.filter((line) => /^\w+ (?:STRUCT|UNION|ENUM|ENUM64|TYPEDEF|INT) /.test(line)).length : 0;
}

/** Relocations of all objects against both. Only type ids may differ: they are places in one BTF. */
function relocateBoth(label: string, reference: Btf, made: Btf): void {
  if (objects.length === 0) return;
  let count = 0;
  let different = 0;
  for (const object of objects) {
    // The value of a type id is a place in one BTF: that it was found is what can be compared.
    const told = (btf: Btf) =>
      relocate(object, btf).map(({ relocation, outcome, reason, newValue }) =>
        [outcome, reason, relocation.kind === TYPE_ID_TARGET ? newValue !== 0n : newValue].join(' '),
      );
    const [a, b] = [told(reference), told(made)];
    count += a.length;
    different += a.filter((line, index) => line !== b[index]).length;
  }
  console.log(`    ${objects.length} objects ${label}: ${count} relocations, ${different} different`);
}

function objectsIn(folder: string): ReturnType<typeof parseBpfObject>[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.o'))
    .sort()
    .map((name) => parseBpfObject(new Uint8Array(readFileSync(join(folder, name))), { name }));
}
