// A saved kernel as one file, for those who fetch it: its parts as they are kept, compressed each by itself, with the BTF and the
// configuration that an index has elsewhere. What decompresses is the host's: it may be Node's or a page's.
//
//   "btfv", version, bytes of the table: 4 each
//   the table: for each part the bytes that it unpacks to and those that it takes here, 4 each
//   the parts: head, symbols, BTF, configuration (0 bytes where it is not known), chunks
import { KernelRuntimeError } from '../errors.ts';
import type { SavedKernelSource } from './format.ts';

/** A part that is compressed. */
export interface CompressedPart {
  readonly data: Uint8Array;
  /** Bytes that it unpacks to. */
  readonly size: number;
}

/** What such a file holds. */
export interface KeptParts {
  readonly head: CompressedPart;
  readonly symbols: CompressedPart;
  readonly btf: CompressedPart;
  /** Lines of `CONFIG_NAME=value`. */
  readonly kconfig: CompressedPart | undefined;
  readonly chunks: readonly CompressedPart[];
}

/** Unpacks a part; throws where it is damaged. */
export type UnpackPart = (data: Uint8Array, size: number) => Uint8Array;

const MAGIC = [0x62, 0x74, 0x66, 0x76];
const VERSION = 1;
const HEADER = 12;
const ROW = 8;
/** Head, symbols, BTF, configuration. */
const FIRST_CHUNK = 4;
/** No part unpacks to more. */
const MOST_BYTES = 64 * 2 ** 20;
const NOTHING: CompressedPart = { data: new Uint8Array(0), size: 0 };

/** The file. */
export function encodeKeptKernel({ head, symbols, btf, kconfig, chunks }: KeptParts): Uint8Array<ArrayBuffer> {
  const parts = [head, symbols, btf, kconfig ?? NOTHING, ...chunks];
  const table = parts.length * ROW;
  const bytes = new Uint8Array(parts.reduce((sum, { data }) => sum + data.length, HEADER + table));
  const view = new DataView(bytes.buffer);
  bytes.set(MAGIC);
  view.setUint32(4, VERSION, true);
  view.setUint32(8, table, true);
  let at = HEADER + table;
  parts.forEach(({ data, size }, i) => {
    view.setUint32(HEADER + i * ROW, size, true);
    view.setUint32(HEADER + i * ROW + 4, data.length, true);
    bytes.set(data, at);
    at += data.length;
  });
  return bytes;
}

/** Reads such a file for `openSavedKernel`; its parts are unpacked when they are asked for. Throws `bad-save`. */
export function readKeptKernel(
  bytes: Uint8Array,
  unpack: UnpackPart,
): SavedKernelSource & { readonly kconfig: string | undefined } {
  const parts = partsOf(bytes);
  const part = (index: number): Uint8Array => {
    const found = parts[index];
    if (found === undefined) throw damaged(`it has no part ${index}`);
    if (found.size === 0) return new Uint8Array(0);
    let content: Uint8Array;
    try {
      content = unpack(found.data, found.size);
    } catch (error) {
      throw damaged(`part ${index}: ${(error as Error).message}`);
    }
    if (content.length !== found.size) throw damaged(`part ${index} has ${content.length} bytes, not ${found.size}`);
    return content;
  };
  const kconfig = part(3);
  return {
    head: part(0),
    symbols: () => part(1),
    btf: () => part(2),
    chunk: (index) => part(FIRST_CHUNK + index),
    kconfig: kconfig.length === 0 ? undefined : new TextDecoder().decode(kconfig),
  };
}

function partsOf(bytes: Uint8Array): CompressedPart[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < HEADER || MAGIC.some((byte, i) => bytes[i] !== byte)) throw damaged('it is not a kept kernel');
  if (view.getUint32(4, true) !== VERSION) throw damaged(`it is of version ${view.getUint32(4, true)}`);
  const table = view.getUint32(8, true);
  if (table % ROW !== 0 || table < FIRST_CHUNK * ROW || table > bytes.length - HEADER) throw damaged('its table');
  const parts: CompressedPart[] = [];
  let at = HEADER + table;
  for (let row = HEADER; row < HEADER + table; row += ROW) {
    const [size, length] = [view.getUint32(row, true), view.getUint32(row + 4, true)];
    if (size > MOST_BYTES || at + length > bytes.length) throw damaged(`part ${parts.length} of ${length} bytes`);
    parts.push({ size, data: bytes.subarray(at, at + length) });
    at += length;
  }
  if (at !== bytes.length) throw damaged(`${bytes.length - at} bytes too many`);
  return parts;
}

const damaged = (what: string) => new KernelRuntimeError('bad-save', `The kept kernel is damaged: ${what}`);
