// Responses whose bytes are at hand: the socket takes them without a stream in between.

const known = new WeakMap<Response, Uint8Array<ArrayBuffer>>();

/** A response of these bytes. */
export function remembered(bytes: Uint8Array<ArrayBuffer>, init: ResponseInit): Response {
  const empty = bytes.length === 0 && (init.status === 204 || init.status === 304);
  const response = new Response(empty ? null : bytes, init);
  known.set(response, bytes);
  return response;
}

/** The bytes of a response; undefined where it is a stream. */
export function bytesOf(response: Response): Uint8Array<ArrayBuffer> | undefined {
  return known.get(response);
}
