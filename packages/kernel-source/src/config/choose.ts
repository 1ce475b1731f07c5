// Which of the configurations that were found is a kernel's.

import { KernelSourceError } from '../errors.ts';
import type { KernelIdentity } from '../identity/identity.ts';
import { type Skipped, skipped } from '../kernel.ts';
import { isBeside, label } from '../member-paths.ts';
import { configVerdict } from './belongs.ts';
import type { EmbeddedConfig } from './ikconfig.ts';
import type { KernelConfig, ParsedConfig } from './kernel-config.ts';

/** A file that is a configuration. */
export interface FoundConfig {
  readonly paths: readonly string[];
  /** In its path. */
  readonly release: string | undefined;
  readonly parsed: ParsedConfig;
}

/** A kernel that may have one. */
export interface ConfiguredImage {
  readonly paths: readonly string[];
  readonly identity: KernelIdentity;
  readonly banner?: string | undefined;
  readonly embedded?: EmbeddedConfig | undefined;
  /** Whether it is the only kernel that was read: then what lies around is meant for it. */
  readonly alone: boolean;
}

/** What became of the files. */
export interface ChosenConfig {
  readonly config: KernelConfig | undefined;
  /** Those that were meant for this kernel, whether they are its own or not. */
  readonly claimed: readonly FoundConfig[];
  readonly problems: readonly Skipped[];
}

/** A configuration that may be the one, and where it is from. */
interface Candidate {
  readonly source: string;
  readonly parsed: ParsedConfig;
}

/**
 * The configuration of a kernel: what its image carries, else the files that are meant for it. Files that contradict each
 * other decide nothing.
 */
export function chooseConfig(kernel: ConfiguredImage, files: readonly FoundConfig[]): ChosenConfig {
  const problems: Skipped[] = [];
  const claimed: FoundConfig[] = [];
  const candidates: Candidate[] = [];
  const { embedded } = kernel;
  if (embedded !== undefined && 'error' in embedded) problems.push(skipped(label(kernel.paths), embedded.error));
  if (embedded !== undefined && 'parsed' in embedded) {
    candidates.push({ source: 'IKCFG of the image', parsed: embedded.parsed });
  }
  for (const file of files) {
    const fit = fits(file, kernel);
    if (fit === undefined) continue;
    claimed.push(file);
    const source = label(file.paths);
    if (fit === 'fits') candidates.push({ source, parsed: file.parsed });
    else {
      problems.push(skipped(source, new KernelSourceError('foreign-config', 'a configuration of another kernel', fit)));
    }
  }
  const [first, ...others] = candidates;
  if (first === undefined) return { config: undefined, claimed, problems };
  const config = { symbols: first.parsed.symbols, source: first.source };
  const other = others.find(({ parsed }) => !saysTheSame(parsed, first.parsed));
  if (other === undefined) return { config, claimed, problems };
  const differs = new KernelSourceError('foreign-config', 'two configurations of one kernel that differ', {
    found: `${first.source} and ${other.source}`,
    expected: 'one configuration of one kernel',
  });
  problems.push(skipped(other.source, differs));
  // What is built into the image is the kernel's, whatever lies beside it.
  const decided = embedded !== undefined && 'parsed' in embedded;
  return { config: decided ? config : undefined, claimed, problems };
}

/** Whether a file is the kernel's; what it is instead where it is meant for it; undefined where it is not even that. */
function fits(file: FoundConfig, kernel: ConfiguredImage): 'fits' | { found: string; expected: string } | undefined {
  const { identity, alone } = kernel;
  const verdict = configVerdict(file.parsed, { ...identity, banner: kernel.banner });
  if (file.release !== undefined && file.release !== identity.release) {
    return alone ? { found: `a configuration of ${file.release}`, expected: identity.release } : undefined;
  }
  const isMeant = alone || file.release !== undefined || isBeside(kernel.paths, file.paths);
  if (!isMeant) return undefined;
  if (typeof verdict !== 'string') return alone ? verdict : undefined;
  // Among several kernels a file without a release is that one's which it names itself.
  return alone || file.release !== undefined || verdict === 'own' ? 'fits' : undefined;
}

function saysTheSame({ symbols: a }: ParsedConfig, { symbols: b }: ParsedConfig): boolean {
  return a.size === b.size && [...a].every(([symbol, value]) => b.get(symbol) === value);
}
