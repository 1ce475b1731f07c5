// Requests that Node waits for: a thread sends them, this one sleeps until the answer is there. The thread's program is text,
// so that it is found wherever btfq was bundled to.

import { MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads';
import { IndexError } from '../errors.ts';
import type { HttpAnswer, Transport } from '../read/http-source.ts';

/** How long an answer may take. */
const TIMEOUT_MS = 60_000;

const PROGRAM = `
const { parentPort, workerData } = require('node:worker_threads');
const { flag, port } = workerData;
parentPort.on('message', async ({ url, range, timeout }) => {
  let reply;
  try {
    const headers = { 'accept-encoding': 'identity' };
    if (range) headers.range = 'bytes=' + range[0] + '-' + range[1];
    const response = await fetch(url, { headers, redirect: 'follow', signal: AbortSignal.timeout(timeout) });
    const whole = range && response.status === 200;
    if (whole) await response.body?.cancel(); // a server without ranges: the file is not wanted
    const body = whole ? new Uint8Array(0) : new Uint8Array(await response.arrayBuffer());
    reply = { status: response.status, headers: Object.fromEntries(response.headers), body };
  } catch (error) {
    reply = { message: String(error?.cause?.message || error?.cause?.code || error?.message || error) };
  }
  port.postMessage(reply, reply.body ? [reply.body.buffer] : []);
  Atomics.store(flag, 0, 1);
  Atomics.notify(flag, 0);
});
`;

type Reply =
  | { readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly body: Uint8Array }
  | { readonly message: string };

interface Sender {
  readonly worker: Worker;
  readonly flag: Int32Array;
  readonly port: MessageChannel['port1'];
}

let sender: Sender | undefined;

function start(): Sender {
  const flag = new Int32Array(new SharedArrayBuffer(4));
  const { port1, port2 } = new MessageChannel();
  const worker = new Worker(PROGRAM, {
    eval: true,
    workerData: { flag, port: port2 },
    transferList: [port2],
    execArgv: [],
  });
  worker.unref(); // an idle thread does not keep the process alive
  port1.unref();
  return { worker, flag, port: port1 };
}

/** A request that was sent and not waited for yet. */
let begun: string | undefined;

function send(url: string, range: readonly [number, number] | undefined): void {
  sender ??= start();
  Atomics.store(sender.flag, 0, 0);
  sender.worker.postMessage({ url, range, timeout: TIMEOUT_MS });
}

function receive(url: string): Reply {
  const { worker, flag, port } = sender as Sender;
  if (Atomics.wait(flag, 0, 0, TIMEOUT_MS + 5_000) === 'timed-out') {
    void worker.terminate();
    sender = undefined;
    throw new IndexError('unreachable', `${url} does not answer`, { path: url });
  }
  return (receiveMessageOnPort(port) as { message: Reply }).message;
}

/** Sends a request that `nodeTransport` will be asked for first: meanwhile this thread has other things to do. */
export function beginRequest(url: string): void {
  if (begun !== undefined) return;
  send(url, undefined);
  begun = url;
}

/** GET, waited for; one request at a time. Redirects are followed. Throws Error with what the network says. */
export const nodeTransport: Transport = (url, range): HttpAnswer => {
  const before = begun;
  begun = undefined;
  let reply = before === undefined ? undefined : receive(before);
  if (reply === undefined || before !== url || range !== undefined) {
    send(url, range);
    reply = receive(url);
  }
  if ('message' in reply) throw new Error(reply.message);
  const { status, headers, body } = reply;
  return { status, header: (name) => headers[name] ?? null, body };
};
