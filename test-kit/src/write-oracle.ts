// Writes `fixtures/oracle/`: what the reference tools say about the fixtures. Run by `fixtures/build.sh oracle REFERENCE`,
// where REFERENCE holds `bpftool` 7.8, `relocations`, `relocations-swap` and `btftool` (see fixtures/README.md) and, found
// in PATH, `pahole`. No test needs any of them.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { fixtureKernels, fixtureModules, fixtureObjects, fixturePath, fixtureTargets, kernelBtf } from './fixtures.ts';

const reference = process.argv[2];
if (reference === undefined) throw new Error('usage: write-oracle.ts REFERENCE');
const scratch = mkdtempSync(join(tmpdir(), 'oracle-'));
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));

/** Objects for real kernels; the others are named after the synthetic targets that they are for. */
const KERNEL_OBJECTS = ['execsnoop', 'opensnoop', 'tcpconnect', 'relocs', 'linked'];
/** The tracers by other compilers: one kernel is enough for them. */
const OTHER_COMPILERS = ['execsnoop-clang13', 'tcpconnect-clang14', 'execsnoop-gcc12', 'opensnoop-gcc12'];
/** Objects at the edge: a root type without a name, no relocations, no BTF. One kernel is enough for them. */
const EDGE_OBJECTS = ['anonymous', 'plain', 'nobtf'];
const TOPICS = [...new Set(fixtureTargets().map((name) => name.split('-')[0]!))];
/** Structs whose layout as pahole shows it is kept. */
const PAHOLE_STRUCTS = [
  'task_struct',
  'sk_buff',
  'sock_common',
  'file',
  'dentry',
  'pid',
  'list_head',
  'qstr',
  'bio',
  'rq',
];
const TASK_FIELDS = [
  ...[
    'pid',
    'tgid',
    'state',
    '__state',
    'comm',
    'mm',
    'real_parent',
    'flags',
    'start_time',
    'exit_code',
    'prio',
    'cred',
  ],
  ...[
    'se.vruntime',
    'se.load.weight',
    'thread_info.flags',
    'in_execve',
    'in_iowait',
    'tasks.next',
    'signal',
    'nsproxy',
  ],
];

/** What a tool printed, or undefined where it failed. */
function run(tool: string, ...args: string[]): Buffer | undefined {
  const path = tool === 'pahole' ? tool : join(reference!, tool);
  const { status, stdout } = spawnSync(path, args, { maxBuffer: 2 ** 30, stdio: ['ignore', 'pipe', 'ignore'] });
  return status === 0 ? stdout : undefined;
}

function sha256(bytes: Uint8Array | undefined): string | null {
  return bytes === undefined ? null : createHash('sha256').update(bytes).digest('hex');
}

/** One line a key, so that differences can be read; zipped where large. */
function write(name: string, value: Record<string, unknown>): void {
  const path = fixturePath(`oracle/${name}`);
  mkdirSync(dirname(path), { recursive: true });
  const lines = Object.entries(value).map(([key, entry]) => `${JSON.stringify(key)}: ${JSON.stringify(entry)}`);
  const text = Buffer.from(`{\n${lines.join(',\n')}\n}\n`);
  writeFileSync(path, name.endsWith('.gz') ? gzipSync(text, { level: 9 }) : text);
}

const kernelPaths = new Map(
  fixtureKernels().map(({ id }) => {
    const path = join(scratch, `${id.replaceAll('/', '-')}.btf`);
    writeFileSync(path, kernelBtf(id));
    return [id, path];
  }),
);
const objectPath = (name: string): string => fixturePath(`objects/${name}.bpf.o`);
const targetPath = (name: string): string => fixturePath(`targets/${name}.btf`);
const bothOrders = (name: string): string[] => [name, `${name}.eb`];

/** The objects that belong to a topic of targets: the topic's own, and variants such as `widths-v1`. */
function objectsOf(topic: string): string[] {
  return fixtureObjects().filter((name) => name.replace(/\.eb$/, '').replace(/-v\d$/, '') === topic);
}

/** Lines of the oracle per "target object"; a big-endian object's instructions also as libbpf would patch them. */
function relocations(target: string, path: string, objects: readonly string[], lines: Record<string, string[]>): void {
  for (const object of objects) {
    for (const tool of object.endsWith('.eb') ? ['relocations', 'relocations-swap'] : ['relocations']) {
      const text = run(tool, path, objectPath(object))!.toString();
      lines[`${target} ${object}${tool === 'relocations' ? '' : ' swapped'}`] = text.split('\n').slice(0, -1);
    }
  }
}

for (const topic of TOPICS) {
  const lines: Record<string, string[]> = {};
  for (const target of fixtureTargets().filter((name) => name.startsWith(`${topic}-`))) {
    relocations(target, targetPath(target), objectsOf(topic), lines);
  }
  write(`relocs/${topic}.json.gz`, lines);
}
const kernelLines: Record<string, string[]> = {};
for (const { id, littleEndian } of fixtureKernels()) {
  // of the other byte order one object is enough: the answers are the same but for the shifts
  const objects = KERNEL_OBJECTS.filter((name) => name !== 'linked');
  const chosen = littleEndian ? [...objects, 'linked'] : [...objects, ...objects.map((name) => `${name}.eb`)];
  relocations(id, kernelPaths.get(id)!, chosen, kernelLines);
}
const edgeKernel = fixtureKernels()[2]!.id;
relocations(
  edgeKernel,
  kernelPaths.get(edgeKernel)!,
  [...EDGE_OBJECTS, ...OTHER_COMPILERS].flatMap(bothOrders),
  kernelLines,
);
write('relocs/kernels.json.gz', kernelLines);

/** Length and SHA-256 of the type and of the string section of a BTF file. */
function sections(path: string): unknown {
  const bytes = readFileSync(path);
  const littleEndian = bytes[0] === 0x9f;
  const word = (at: number): number => (littleEndian ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at));
  const section = (at: number): Buffer => bytes.subarray(word(4) + word(at), word(4) + word(at) + word(at + 4));
  const [types, strings] = [section(8), section(16)];
  return {
    littleEndian,
    typeBytes: types.length,
    stringBytes: strings.length,
    types: sha256(types),
    strings: sha256(strings),
  };
}

/** What `gen min_core_btf` writes, or null where it refuses. */
function minimal(path: string, objects: readonly string[]): unknown {
  const out = join(scratch, 'minimal.btf');
  rmSync(out, { force: true });
  const done = run('bpftool', 'gen', 'min_core_btf', path, out, ...objects.map(objectPath)) !== undefined;
  return done ? sections(out) : null;
}

const minimals: Record<string, unknown> = {};
for (const { id } of fixtureKernels()) {
  const path = kernelPaths.get(id)!;
  for (const object of KERNEL_OBJECTS.flatMap(bothOrders)) minimals[`${id} ${object}`] = minimal(path, [object]);
  const all = KERNEL_OBJECTS.slice(0, 4);
  minimals[`${id} ${all.join(' ')}`] = minimal(path, all);
}
for (const object of [...EDGE_OBJECTS, ...OTHER_COMPILERS].flatMap(bothOrders)) {
  minimals[`${edgeKernel} ${object}`] = minimal(kernelPaths.get(edgeKernel)!, [object]);
}
for (const topic of TOPICS) {
  for (const target of fixtureTargets().filter((name) => name.startsWith(`${topic}-`))) {
    for (const object of objectsOf(topic)) minimals[`${target} ${object}`] = minimal(targetPath(target), [object]);
  }
}
write('minimal.json.gz', minimals);

/** SHA-256 of what `btf dump file` prints as C, as raw lines and as JSON. */
function dumps(path: string, ...base: string[]): unknown {
  return {
    c: sha256(run('bpftool', ...base, 'btf', 'dump', 'file', path, 'format', 'c')),
    raw: sha256(run('bpftool', ...base, 'btf', 'dump', 'file', path, 'format', 'raw')),
    json: sha256(run('bpftool', ...base, '-j', 'btf', 'dump', 'file', path)),
    pretty: sha256(run('bpftool', ...base, '-p', 'btf', 'dump', 'file', path)),
  };
}
write(
  'dumps.json.gz',
  Object.fromEntries([
    ...fixtureKernels().map(({ id }) => [id, dumps(kernelPaths.get(id)!)]),
    ...fixtureTargets().map((name) => [name, dumps(targetPath(name))]),
    ...fixtureObjects()
      .filter((name) => !name.startsWith('nobtf'))
      .map((name) => [`objects/${name}`, dumps(objectPath(name))]),
    ...fixtureModules().map(({ id, kernel }) => [
      `modules/${id}`,
      dumps(fixturePath(`modules/${id}.btf`), '-B', kernelPaths.get(kernel)!),
    ]),
  ]),
);

/** Modules distilled from their kernel: both parts, and what relocating them back gives. The tls modules are kept whole. */
const distilled: Record<string, unknown> = {};
for (const { id, kernel, name } of fixtureModules()) {
  const [vmlinux, split] = [kernelPaths.get(kernel)!, fixturePath(`modules/${id}.btf`)];
  const out = (part: string): string =>
    name === 'tls' && part !== 'relocated' ? fixturePath(`distilled/${id}.${part}.btf`) : join(scratch, `${part}.btf`);
  mkdirSync(dirname(fixturePath(`distilled/${id}`)), { recursive: true });
  run('btftool', 'distill', vmlinux, split, out('base'), out('split'));
  run('btftool', 'relocate', vmlinux, out('base'), out('split'), out('relocated'));
  distilled[id] = { base: sections(out('base')), split: sections(out('split')), relocated: sections(out('relocated')) };
}
write('distilled.json', distilled);

/** Each topic's targets of one byte order joined into one BTF, and what deduplicating that gives. */
const deduplicated: Record<string, unknown> = {};
for (const topic of TOPICS) {
  const inputs = fixtureTargets().filter((name) => name.startsWith(`${topic}-`) && !name.endsWith('.eb'));
  const [joined, out] = [join(scratch, 'joined.btf'), join(scratch, 'deduplicated.btf')];
  run('btftool', 'concat', joined, ...inputs.map(targetPath));
  run('btftool', 'dedup', joined, out);
  mkdirSync(fixturePath('dedup'), { recursive: true });
  writeFileSync(fixturePath(`dedup/${topic}.btf.gz`), gzipSync(readFileSync(joined), { level: 9 }));
  deduplicated[topic] = { before: sections(joined), after: sections(out) };
}
write('dedup.json', deduplicated);

interface DumpedType {
  readonly id: number;
  readonly kind: string;
  readonly name: string;
  readonly type_id?: number;
  readonly members?: readonly { name: string; type_id: number; bits_offset: number; bitfield_size?: number }[];
}

/** Where a field is, by bpftool's own dump: in bits from the start of the struct. */
function fieldOf(
  types: readonly DumpedType[],
  struct: DumpedType,
  path: string,
): { bitOffset: number; bitSize: number } | null {
  const bare = (id: number): DumpedType => {
    const type = types[id - 1]!;
    return ['TYPEDEF', 'CONST', 'VOLATILE', 'RESTRICT', 'TYPE_TAG'].includes(type.kind) ? bare(type.type_id!) : type;
  };
  const [first, ...rest] = path.split('.');
  for (const member of struct.members ?? []) {
    if (member.name === first && rest.length === 0) {
      return { bitOffset: member.bits_offset, bitSize: member.bitfield_size ?? 0 };
    }
    const next = member.name === first ? rest.join('.') : member.name === '(anon)' ? path : undefined;
    const found = next === undefined || member.type_id === 0 ? null : fieldOf(types, bare(member.type_id), next);
    if (found !== null) return { ...found, bitOffset: found.bitOffset + member.bits_offset };
  }
  return null;
}

const taskFields: Record<string, unknown> = {};
for (const { id } of fixtureKernels()) {
  const dump = JSON.parse(run('bpftool', '-j', 'btf', 'dump', 'file', kernelPaths.get(id)!)!.toString());
  const types = dump.types as DumpedType[];
  const task = types.find(({ kind, name }) => kind === 'STRUCT' && name === 'task_struct')!;
  taskFields[id] = Object.fromEntries(TASK_FIELDS.map((field) => [field, fieldOf(types, task, field)]));
}
write('task_struct.json', taskFields);

if (spawnSync('pahole', ['--version']).status === 0) {
  const layouts: Record<string, unknown> = {};
  for (const { id } of fixtureKernels()) {
    for (const name of PAHOLE_STRUCTS) {
      layouts[`${id} ${name}`] = run('pahole', '-F', 'btf', '-C', name, kernelPaths.get(id)!)?.toString() ?? null;
    }
  }
  write('pahole.json.gz', layouts);
}
