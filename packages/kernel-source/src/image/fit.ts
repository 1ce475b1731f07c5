// FIT images (U-Boot, coreboot, ChromeOS): a flattened device tree whose /images nodes hold kernels, ramdisks and device trees.
// https://fitspec.osfw.foundation/, https://github.com/devicetree-org/devicetree-specification (chapter 5)

import { KernelSourceError } from '../errors.ts';
import type { Payload } from './payload.ts';

const HEADER_SIZE = 40;
const Token = { BeginNode: 1, EndNode: 2, Prop: 3, Nop: 4, End: 9 } as const;
/** Real ones have three levels. */
const MAX_DEPTH = 32;

interface Property {
  readonly offset: number;
  readonly bytes: Uint8Array;
}
type Properties = Map<string, Property>;

/** U-Boot's words for machines whose kernels do not say by themselves. */
const ARCHES: Readonly<Record<string, string>> = { arm: 'armv7l', powerpc: 'ppc', mips: 'mips', mips64: 'mips64' };

/**
 * The kernel of a FIT image: that of the default configuration, else the first. @throws KernelSourceError `truncated`,
 * `bad-image`, `no-kernel`
 */
export function fitPayload(bytes: Uint8Array): Payload {
  const { nodes, size } = parseTree(bytes);
  const image = kernelNode(nodes);
  if (image === undefined)
    throw new KernelSourceError('no-kernel', 'a device tree or FIT image without a kernel in it');
  const data = image.get('data') ?? external(bytes, image, size);
  const arch = text(image.get('arch'));
  const word = Object.hasOwn(ARCHES, arch) ? ARCHES[arch] : undefined;
  return { offset: data.offset, bytes: data.bytes, ...(word === undefined ? {} : { arch: word }) };
}

function kernelNode(nodes: ReadonlyMap<string, Properties>): Properties | undefined {
  const chosen = text(nodes.get('/configurations')?.get('default'));
  const named = text(nodes.get(`/configurations/${chosen}`)?.get('kernel'));
  const configured = nodes.get(`/images/${named}`);
  if (configured !== undefined) return configured;
  for (const [path, properties] of nodes) {
    if (/^\/images\/[^/]+$/.test(path) && /^kernel/.test(text(properties.get('type')))) return properties;
  }
  return undefined;
}

/** Data behind the tree: from its start (data-position), or from its end (data-offset). */
function external(bytes: Uint8Array, image: Properties, treeSize: number): Property {
  const position = word(image.get('data-position'));
  const relative = word(image.get('data-offset'));
  const size = word(image.get('data-size'));
  const offset = position ?? (relative === undefined ? undefined : ((treeSize + 3) & ~3) + relative);
  if (offset === undefined || size === undefined) throw bad('a kernel without data', 0);
  if (offset + size > bytes.length) throw truncated(`kernel of ${size} bytes at ${offset}`, offset);
  return { offset, bytes: bytes.subarray(offset, offset + size) };
}

/** Every node with its properties, by path. */
function parseTree(bytes: Uint8Array): { nodes: Map<string, Properties>; size: number } {
  if (bytes.length < HEADER_SIZE) throw truncated('header', 0);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [size, structure, strings] = [4, 8, 12].map((at) => view.getUint32(at)) as [number, number, number];
  const nodes = new Map<string, Properties>();
  const path: string[] = [];
  let properties: Properties | undefined;
  let at = structure;
  for (;;) {
    if (at + 4 > bytes.length) throw truncated('tree', at);
    const token = view.getUint32(at);
    at += 4;
    if (token === Token.End) return { nodes, size };
    if (token === Token.Nop) continue;
    if (token === Token.BeginNode) {
      const name = cString(bytes, at);
      at = (at + name.length + 4) & ~3;
      path.push(name);
      if (path.length > MAX_DEPTH) throw bad(`nodes ${path.length} deep`, at);
      properties = new Map();
      nodes.set(path.join('/') || '/', properties);
    } else if (token === Token.EndNode) {
      path.pop();
      properties = nodes.get(path.join('/') || '/');
    } else if (token === Token.Prop) {
      if (at + 8 > bytes.length) throw truncated('property', at);
      const length = view.getUint32(at);
      const name = cString(bytes, strings + view.getUint32(at + 4));
      at += 8;
      if (at + length > bytes.length) throw truncated(`property ${name}`, at);
      properties?.set(name, { offset: at, bytes: bytes.subarray(at, at + length) });
      at = (at + length + 3) & ~3;
    } else throw bad(`token ${token}`, at - 4);
  }
}

function cString(bytes: Uint8Array, at: number): string {
  const end = at < bytes.length ? bytes.indexOf(0, at) : -1;
  if (end < 0) throw truncated('name', at);
  return Buffer.from(bytes.subarray(at, end)).toString('latin1');
}

function text(property: Property | undefined): string {
  return property === undefined ? '' : Buffer.from(property.bytes).toString('latin1').replace(/\0.*$/s, '');
}

function word(property: Property | undefined): number | undefined {
  if (property === undefined || property.bytes.length !== 4) return undefined;
  return new DataView(property.bytes.buffer, property.bytes.byteOffset, 4).getUint32(0);
}

function truncated(what: string, offset: number): KernelSourceError {
  return new KernelSourceError('truncated', `the ${what} goes past the end of the image`, {
    offset,
    found: 'FIT image',
  });
}

function bad(what: string, offset: number): KernelSourceError {
  return new KernelSourceError('bad-image', `the FIT image has ${what}`, { offset, found: 'FIT image' });
}
