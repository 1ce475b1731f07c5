// Where the fixtures are and what they hold. What is compressed is decompressed once per process, and once per machine:
// `fixtures/.cache` (ignored by git) keeps the bytes, named and checked by their SHA-256.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { decompressSync } from '@napi-rs/lzma/xz';
import { onlyMember } from './tar.ts';

/** The folder `fixtures/` of the repository, absolute. */
export const fixturesFolder: string = join(dirname(fileURLToPath(import.meta.url)), '../../fixtures');

/** A real kernel whose BTF the repository carries, with what is known of it; a row of `fixtures/kernels/kernels.json`. */
export interface FixtureKernel {
  /** `distro/version/arch/release`. */
  readonly id: string;
  readonly distro: string;
  readonly version: string;
  /** `uname -m`'s word, except `arm64`. */
  readonly arch: string;
  readonly release: string;
  readonly littleEndian: boolean;
  /** Bytes of the raw BTF, and the SHA-256 of them in hex. */
  readonly size: number;
  readonly sha256: string;
  /** The number of types without void: the last type id. */
  readonly types: number;
}

/** The kernels under `fixtures/kernels`, oldest version first. */
export function fixtureKernels(): readonly FixtureKernel[] {
  kernels ??= JSON.parse(readFileSync(join(fixturesFolder, 'kernels/kernels.json'), 'utf8')) as FixtureKernel[];
  return kernels;
}
let kernels: readonly FixtureKernel[] | undefined;

/** The row of a kernel, by its id or its release. Throws where there is none, and where a release is not unique. */
export function fixtureKernel(name: string): FixtureKernel {
  const found = fixtureKernels().filter((kernel) => kernel.id === name || kernel.release === name);
  if (found.length !== 1) throw new Error(`${found.length} fixture kernels are called ${name}`);
  return found[0]!;
}

/** The path of a kernel's `.btf.tar.xz`, in BTFHub's layout below `fixtures/kernels`. */
export function kernelArchivePath(name: string): string {
  return join(fixturesFolder, 'kernels', `${fixtureKernel(name).id}.btf.tar.xz`);
}

/** The raw BTF of a fixture kernel, by id or release. Every caller gets the same bytes: copy before changing them. */
export function kernelBtf(name: string): Uint8Array {
  const { id, sha256 } = fixtureKernel(name);
  let bytes = opened.get(id);
  if (bytes === undefined) {
    const cached = join(fixturesFolder, '.cache', `${sha256}.btf`);
    bytes = existsSync(cached) ? new Uint8Array(readFileSync(cached)) : undefined;
    if (bytes === undefined || hash(bytes) !== sha256) {
      bytes = onlyMember(decompressSync(readFileSync(kernelArchivePath(id))));
      if (hash(bytes) !== sha256)
        throw new Error(`${id}: the archive does not hold the BTF that kernels.json promises`);
      mkdirSync(dirname(cached), { recursive: true });
      const unfinished = `${cached}.${process.pid}`;
      writeFileSync(unfinished, bytes);
      renameSync(unfinished, cached); // test workers run at once: the file appears whole or not at all
    }
    opened.set(id, bytes);
  }
  return bytes;
}
const opened = new Map<string, Uint8Array>();

function hash(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** A module of a fixture kernel: its split BTF is `fixtures/modules/<id>.btf`. */
export interface FixtureModule {
  /** `distro/version/arch/release/name`. */
  readonly id: string;
  /** The id of the kernel whose BTF it is split from. */
  readonly kernel: string;
  readonly name: string;
}

/** The modules under `fixtures/modules`, by their kernels and names. */
export function fixtureModules(): readonly FixtureModule[] {
  return fixtureKernels().flatMap(({ id: kernel }) => {
    const names = existsSync(fixturePath(`modules/${kernel}`)) ? namesOf(`modules/${kernel}`, '.btf') : [];
    return names.map((name) => ({ id: `${kernel}/${name}`, kernel, name }));
  });
}

/** The split BTF of a module, by its id: to be read with `kernelBtf(module.kernel)` as its base. */
export function moduleBtf(id: string): Uint8Array {
  return fixtureBytes(`modules/${id}.btf`);
}

/** The path of a file under `fixtures/`. */
export function fixturePath(name: string): string {
  return join(fixturesFolder, name);
}

/** The bytes of a file under `fixtures/`, in a buffer of their own; a `.gz` is given decompressed. */
export function fixtureBytes(name: string): Uint8Array {
  const bytes = readFileSync(fixturePath(name));
  return new Uint8Array(name.endsWith('.gz') ? gunzipSync(bytes) : bytes);
}

/** The BPF objects under `fixtures/objects`, by name and sorted: `relocs` (little endian), `relocs.eb` (big endian), ... */
export function fixtureObjects(): readonly string[] {
  return namesOf('objects', '.bpf.o');
}

/** The bytes of `fixtures/objects/<name>.bpf.o`. */
export function fixtureObject(name: string): Uint8Array {
  return fixtureBytes(`objects/${name}.bpf.o`);
}

/** The synthetic targets under `fixtures/targets`, by name and sorted: `arrays`, `arrays.eb`, ... */
export function fixtureTargets(): readonly string[] {
  return namesOf('targets', '.btf');
}

/** The raw BTF of `fixtures/targets/<name>.btf`. */
export function fixtureTarget(name: string): Uint8Array {
  return fixtureBytes(`targets/${name}.btf`);
}

function namesOf(folder: string, ending: string): readonly string[] {
  const names = readdirSync(fixturePath(folder)).filter((name) => name.endsWith(ending));
  return names.map((name) => name.slice(0, -ending.length)).sort();
}

/** The text of `fixtures/oracle/<name>`, or of `<name>.gz`: what a reference tool said. */
export function oracleText(name: string): string {
  const plain = existsSync(fixturePath(`oracle/${name}`));
  return new TextDecoder().decode(fixtureBytes(`oracle/${name}${plain ? '' : '.gz'}`));
}

/** `fixtures/oracle/<name>` read as JSON. The caller states the shape, which `fixtures/README.md` documents. */
export function oracleJson<T>(name: string): T {
  return JSON.parse(oracleText(name)) as T;
}
