// The content of the `.kconfig` map. libbpf.c bpf_object__process_kconfig_line, set_kcfg_value_*, and the kconfig half
// of bpf_object__resolve_externs.

import { LoaderErrno } from '../errors.ts';
import type { KconfigExtern } from '../object/model.ts';
import { kernelVersion } from './kernel-version.ts';
import type { ExternState, LoadState } from './state.ts';

const TRISTATE: Readonly<Record<string, number>> = { n: 0, y: 1, m: 2 };

/** Fills in values that libbpf makes up itself; says whether the configuration is needed for others. */
export function setVirtualExterns(state: LoadState): boolean {
  let needsConfig = false;
  for (const target of state.externs) {
    const { extern } = target;
    if (extern.kconfig === undefined) continue;
    if (extern.name.startsWith('CONFIG_')) {
      needsConfig = true;
      continue;
    }
    setNumber(state, target, virtualValue(state, target));
  }
  return needsConfig;
}

function virtualValue(state: LoadState, { extern }: ExternState): bigint {
  const bad = (what: string) => state.fail(LoaderErrno.Invalid, `extern (kcfg) '${extern.name}': ${what}`);
  switch (extern.name) {
    case 'LINUX_KERNEL_VERSION': {
      const version = kernelVersion(state.kernel);
      if (version === 0) throw bad('failed to get kernel version');
      return BigInt(version);
    }
    case 'LINUX_HAS_BPF_COOKIE':
      return state.features.has('bpf-cookie') ? 1n : 0n;
    case 'LINUX_HAS_SYSCALL_WRAPPER':
      return state.features.has('syscall-wrapper') ? 1n : 0n;
    default:
      if (!extern.name.startsWith('LINUX_') || !extern.weak) throw bad('unrecognized virtual extern');
      return 0n;
  }
}

/** Takes values from the caller's lines, then from the kernel's configuration where some are still missing. */
export function readKconfig(state: LoadState): void {
  if (state.options.kconfig !== undefined) {
    readLines(state, state.options.kconfig);
    if (state.externs.every(({ extern, found }) => extern.kind !== 'kconfig' || found)) return;
  }
  if (state.kernel.kconfig === undefined) throw state.fail(LoaderErrno.Invalid, 'failed to open system Kconfig');
  readLines(state, state.kernel.kconfig);
}

function readLines(state: LoadState, text: string): void {
  const byName = new Map(state.externs.map((target) => [target.extern.name, target]));
  for (const line of text.split('\n')) {
    if (!line.startsWith('CONFIG_')) continue;
    const separator = line.indexOf('=');
    if (separator < 0) throw state.fail(LoaderErrno.Invalid, `failed to parse '${line}': no separator`);
    if (separator === line.length - 1) throw state.fail(LoaderErrno.Invalid, `failed to parse '${line}': no value`);
    const target = byName.get(line.slice(0, separator));
    if (target === undefined || target.found || target.extern.kconfig === undefined) continue;
    setValue(state, target, target.extern.kconfig, line.slice(separator + 1));
  }
}

function setValue(state: LoadState, target: ExternState, kconfig: KconfigExtern, value: string): void {
  const first = value[0]!;
  if (first in TRISTATE) setTristate(state, target, kconfig, first);
  else if (first === '"') setString(state, target, kconfig, value);
  else {
    const number = parseInteger(value);
    if (number === undefined) throw bad(state, target, `value '${value}' isn't a valid integer`);
    if (kconfig.type !== 'int' && kconfig.type !== 'char')
      throw bad(state, target, `value '${value}' implies integer type`);
    setNumber(state, target, number, LoaderErrno.Invalid);
  }
}

/** As strtoull with base 0 reads it, and nothing behind it; undefined where libbpf gives up. */
export function parseInteger(text: string): bigint | undefined {
  const match = /^\s*([+-]?)(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9][0-9]*)$/.exec(text);
  if (match === null) return undefined;
  const [, sign, digits] = match as unknown as [string, string, string];
  const value = /^0[0-7]+$/.test(digits) ? BigInt(`0o${digits.slice(1)}`) : BigInt(digits);
  if (value >= 1n << 64n) return undefined;
  return sign === '-' ? BigInt.asUintN(64, -value) : value;
}

function bad(state: LoadState, { extern }: ExternState, what: string) {
  return state.fail(LoaderErrno.Invalid, `extern (kcfg) '${extern.name}': ${what}`);
}

function view(state: LoadState): DataView {
  const data = state.maps.find(({ map }) => map.origin === 'kconfig')?.data as Uint8Array;
  return new DataView(data.buffer, data.byteOffset, data.byteLength);
}

function setTristate(state: LoadState, target: ExternState, kconfig: KconfigExtern, value: string): void {
  const at = kconfig.offset;
  switch (kconfig.type) {
    case 'bool':
      if (value === 'm') throw bad(state, target, `value '${value}' implies tristate or char type`);
      view(state).setUint8(at, value === 'y' ? 1 : 0);
      break;
    case 'tristate':
      // an enum of 4 bytes in C, whatever the extern's own width
      view(state).setUint32(at, TRISTATE[value]!, true);
      break;
    case 'char':
      view(state).setUint8(at, value.charCodeAt(0));
      break;
    default:
      throw bad(state, target, `value '${value}' implies bool, tristate, or char type`);
  }
  target.found = true;
}

function setString(state: LoadState, target: ExternState, kconfig: KconfigExtern, value: string): void {
  if (kconfig.type !== 'char-array') throw bad(state, target, `value '${value}' implies char array type`);
  const bytes = new TextEncoder().encode(value);
  if (bytes.length < 2 || bytes.at(-1) !== 0x22) throw bad(state, target, `invalid string config '${value}'`);
  if (bytes.length - 2 >= kconfig.size) {
    state.warn(
      `extern (kcfg) '${target.extern.name}': long string '${value}' of (${bytes.length - 2} bytes) truncated to ${kconfig.size - 1} bytes`,
    );
  }
  const content = bytes.subarray(1, Math.min(bytes.length - 1, kconfig.size));
  const { buffer, byteOffset } = view(state);
  const out = new Uint8Array(buffer, byteOffset + kconfig.offset, kconfig.size);
  out.set(content);
  out[content.length] = 0;
  target.found = true;
}

function setNumber(state: LoadState, target: ExternState, value: bigint, rangeErrno: number = LoaderErrno.Range): void {
  const kconfig = target.extern.kconfig as KconfigExtern;
  if (kconfig.type !== 'int' && kconfig.type !== 'char' && kconfig.type !== 'bool') {
    throw bad(state, target, `value '${value}' implies integer, char, or boolean type`);
  }
  if (kconfig.type === 'bool' && value > 1n) throw bad(state, target, `value '${value}' isn't boolean compatible`);
  const bits = kconfig.size * 8;
  if (bits < 64) {
    const fits = kconfig.signed
      ? BigInt.asUintN(64, value + (1n << BigInt(bits - 1))) < 1n << BigInt(bits)
      : value >> BigInt(bits) === 0n;
    if (!fits) {
      throw state.fail(
        rangeErrno,
        `extern (kcfg) '${target.extern.name}': value '${value}' doesn't fit in ${kconfig.size} bytes`,
      );
    }
  }
  const out = view(state);
  for (let i = 0; i < kconfig.size; i++) out.setUint8(kconfig.offset + i, Number((value >> BigInt(i * 8)) & 0xffn));
  target.found = true;
}
