// A kernel's configuration: the file that kconfig writes, symbol by symbol. scripts/kconfig/confdata.c (conf_read_simple)

import { KernelSourceError } from '../errors.ts';

/** What a configuration says, and where it was found. */
export interface KernelConfig {
  /** By symbol, `CONFIG_` included: `y`, `m`, `n` for `is not set`, a number, a string in its quotes, as the file has them. */
  readonly symbols: ReadonlyMap<string, string>;
  /** `boot/config-6.1.0-50-amd64`, `IKCFG of the image`. */
  readonly source: string;
}

/** A configuration's text, read. */
export interface ParsedConfig {
  readonly symbols: ReadonlyMap<string, string>;
  /** `6.1.176`: the version of the sources in its header. */
  readonly version?: string;
  /** The kernel's own word for the architecture in its header: `x86`, `arm64`, `powerpc`. */
  readonly arch?: string;
}

/** The largest configurations of distributions have 350 KB. */
export const MAX_CONFIG = 4 * 1024 * 1024;

const HEADER = /^# Linux\/(\w+) (\d\S*) Kernel Configuration$/;
const NOT_SET = /^# (CONFIG_\w+) is not set$/;

/**
 * Reads a configuration. A symbol may be given twice only if it is given alike: which one the kernel was built with cannot be
 * known otherwise.
 *
 * @throws KernelSourceError `bad-config`
 */
export function parseKernelConfig(bytes: Uint8Array): ParsedConfig {
  const text = decode(bytes);
  const symbols = new Map<string, string>();
  let version: string | undefined;
  let arch: string | undefined;
  let start = 0;
  while (start < text.length) {
    const newline = text.indexOf('\n', start);
    const end = newline < 0 ? text.length : newline;
    const line = text.slice(start, text[end - 1] === '\r' ? end - 1 : end);
    const told = symbolOf(line, start);
    if (told !== undefined) {
      const before = symbols.get(told[0]);
      if (before !== undefined && before !== told[1]) {
        throw badConfig(`${told[0]} is ${before} and ${told[1]} in one configuration`, start, 'each symbol once');
      }
      symbols.set(told[0], told[1]);
    } else if (version === undefined) {
      const header = HEADER.exec(line);
      arch = header?.[1];
      version = header?.[2];
    }
    start = end + 1;
  }
  if (symbols.size === 0) throw badConfig('no symbol in it', 0, 'lines such as CONFIG_BPF=y');
  return { symbols, ...(version === undefined ? {} : { version }), ...(arch === undefined ? {} : { arch }) };
}

/** What a line says of a symbol; undefined for comments and empty lines. */
function symbolOf(line: string, offset: number): readonly [symbol: string, value: string] | undefined {
  if (line.startsWith('#')) {
    const symbol = NOT_SET.exec(line)?.[1];
    return symbol === undefined ? undefined : [symbol, 'n'];
  }
  if (line.trim() === '') return undefined;
  const separator = line.indexOf('=');
  const symbol = line.slice(0, separator);
  if (separator < 0 || separator === line.length - 1 || !/^CONFIG_\w+$/.test(symbol)) {
    throw badConfig(
      `${JSON.stringify(line.slice(0, 60))} is not a line of a configuration`,
      offset,
      'CONFIG_NAME=VALUE',
    );
  }
  const value = line.slice(separator + 1);
  if (value.startsWith('"') && (value.length < 2 || !/^"(?:[^"\\]|\\.)*"$/.test(value))) {
    throw badConfig(`${symbol}: a string without its end`, offset, 'a string in quotes');
  }
  return [symbol, value];
}

function decode(bytes: Uint8Array): string {
  if (bytes.length > MAX_CONFIG) throw badConfig(`${bytes.length} bytes`, 0, `at most ${MAX_CONFIG}`);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new KernelSourceError('bad-config', 'a configuration that is not UTF-8 text', { cause });
  }
}

function badConfig(message: string, offset: number, expected: string): KernelSourceError {
  return new KernelSourceError('bad-config', message, { offset, expected });
}

/** Whether a file that starts so is a configuration: comments, and then a symbol. */
export function isConfigText(head: Uint8Array): boolean {
  if (head[0] !== 0x23 && head[0] !== 0x43 && head[0] !== 0x0a) return false;
  const text = Buffer.from(head.buffer, head.byteOffset, Math.min(head.length, 4096)).toString('latin1');
  if (text.startsWith('#!')) return false;
  const lines = text.split('\n');
  const first = lines.find((line) => line.trim() !== '' && !line.startsWith('#'));
  if (first !== undefined && /^CONFIG_\w+=/.test(first)) return true;
  return (first === undefined || lines.at(-1) === first) && lines.some((line) => NOT_SET.test(line.trimEnd()));
}

const CONFIG_FILE = /^(?:\.config|config(?:-[\w.+~:-]+)?)$/;
const PACKED = /\.(?:gz|xz|zst|bz2)$/;

/**
 * Whether files of that name hold configurations of whole kernels. A tree of sources has fragments of them, which are not
 * meant; nor are those that an editor or `make` has put aside.
 */
export function isConfigName(name: string): boolean {
  return CONFIG_FILE.test(name.replace(PACKED, '')) && !/\.(?:old|bak|orig|save)$|~$/.test(name);
}

/** Whether a path in an archive is where systems keep the configuration of a kernel: `boot/`, or its folder of modules. */
export function isConfigPath(path: string): boolean {
  const [name = '', folder, above] = path.split('/').reverse();
  if (!isConfigName(name) || name.startsWith('.')) return false;
  return folder === undefined || folder === '.' || folder === 'boot' || above === 'modules' || folder === 'proc';
}
