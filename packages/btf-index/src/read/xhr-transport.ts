// Requests of a browser's worker: XMLHttpRequest is the one kind that a worker may wait for.

import type { Transport } from './http-source.ts';

declare class XMLHttpRequest {
  responseType: string;
  readonly status: number;
  readonly response: ArrayBuffer;
  open(method: string, url: string, async: boolean): void;
  setRequestHeader(name: string, value: string): void;
  getResponseHeader(name: string): string | null;
  send(): void;
}

/** GET, synchronously. */
export const xhrTransport: Transport = (url, range) => {
  const xhr = new XMLHttpRequest();
  xhr.open('GET', url, false);
  xhr.responseType = 'arraybuffer';
  if (range !== undefined) xhr.setRequestHeader('Range', `bytes=${range[0]}-${range[1]}`);
  xhr.send();
  return {
    status: xhr.status,
    header: (name) => xhr.getResponseHeader(name),
    body: new Uint8Array(xhr.response ?? new ArrayBuffer(0)),
  };
};
