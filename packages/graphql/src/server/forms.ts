// Checks the form of a body by its headers and boundaries before it is parsed, because the parsers work on whole bodies in
// the thread that serves every client.

import { clientError } from '../errors.ts';
import type { Limits } from '../schema/limits.ts';

/** Parts of a form besides files: `operations` and `map`. */
const OTHER_PARTS = 2;

/** Throws TOO_LARGE for JSON that is larger than JSON may be, BAD_USER_INPUT for encoded bodies and forms of many parts. */
export function checkForm(request: Request, body: Uint8Array<ArrayBuffer>, limits: Limits): void {
  const encoding = request.headers.get('content-encoding');
  if (encoding !== null && encoding !== 'identity') {
    throw clientError('BAD_USER_INPUT', 'encoded bodies are not accepted: send it without content-encoding');
  }
  const type = request.headers.get('content-type') ?? '';
  if (!type.startsWith('multipart/form-data')) {
    if (body.length > limits.jsonBytes) {
      throw clientError(
        'TOO_LARGE',
        `JSON is taken up to ${limits.jsonBytes} bytes: send files as parts of a multipart request`,
      );
    }
    return;
  }
  const boundary = /boundary="?([^";]+)"?/.exec(type)?.[1];
  if (boundary === undefined) throw clientError('BAD_USER_INPUT', 'the form names no boundary');
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.length);
  const mark = `--${boundary}`;
  let parts = -1; // the last one ends the form
  for (let at = bytes.indexOf(mark); at >= 0; at = bytes.indexOf(mark, at + mark.length)) {
    if (++parts > limits.files + OTHER_PARTS) {
      throw clientError('BAD_USER_INPUT', `the form has more than ${limits.files} files`);
    }
  }
}
