// A table for TypeScript and, types taken away, JavaScript: one module without imports.

import { DIGITS } from '../table/digits.ts';
import type { PackedTable } from '../table/pack.ts';
import { camelCase, commentText, type GenerateOptions, textLines, entryNames } from './names.ts';

export function generateTypeScript(packed: PackedTable, options: GenerateOptions): string {
  const head = (options.madeFrom ?? []).map((line) => `// ${commentText(line)}\n`).join('');
  const shapeName = { field: 'KernelField', number: 'KernelNumber', function: 'KernelFunction' } as const;
  const list = (name: string, texts: readonly string[]) =>
    `// table:${name}\nconst ${name.toUpperCase()}: readonly string[] = [\n${textLines(texts, '  ', entryNames(name, packed.plan))}];\n// table:end\n`;
  const members = packed.plan.map(({ entry, shape }) => {
    const about = `${entry.kind} ${entry.alternatives.map(({ text }) => text).join(', else ')}${entry.description ? `: ${entry.description}` : ''}`;
    return `  /** ${commentText(about)} */\n  readonly ${camelCase(entry.name)}: ${shapeName[shape]} | null;\n`;
  });
  const fill = packed.plan.map(
    ({ entry, shape, first }) => `    ${camelCase(entry.name)}: ${shape}At(slots, ${first}),\n`,
  );
  const names = packed.plan.map(({ entry }) => `  ["${entry.name}", "${camelCase(entry.name)}"],\n`);
  const builds = packed.builds.length > 0;
  const shapes = new Set(packed.plan.map(({ shape }) => shape));
  return `// Made by btfq offsets: do not edit.
${head}
/** Where a field is. */
export interface KernelField {
  readonly kind: "field";
  /** Which of the entry's paths it is, from 1. */
  readonly alternative: number;
  /** Bytes. Each but the last is of a pointer to read. */
  readonly offsets: readonly number[];
  readonly size: number;
  /** Of a bitfield, from the byte at the last offset, as the compiler counts on that kernel. */
  readonly bitOffset: number;
  /** Of a bitfield, else 0. */
  readonly bitSize: number;
}

/** A size, a value, a position, or 1 and 0 for what exists and what does not. */
export interface KernelNumber {
  readonly kind: "number";
  readonly alternative: number;
  readonly value: bigint;
}

/** A function's signature. */
export interface KernelFunction {
  readonly kind: "function";
  readonly alternative: number;
  readonly parameters: number;
  readonly signature: string;
}

/** The answers for one kernel; null for what it lacks. */
export interface Offsets {
${members.join('')}}

/** A kernel of the table. */
export interface Kernel {
  readonly distro: string;
  readonly version: string;
  readonly arch: string;
  readonly release: string;
  readonly row: number;
}

${list('defaults', packed.defaults)}${list('variants', packed.variants)}${list('rows', packed.rows)}${list('kernels', packed.kernels)}${shapes.has('function') ? list('signatures', packed.signatures) : ''}${builds ? list('builds', packed.builds) : ''}
const NAMES: readonly (readonly [entry: string, key: keyof Offsets])[] = [
${names.join('')}];
const DIGITS = "${DIGITS}";

function numberAt(text: string, at: number, width: number): number {
  let value = 0;
  for (let i = 0; i < width; i++) value = value * 64 + DIGITS.indexOf(text.charAt(at + i));
  return value;
}

const widthOf = (count: number): number => (count <= 64 ? 1 : count <= 4096 ? 2 : 3);
const words = (text: string): string[] => text.split(" ").filter((word) => word !== "");
${
  shapes.has('field')
    ? `
function fieldAt(slots: readonly bigint[], first: number): KernelField | null {
  const [alternative = 0, size = 0, bitOffset = 0, bitSize = 0, depth = 0, ...offsets] = slots.slice(first).map(Number);
  if (alternative === 0) return null;
  return { kind: "field", alternative, offsets: offsets.slice(0, depth), size, bitOffset, bitSize };
}
`
    : ''
}${
  shapes.has('number')
    ? `
function numberAtSlots(slots: readonly bigint[], first: number): KernelNumber | null {
  const [alternative = 0n, value = 0n] = slots.slice(first);
  return alternative === 0n ? null : { kind: "number", alternative: Number(alternative), value };
}
`
    : ''
}${
  shapes.has('function')
    ? `
function functionAt(slots: readonly bigint[], first: number): KernelFunction | null {
  const [alternative = 0, parameters = 0, signature = 0] = slots.slice(first).map(Number);
  return alternative === 0 ? null : { kind: "function", alternative, parameters, signature: SIGNATURES[signature] ?? "" };
}
`
    : ''
}
function groups(): { slots: number[]; variants: string[] }[] {
  const found: { slots: number[]; variants: string[] }[] = [];
  for (const text of VARIANTS) {
    if (text.startsWith("@")) found.push({ slots: words(text.slice(1)).map(Number), variants: [] });
    else found[found.length - 1]?.variants.push(text);
  }
  return found;
}

/** The answers for a kernel of the table. */
export function offsetsOf({ row }: Pick<Kernel, "row">): Offsets {
  const slots = DEFAULTS.flatMap(words).map(BigInt);
  let at = 0;
  for (const { slots: group, variants } of groups()) {
    const width = widthOf(variants.length);
    const chosen = words(variants[numberAt(ROWS[row] ?? "", at, width)] ?? "");
    group.forEach((slot, i) => {
      slots[slot] = BigInt(chosen[i] ?? "0");
    });
    at += width;
  }
  return {
${fill.join('').replaceAll(': numberAt(', ': numberAtSlots(')}  };
}

/** All kernels of the table. */
export function kernels(): Kernel[] {
  const width = widthOf(ROWS.length);
  const all: Kernel[] = [];
  for (const line of KERNELS) {
    const [distro = "", version = "", arch = "", tail = "", first = "", firstRow = "", members = ""] = line.split(" ");
    let head = first;
    let row = numberAt(firstRow, 0, width);
    all.push({ distro, version, arch, release: head + tail, row });
    for (let at = 0; at < members.length; ) {
      const step = numberAt(members, at++, 1);
      head = head.slice(0, head.length - ((step >> 3) & 3)) + members.slice(at, at + (step & 7));
      at += step & 7;
      if (step & 32) {
        row = numberAt(members, at, width);
        at += width;
      }
      all.push({ distro, version, arch, release: head + tail, row });
    }
  }
  return all;
}

function search(arch: string, release: string, also: (kernel: Kernel) => boolean): Offsets | undefined {
  const machine = arch === "aarch64" ? "arm64" : arch; // as the table writes it
  const found = kernels().filter((kernel) => kernel.release === release && kernel.arch === machine && also(kernel));
  const rows = new Set(found.map((kernel) => kernel.row));
  if (rows.size > 1) throw new RangeError(\`several kernels have the release \${release}, and they differ\`);
  const [kernel] = found;
  return kernel && offsetsOf(kernel);
}

/** By ID and VERSION_ID of os-release and machine and release of uname; undefined where the table does not have it. */
export function find(distro: string, version: string, arch: string, release: string): Offsets | undefined {
  return search(arch, release, (kernel) => kernel.distro === distro && kernel.version === version);
}

/** By machine and release alone. Throws where several kernels have it and differ. */
export function findRelease(arch: string, release: string): Offsets | undefined {
  return search(arch, release, () => true);
}

${
  builds
    ? `/** By the build id in hexadecimal; undefined where the table does not have it. /sys/kernel/notes has the running kernel's. */
export function findBuildId(buildId: string): Offsets | undefined {
  const row = BUILDS.find((line) => line.startsWith(\`\${buildId} \`))?.slice(buildId.length + 1);
  return row === undefined ? undefined : offsetsOf({ row: numberAt(row, 0, widthOf(ROWS.length)) });
}

`
    : ''
}/** As find, else as findRelease, with the text of /etc/os-release: \`findRunning(os.machine(), os.release(), text)\`. */
export function findRunning(machine: string, release: string, osRelease: string): Offsets | undefined {
  const word = (key: string) => new RegExp(\`^\${key}=(["']?)(.*?)\\\\1\\\\s*$\`, "m").exec(osRelease)?.[2] ?? "";
  return find(word("ID"), word("VERSION_ID"), machine, release) ?? findRelease(machine, release);
}

/** The address of a field of the object at base. Reads each pointer on the way. */
export function addressOf(field: KernelField, base: bigint, readPointer: (address: bigint) => bigint): bigint {
  let address = base;
  for (const offset of field.offsets.slice(0, -1)) address = readPointer(address + BigInt(offset));
  return address + BigInt(field.offsets[field.offsets.length - 1] ?? 0);
}

function cellText(cell: KernelField | KernelNumber | KernelFunction | null): string {
  if (cell === null) return "-";
  switch (cell.kind) {
    case "field":
      return \`\${cell.alternative}:\${cell.offsets.join(",")}:\${cell.size}:\${cell.bitOffset}:\${cell.bitSize}\`;
    case "number":
      return \`\${cell.alternative}:\${cell.value}\`;
    case "function":
      return \`\${cell.alternative}:\${cell.parameters}:\${cell.signature}\`;
  }
}

/** The whole table as lines: kernel, entry and answer between tabs. */
export function dump(): string[] {
  return kernels().flatMap((kernel) => {
    const { distro, version, arch, release } = kernel;
    const offsets = offsetsOf(kernel);
    return NAMES.map(([entry, key]) => \`\${distro}/\${version}/\${arch}/\${release}\\t\${entry}\\t\${cellText(offsets[key])}\`);
  });
}

/** Unpacks the whole table and compares it with what it was made from. */
export function selfTest(): boolean {
  const lines = kernels().map(
    ({ distro, version, arch, release, row }) => \`\${distro}/\${version}/\${arch}/\${release}\\t\${row}\`,
  );
${
  builds
    ? `  for (const line of BUILDS) {
    const [id = "", row = ""] = line.split(" ");
    lines.push(\`\${id}\\t\${numberAt(row, 0, widthOf(ROWS.length))}\`);
  }
`
    : ''
}  ROWS.forEach((_, row) => {
    const offsets = offsetsOf({ row });
    for (const [entry, key] of NAMES) lines.push(\`\${row}\\t\${entry}\\t\${cellText(offsets[key])}\`);
  });
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(lines.map((line) => line + "\\n").join(""))) {
    hash = Math.imul(hash ^ byte, 0x01000193);
  }
  return hash >>> 0 === 0x${packed.checksum.toString(16)};
}
`;
}
