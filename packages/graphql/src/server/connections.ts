// Counts connections by client. A client at its limit loses its longest idle connection instead of being refused a new one,
// so one that opens hundreds of silent connections blocks only itself.

import type { Socket } from 'node:net';

interface Connection {
  readonly client: string;
  /** Requests whose answer is not sent yet. */
  busy: number;
}

/** The open connections of a server. */
export class Connections {
  private readonly open = new Map<Socket, Connection>();
  private readonly counts = new Map<string, number>();
  private readonly perClient: number;
  private readonly total: number;

  constructor(perClient: number, total: number) {
    this.perClient = perClient;
    this.total = total;
  }

  get size(): number {
    return this.open.size;
  }

  /** Takes a new connection, which may cost another one or itself. */
  add(socket: Socket): void {
    const client = clientOf(socket.remoteAddress ?? '');
    this.open.set(socket, { client, busy: 0 });
    this.counts.set(client, (this.counts.get(client) ?? 0) + 1);
    socket.once('close', () => this.remove(socket));
    if (this.counts.get(client)! > this.perClient) this.closeOne(socket, client);
    else if (this.open.size > this.total) this.closeOne(socket, this.largest());
  }

  /** A whole request is there; how many of this connection are under way now. */
  begin(socket: Socket): number {
    const connection = this.open.get(socket);
    return connection === undefined ? 0 : ++connection.busy;
  }

  /** Its answer is sent. */
  end(socket: Socket): void {
    const connection = this.open.get(socket);
    if (connection === undefined) return;
    connection.busy--;
    // to the end of the order: it waits from now on
    this.open.delete(socket);
    this.open.set(socket, connection);
  }

  private remove(socket: Socket): void {
    const connection = this.open.get(socket);
    if (connection === undefined) return;
    this.open.delete(socket);
    const left = this.counts.get(connection.client)! - 1;
    if (left === 0) this.counts.delete(connection.client);
    else this.counts.set(connection.client, left);
  }

  /** Closes the connection of `client` that has waited longest; the new one where all others are busy. */
  private closeOne(newest: Socket, client: string): void {
    for (const [socket, connection] of this.open) {
      // in the order in which they came: near enough to the longest waiting, and found at once
      if (socket === newest || connection.client !== client || connection.busy > 0) continue;
      this.remove(socket);
      socket.destroy();
      return;
    }
    this.remove(newest);
    newest.destroy();
  }

  private largest(): string {
    let largest = '';
    for (const [client, count] of this.counts) if (count > (this.counts.get(largest) ?? 0)) largest = client;
    return largest;
  }
}

/** An IPv6 client is its network of 64 bits: all of its addresses are one subscriber's. */
function clientOf(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/, '');
  if (!plain.includes(':')) return plain;
  const [head = '', tail] = plain.split('::');
  const groups = head === '' ? [] : head.split(':');
  if (tail !== undefined) while (groups.length < 4) groups.push('0');
  return groups.slice(0, 4).join(':');
}
