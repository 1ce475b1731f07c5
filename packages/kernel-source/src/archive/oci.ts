// Container images: an OCI layout or what `docker save` writes, as a folder or a tar. Their layers are one root file system, where
// an upper layer hides what is below: by a file of the same name, or by whiteouts. github.com/opencontainers/image-spec, layer.md

import { statSync } from 'node:fs';
import { join } from 'node:path';
import { ByteStream, readAll } from '../io/byte-stream.ts';
import { decompressStream } from '../compression/decompress.ts';
import { KernelSourceError } from '../errors.ts';
import { fileChunks } from '../io/file.ts';
import { identifyCompression } from '../identify.ts';
import type { Limits } from '../kernel.ts';
import { TemporaryFile } from '../io/spool.ts';
import { type Member, memberPath } from './member.ts';
import { chunksFrom } from './ranges.ts';
import { tarMembers } from './tar.ts';

const MAX_JSON = 4 * 1024 * 1024;
const MAX_IMAGES = 64;
const MAX_LAYERS = 1024;
const MAX_INDEX_DEPTH = 3;
const PIECE = 1024 * 1024;

/** The files of an image, by their paths. */
export interface ImageFiles {
  /** undefined where there is no such file. */
  open(path: string): AsyncIterable<Uint8Array> | undefined;
  readonly members: readonly Member[];
  dispose(): void;
}

/** One image: its layers, the lowest first. */
export interface ContainerImage {
  readonly name: string;
  readonly layers: readonly string[];
}

/** Whether a tar is a container image, by the names of its first members. */
export function startsLikeImage(head: Uint8Array): boolean {
  for (let at = 0; at + 512 <= head.length && head[at] !== 0; at += 512) {
    const end = head.indexOf(0, at);
    const name = Buffer.from(head.subarray(at, Math.min(end < 0 ? at + 100 : end, at + 100))).toString('latin1');
    if (name === './' || name === '.') continue;
    return /^(?:\.\/)?(?:blobs\/|oci-layout$|index\.json$|manifest\.json$|repositories$|[0-9a-f]{64}(?:\/|\.json$|\.tar$))/.test(
      name,
    );
  }
  return false;
}

/** Whether a folder is a container image, by the names in it. */
export function isImageFolder(names: ReadonlySet<string>): boolean {
  if (names.has('oci-layout') && names.has('index.json')) return true;
  return (
    names.has('manifest.json') &&
    (names.has('blobs') || [...names].some((name) => /^[0-9a-f]{64}(?:\.json)?$/.test(name)))
  );
}

/** Puts a tar's files aside, for an image's layers are named by a file that may come last. */
export async function filesOfTar(chunks: AsyncIterable<Uint8Array>, { maxStream }: Limits): Promise<ImageFiles> {
  const file = new TemporaryFile();
  const parts = new Map<string, { start: number; size: number }>();
  const links = new Map<string, string>();
  try {
    for await (const member of tarMembers(chunks)) {
      const path = memberPath(member.path);
      // docker save writes a layer that two images have once, and a link to it.
      if (member.link !== undefined) {
        links.set(path, memberPath(join('/', member.link.startsWith('/') ? '' : join(path, '..'), member.link)));
        continue;
      }
      const start = file.size;
      for await (const chunk of member.chunks) file.append(Uint8Array.from(chunk));
      if (file.size > maxStream) throw new KernelSourceError('too-large', `an image of more than ${maxStream} bytes`);
      parts.set(path, { start, size: file.size - start });
    }
    file.flush();
  } catch (error) {
    file.dispose();
    throw error;
  }
  const chunksOf = ({ start, size }: { start: number; size: number }) =>
    chunksFrom(function* () {
      for (let at = 0; at < size; at += PIECE) yield file.read(start + at, Math.min(PIECE, size - at));
    });
  return {
    open(path) {
      const part = parts.get(links.get(path) ?? path);
      return part && chunksOf(part);
    },
    members: [...parts].map(([path, part]) => ({ path, size: part.size, chunks: chunksOf(part) })),
    dispose: () => file.dispose(),
  };
}

/** The files of an image that is a folder. */
export function filesOfFolder(folder: string): ImageFiles {
  return {
    open(path) {
      const full = join(folder, path);
      return statSync(full, { throwIfNoEntry: false })?.isFile() ? fileChunks(full) : undefined;
    },
    members: [],
    dispose() {},
  };
}

/** The images that the files are; none where they are no image after all. @throws KernelSourceError `bad-archive` */
export async function containerImages(files: ImageFiles): Promise<ContainerImage[]> {
  const docker = await json(files, 'manifest.json');
  if (Array.isArray(docker)) {
    return docker.slice(0, MAX_IMAGES).map((image: unknown, index) => {
      const { Layers: layers, RepoTags: tags } = (image ?? {}) as { Layers?: unknown; RepoTags?: unknown };
      const name = Array.isArray(tags) && typeof tags[0] === 'string' ? tags[0] : `image ${index + 1}`;
      return {
        name,
        layers: Array.isArray(layers) ? layers.slice(0, MAX_LAYERS).map((layer) => memberPath(String(layer))) : [],
      };
    });
  }
  const images: ContainerImage[] = [];
  const index = await json(files, 'index.json');
  if (index !== undefined) await fromIndex(files, index, images, 0);
  return images;
}

interface Descriptor {
  readonly digest?: unknown;
  readonly platform?: { readonly architecture?: unknown; readonly os?: unknown };
}

async function fromIndex(files: ImageFiles, index: unknown, images: ContainerImage[], depth: number): Promise<void> {
  const { manifests } = (index ?? {}) as { manifests?: unknown };
  if (!Array.isArray(manifests)) throw bad('an index without manifests');
  for (const descriptor of manifests.slice(0, MAX_IMAGES) as Descriptor[]) {
    const path = blobPath(descriptor);
    const manifest = path === undefined ? undefined : await json(files, path);
    // A layout may be of one platform of an index that lists them all.
    if (manifest === undefined) continue;
    const { layers, manifests: inner } = manifest as { layers?: unknown; manifests?: unknown };
    if (Array.isArray(inner)) {
      if (depth < MAX_INDEX_DEPTH) await fromIndex(files, manifest, images, depth + 1);
    } else if (Array.isArray(layers) && images.length < MAX_IMAGES) {
      const { architecture } = descriptor.platform ?? {};
      const name = typeof architecture === 'string' ? architecture : `image ${images.length + 1}`;
      images.push({
        name,
        layers: (layers as Descriptor[]).slice(0, MAX_LAYERS).flatMap((layer) => blobPath(layer) ?? []),
      });
    }
  }
}

function blobPath(descriptor: Descriptor | undefined): string | undefined {
  const digest = descriptor?.digest;
  const match = typeof digest === 'string' ? /^([a-z0-9+._-]+):([a-zA-Z0-9=_-]+)$/.exec(digest) : null;
  return match === null ? undefined : `blobs/${match[1]}/${match[2]}`;
}

async function json(files: ImageFiles, path: string): Promise<unknown> {
  const chunks = files.open(path);
  if (chunks === undefined) return undefined;
  const text = Buffer.from(await readAll(chunks, MAX_JSON, path)).toString('utf8');
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw new KernelSourceError('bad-archive', `damaged container image: ${path} is not JSON`, { cause });
  }
}

/** What an image's root file system has: the layers from the top, without what is hidden. @throws KernelSourceError */
export async function* rootMembers(files: ImageFiles, image: ContainerImage, limits: Limits): AsyncGenerator<Member> {
  const upper = new Upper();
  for (const path of image.layers.toReversed()) {
    const chunks = files.open(path);
    if (chunks === undefined) throw bad(`layer ${path} is not there`);
    const own: string[] = [];
    const whiteouts: string[] = [];
    for await (const member of tarMembers(await unpacked(chunks, limits))) {
      const place = memberPath(member.path);
      const name = place.slice(place.lastIndexOf('/') + 1);
      const folder = place.slice(0, Math.max(0, place.length - name.length - 1));
      if (name === '.wh..wh..opq') whiteouts.push(`${folder}/`);
      else if (name.startsWith('.wh.')) whiteouts.push(folder === '' ? name.slice(4) : `${folder}/${name.slice(4)}`);
      else {
        own.push(place);
        if (!upper.hides(place)) yield member;
      }
    }
    // They are about the layers below, and not about their own.
    for (const one of own) upper.files.add(one);
    for (const one of whiteouts) upper.files.add(one);
  }
}

/** What upper layers have put over the lower ones. */
class Upper {
  /** Paths of files and of whiteouts; of a folder whose lower content is hidden, the path with a slash behind it. */
  readonly files = new Set<string>();

  hides(path: string): boolean {
    if (this.files.has(path) || this.files.has('/')) return true;
    for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1)) {
      const folder = path.slice(0, at);
      if (this.files.has(folder) || this.files.has(`${folder}/`)) return true;
    }
    return false;
  }
}

async function unpacked(
  chunks: AsyncIterable<Uint8Array>,
  { maxBytes, maxStream }: Limits,
): Promise<AsyncGenerator<Uint8Array>> {
  const stream = new ByteStream(chunks);
  const compression = identifyCompression(await stream.peek(64));
  return compression === undefined ? stream.rest() : decompressStream(compression, stream.rest(), maxBytes, maxStream);
}

function bad(message: string): KernelSourceError {
  return new KernelSourceError('bad-archive', `damaged container image: ${message}`);
}
