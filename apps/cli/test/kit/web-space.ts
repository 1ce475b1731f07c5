// A web space in a process of its own, for transcripts: the folder that it is given, and the same under names of hosts that are
// not as they should be. The one that asks waits for the answer, so the server cannot be in its process.
//
//   /out/index.json              as it should be
//   /redirecting/out/...         leads to the one above
//   /no-ranges/out/...           sends whole files only
//   /compressing/out/...         says that what it sends is compressed
//   /changing/out/...            has another file at each request, by its ETag
//   /another/out/...             sends a byte that is not the file's
//   /breaking/out/...            ends each connection after a million bytes

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

const SERVER = `
const { existsSync, readFileSync } = require('node:fs');
const { join } = require('node:path');
let count = 0;
const server = require('node:http').createServer((request, response) => {
  const [, host = '', path] = /^\\/(redirecting|no-ranges|compressing|changing|another|breaking)?\\/?(.*)$/.exec(request.url);
  const file = join(process.argv[1], path);
  if (!existsSync(file)) return response.writeHead(404).end();
  if (host === 'redirecting') return response.writeHead(302, { location: '/' + path }).end();
  const bytes = readFileSync(file);
  const database = path.endsWith('.db');
  if (host === 'another' && database) bytes[bytes.length >> 1] ^= 1;
  const headers = { etag: host === 'changing' && database ? '"' + count++ + '"' : '"' + bytes.length + '"' };
  if (host === 'compressing' && database) headers['content-encoding'] = 'identity, x-gzip';
  const [, from, to] = /^bytes=(\\d+)-(\\d*)$/.exec(request.headers.range || '') || [];
  if (!from || host === 'no-ranges') return send(response, 200, { ...headers, 'content-length': bytes.length }, bytes, host);
  const part = bytes.subarray(+from, to ? +to + 1 : bytes.length);
  headers['content-range'] = 'bytes ' + from + '-' + (+from + part.length - 1) + '/' + bytes.length;
  headers['content-length'] = part.length;
  send(response, 206, headers, part, host);
});
function send(response, status, headers, bytes, host) {
  response.writeHead(status, headers);
  if (host !== 'breaking' || bytes.length <= 1e6) return response.end(bytes);
  response.write(bytes.subarray(0, 1e6), () => response.socket.destroySoon());
}
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
`;

/** What transcripts call it. */
export const WEB = 'http://web.test';

export interface WebSpace {
  /** `http://127.0.0.1:PORT`. */
  readonly origin: string;
  readonly process: ChildProcess;
}

export async function serveFolder(folder: string): Promise<WebSpace> {
  const server = spawn(process.execPath, ['-e', SERVER, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [port] = (await once(server.stdout, 'data')) as [Buffer];
  return { origin: `http://127.0.0.1:${String(port).trim()}`, process: server };
}
