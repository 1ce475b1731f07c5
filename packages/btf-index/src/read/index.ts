// @btfq/btf-index/read: every question, on an index that is read from anywhere. No `node:` module, no native code: it runs
// in a browser's worker, where the questions may wait for a range of a URL.

export * from '../questions.ts';
export { openPublished, type OpenPublished, type PublishedOptions, type Traffic } from './open-published.ts';
export { openReadIndex, type ReadOptions } from './open-read-index.ts';
export { BLOCK_BYTES, type BlockStore } from './page-cache.ts';
export { browserStore } from './browser-store.ts';
export { type ByteSource, blobSource, bytesSource } from './byte-source.ts';
export {
  fileUrl,
  type HttpAnswer,
  httpSource,
  parsePointer,
  type Published,
  readPointer,
  type Transport,
} from './http-source.ts';
export { xhrTransport } from './xhr-transport.ts';
export type { Codec } from '../codec/codec.ts';
export { hexOf } from '../bytes.ts';
export { bundleWith } from '../bundle/bundle.ts';
