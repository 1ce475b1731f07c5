// Collector: gathers what the files of one package, archive or folder give, and joins modules with their kernel at the end.

import { basename } from 'node:path/posix';
import { BtfError, parseBtf } from '@btfq/btf-format';
import { type ByteSource, bytesSource, ModuleBase } from '@btfq/dwarf';
import type { ElfFile } from '@btfq/elf';
import { chooseConfig, type FoundConfig } from '../config/choose.ts';
import { embeddedConfig } from '../config/ikconfig.ts';
import { parseKernelConfig } from '../config/kernel-config.ts';
import { archOfElf } from '../identity/arch.ts';
import { ownBytes } from '../io/byte-stream.ts';
import { DebugModules } from '../dwarf/debug-modules.ts';
import { btfFromDwarf, hasDebugInformation } from '../dwarf/from-dwarf.ts';
import { buildIdOfNotes } from '../image/build-id.ts';
import { isSysfs } from '../identity/system.ts';
import { btfOfElf, elfKind, moduleInfo, openElf, rodataOf, typed } from '../image/elf-btf.ts';
import { KernelSourceError } from '../errors.ts';
import { isBeside, label } from '../member-paths.ts';
import {
  type Evidence,
  type KernelIdentity,
  releaseOfPaths,
  determineIdentity,
  wholeIdentity,
} from '../identity/identity.ts';
import { type KernelImage, readKernelImage } from '../image/image.ts';
import { type Kernel, type KernelItem, skipped } from '../kernel.ts';
import { kernelVersion } from '../identity/release.ts';
import type { RootEntry } from '../identity/roots.ts';
import {
  type DebugModule,
  type FoundKernel,
  type FoundModule,
  isSameKernel,
  type Leaf,
  type Origin,
  type Problem,
  releaseOfKernel,
} from './found.ts';
import { leftOver } from './left-over.ts';
import { ModuleTableReader } from './module-tables.ts';
import { modulesOfKernel } from './modules-of-kernel.ts';
import { systemAroundFile } from '../identity/system-around.ts';

/** What {@link Collector} is given for all of its files. */
export interface CollectorOptions {
  readonly given: Partial<KernelIdentity>;
  /** For the running kernel's own BTF: what uname and os-release say. */
  readonly machine?: Partial<KernelIdentity>;
  /** The running kernel's notes, where its BTF is read. */
  readonly notes?: Uint8Array;
  /** The folders that the caller named: a root file system may be one of them. */
  readonly folders?: readonly string[];
  /** What an identity gets for what stays unknown; an error if it is missing. */
  readonly fallback?: KernelIdentity;
  readonly maxBytes: number;
  readonly modules: boolean;
  /** Whether the unpacked kernels are kept. */
  readonly image: boolean;
  /** Whether BTF is made from debug information even where the kernel has its own. */
  readonly fromDwarf?: boolean;
  /** Whether BTF is made of modules' debug information. */
  readonly modulesFromDwarf?: boolean;
  /** Whether modules' own tables are read. */
  readonly moduleTables?: boolean;
}

/** Where dwz's common files are: usr/lib/debug/.dwz/NAME. */
const DWZ_FILE = /(?:^|\/)\.dwz\/[^/]+$/;
const MODULE_FILE = /\.ko(?:\.\w+)?$/;

/** Gathers files, then gives kernels. */
export class Collector {
  private readonly options: CollectorOptions;
  private readonly kernels: FoundKernel[] = [];
  private readonly modules: FoundModule[] = [];
  private readonly configs: FoundConfig[] = [];
  private readonly problems: Problem[] = [];
  private debugModules: DebugModule[] = [];
  /** Debug information of modules was there, and nobody asked for it. */
  private modulesPassedOver = false;
  private readonly putAside = new DebugModules();
  private readonly tableReader = new ModuleTableReader();
  /** What dwz moved the common part of debug information to, by name. */
  private readonly alternates = new Map<string, ByteSource>();
  private readonly kept: (ByteSource & { dispose?(): void })[] = [];
  /** The kernel that modules were made for last, ready for more. */
  private base: { readonly image: KernelImage; readonly base: ModuleBase } | undefined;
  /** The modules, configurations and problems that went with a kernel. */
  private readonly claimed = new Set<FoundModule | FoundConfig | Problem>();
  /** os-release files, and links, of archives: by archive and path. */
  private readonly rootEntries = new Map<string, RootEntry>();

  constructor(options: CollectorOptions) {
    this.options = options;
  }

  /** Takes what may be the os-release of a root file system in an archive, or a link that may lead to it. */
  addRootEntry(paths: readonly string[], entry: RootEntry): void {
    this.rootEntries.set(paths.join('\0'), entry);
  }

  /** Takes a file that is a configuration. What is wrong with it is remembered, not thrown. */
  addConfig(paths: readonly string[], bytes: Uint8Array): void {
    try {
      this.configs.push({ paths, release: releaseOfPaths(paths), parsed: parseKernelConfig(bytes) });
    } catch (error) {
      this.problems.push({ origin: { paths }, skipped: skipped(label(paths), error), module: true });
    }
  }

  /** Lets go of files that were put aside. */
  dispose(): void {
    this.putAside.dispose();
    for (const one of this.kept) one.dispose?.();
  }

  /** Takes notice of debug information of modules that is passed over. */
  passOverModules(): void {
    this.modulesPassedOver = true;
  }

  /** Whether a kernel was found in that package. */
  hasKernelOf(paths: readonly string[]): boolean {
    return this.kernels.some(({ origin }) => paths.every((path, index) => origin.paths[index] === path));
  }

  /** Takes one file. What is wrong with it is remembered, not thrown. True: its source is still needed. */
  async add(leaf: Leaf): Promise<boolean> {
    const { bytes, source, ...origin } = leaf;
    const path = leaf.paths.at(-1)!;
    let module = MODULE_FILE.test(path);
    try {
      if (leaf.format === 'btf') {
        this.addRawBtf(origin, ownBytes(bytes));
        return false;
      }
      if (leaf.format === 'elf') {
        const elf = openElf(bytes);
        module = elfKind(elf) === 'module';
        if (module) {
          if (this.options.modules) this.addModule(origin, elf, source ?? bytesSource(bytes));
          return false;
        }
        if (DWZ_FILE.test(path)) {
          const kept = source ?? bytesSource(bytes);
          this.alternates.set(basename(path), kept);
          this.kept.push(kept);
          return true;
        }
      }
      const image = await readKernelImage(bytes, leaf.format, this.options.maxBytes, {
        prefer: this.options.fromDwarf,
        alternates: this.alternates,
        source,
      });
      if (this.options.image) this.kernels.push({ origin, image });
      else {
        const { image: _, ...rest } = image;
        this.kernels.push({ origin, image: rest });
      }
    } catch (error) {
      // Archives hold many programs: that one of them is no kernel is not reported.
      const inArchive = leaf.paths.length > 1;
      if (inArchive && error instanceof KernelSourceError && error.code === 'no-kernel') return false;
      this.problems.push({ origin, skipped: skipped(label(leaf.paths), error), module });
    }
    return false;
  }

  /** Remembers what went wrong with a file before it could be taken. */
  addProblem(paths: readonly string[], error: unknown): void {
    const module = MODULE_FILE.test(paths.at(-1)!);
    this.problems.push({ origin: { paths }, skipped: skipped(label(paths), error), module });
  }

  /** Every kernel with its modules, then what was skipped. */
  *finish(): Generator<KernelItem> {
    const kernels = this.distinctKernels();
    for (const module of this.debugModules) {
      const kernel = this.kernelOf(module.release) ?? (kernels.length === 1 ? kernels[0] : undefined);
      if (kernel !== undefined) this.makeModule(module, kernel.image);
      else if (module.own !== undefined) this.modules.push(module.own);
    }
    this.debugModules = [];
    this.base = undefined;
    for (const kernel of kernels) yield this.complete(kernel, kernels.length === 1);
    const { claimed, configs, modules, problems } = this;
    yield* leftOver({ kernels: this.kernels, modules, configs, problems, claimed });
  }

  private addRawBtf(origin: Origin, btf: Uint8Array): void {
    try {
      this.kernels.push({ origin, image: { btf, parsed: parseBtf(btf), trail: ['raw BTF'] } });
    } catch (error) {
      if (!(error instanceof BtfError)) throw error;
      // A module's BTF goes on where its kernel's ends, and does not parse alone: that is known once the kernel is there.
      const module = { name: moduleName(origin.paths), btf };
      this.modules.push({ origin, module, release: releaseOfPaths(origin.paths), arch: undefined, raw: true, error });
    }
  }

  private addModule(origin: Origin, elf: ElfFile, source: ByteSource): void {
    const info = moduleInfo(elf, this.options.maxBytes);
    const name = info.get('name') ?? moduleName(origin.paths);
    const release = info.get('vermagic')?.split(' ')[0] ?? releaseOfPaths(origin.paths);
    if (name === 'configs') this.addConfigOfModule(origin, elf, release);
    const arch = archOfElf(elf);
    const found = btfOfElf(elf, this.options.maxBytes);
    let own: FoundModule | undefined;
    if (found !== undefined && found.btf.length > 0) {
      const base = found.base === undefined ? {} : { base: ownBytes(found.base) };
      const module = { name, btf: ownBytes(found.btf), ...base };
      const kernel = this.kernelOf(release)?.image;
      const tables = this.options.moduleTables && this.tableReader.read(module, elf, release, kernel);
      own = { origin, module, release, arch, raw: false, ...(tables ? { tables } : {}) };
    }
    if (this.options.modulesFromDwarf && hasDebugInformation(elf)) {
      const debug = { origin, name, release, arch, source, ...(own === undefined ? {} : { own }) };
      const kernel = this.kernelOf(release);
      if (kernel === undefined)
        this.debugModules.push({ ...debug, source: typed(() => this.putAside.put(elf, source)) });
      else this.makeModule(debug, kernel.image);
      return;
    }
    if (own !== undefined) {
      this.modules.push(own);
      return;
    }
    const seen = found === undefined ? 'no .BTF section' : 'an empty .BTF section';
    throw new KernelSourceError('no-btf', `module ${name} has no BTF`, {
      found: `a module for ${release ?? 'an unknown release'}: ${elf.sections.length} sections, ${seen}`,
    });
  }

  /** The kernel that was found for a release. */
  private kernelOf(release: string | undefined): FoundKernel | undefined {
    const found = this.kernels.filter((kernel) => releaseOfKernel(kernel) === release);
    return found.find(({ image }) => image.fromDwarf) ?? found[0];
  }

  /** A module's BTF: its own over a kernel's own, else made from its debug information. */
  private makeModule({ origin, name, release, arch, source, own }: DebugModule, image: KernelImage): void {
    if (own !== undefined && !image.fromDwarf) {
      this.modules.push(own);
      return;
    }
    try {
      if (this.base?.image !== image) this.base = { image, base: new ModuleBase(image.parsed) };
      const btf = btfFromDwarf(source, { base: this.base.base, alternates: this.alternates });
      this.modules.push({ origin, module: { name, btf }, release, arch, raw: false, fromDwarf: true });
    } catch (error) {
      this.problems.push({ origin, skipped: skipped(label(origin.paths), error), module: true });
    }
  }

  /** CONFIG_IKCONFIG=m: the configuration is in a module of its own. */
  private addConfigOfModule(origin: Origin, elf: ElfFile, release: string | undefined): void {
    try {
      const bytes = embeddedConfig(rodataOf(elf) ?? elf.bytes);
      if (bytes !== undefined) this.configs.push({ paths: origin.paths, release, parsed: parseKernelConfig(bytes) });
    } catch (error) {
      this.problems.push({ origin, skipped: skipped(label(origin.paths), error), module: true });
    }
  }

  /** A package or root file system may hold the same kernel twice, as vmlinux and as vmlinuz: one is enough. */
  private distinctKernels(): FoundKernel[] {
    const kept: FoundKernel[] = [];
    for (const kernel of this.kernels) {
      const at = kept.findIndex((other) => isSameKernel(other, kernel));
      if (at < 0) kept.push(kernel);
      // Its own BTF, or what was made from debug information where that was asked for.
      else if ((kernel.image.fromDwarf ?? false) === this.options.fromDwarf) kept[at] = kernel;
    }
    return kept;
  }

  private complete({ origin, image }: FoundKernel, alone: boolean): KernelItem {
    const path = label(origin.paths);
    let identity: KernelIdentity;
    let identified: string;
    try {
      const told = determineIdentity(this.evidence(origin, image));
      const { fallback } = this.options;
      identified = told.identified;
      identity =
        fallback === undefined ? wholeIdentity(told.identity, origin.paths) : { ...fallback, ...told.identity };
    } catch (error) {
      // Modules of a kernel without a name are not lost for another reason.
      for (const found of this.modules)
        if (alone || isBeside(origin.paths, found.origin.paths)) this.claimed.add(found);
      for (const found of this.configs) if (alone || isBeside(origin.paths, found.paths)) this.claimed.add(found);
      return skipped(path, error);
    }
    const left = this.modules.filter((found) => !this.claimed.has(found));
    const fitting = modulesOfKernel({ origin, image }, identity, alone, left);
    for (const found of fitting.claimed) this.claimed.add(found);
    const problems = [...fitting.problems];
    for (const problem of this.problems) {
      if (!problem.module || this.claimed.has(problem)) continue;
      const release = releaseOfPaths(problem.origin.paths);
      if (release === undefined ? !alone : release !== identity.release) continue;
      this.claimed.add(problem);
      problems.push(problem.skipped);
    }
    const { banner, config: embedded } = image;
    const chosen = chooseConfig({ paths: origin.paths, identity, banner, embedded, alone }, this.unclaimedConfigs());
    for (const found of chosen.claimed) this.claimed.add(found);
    problems.push(...chosen.problems);
    const { notes } = this.options;
    const buildId =
      image.buildId ??
      (notes && isSysfs(origin.paths[0] ?? '') ? buildIdOfNotes(notes, image.parsed.littleEndian) : undefined);
    const kernel: Kernel = {
      kind: 'kernel',
      ...(this.modulesPassedOver ? { modulesPassedOver: true } : {}),
      ...(image.fromDwarf ? { fromDwarf: true } : {}),
      ...(image.own === undefined ? {} : { own: image.own }),
      identity,
      identified,
      btf: image.btf,
      parsed: image.parsed,
      modules: (this.options.modules ? fitting.modules : [])
        .map(({ module, tables }) => {
          const told = typeof tables === 'function' ? tables(image) : tables;
          return told === undefined ? module : { ...module, tables: told };
        })
        .sort((a, b) => (a.name < b.name ? -1 : 1)),
      kernelVersion: kernelVersion(identity.release),
      ...(chosen.config === undefined ? {} : { config: chosen.config }),
      ...(image.image === undefined ? {} : { image: image.image }),
      ...(image.banner === undefined ? {} : { banner: image.banner }),
      ...(buildId === undefined ? {} : { buildId }),
      provenance: `${path}: ${image.trail.join(', ')}`,
      problems,
    };
    return kernel;
  }

  private unclaimedConfigs(): FoundConfig[] {
    return this.configs.filter((found) => !this.claimed.has(found));
  }

  private evidence(origin: Origin, image: KernelImage): Evidence {
    const system = image.system ?? systemAroundFile(origin.paths, this.rootEntries, this.options.folders);
    const { machine } = this.options;
    return {
      paths: origin.paths,
      given: this.options.given,
      ...(machine === undefined ? {} : { machine }),
      ...(origin.package === undefined ? {} : { package: origin.package }),
      ...(image.banner === undefined ? {} : { banner: image.banner }),
      ...(image.arch === undefined ? {} : { arch: image.arch }),
      ...(image.release === undefined ? {} : { release: image.release }),
      ...(system === undefined ? {} : { system }),
    };
  }
}

/** As the kernel names it: without the ending, and `_` for `-`. */
function moduleName(paths: readonly string[]): string {
  return basename(paths.at(-1)!).replace(MODULE_FILE, '').replaceAll('-', '_');
}
