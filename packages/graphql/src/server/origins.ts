// Which requests are accepted: pages of other origins may not send forms (CSRF), and requests for an unknown host name are
// refused (DNS rebinding).

import { isIP } from 'node:net';
import { clientError } from '../errors.ts';

/**
 * Refuses what a page elsewhere sent in its reader's name. A browser says where the page came from; other clients say
 * nothing. Only what may change or cost is looked at: the answer to a GET is kept from the page by the browser.
 * Throws FOREIGN_ORIGIN.
 */
export function checkOrigin(request: Request, allowed: readonly string[]): void {
  if (request.method === 'GET' || request.method === 'HEAD' || request.method === 'OPTIONS') return;
  const origin = request.headers.get('origin');
  if (origin === null) {
    if (request.headers.get('sec-fetch-site') === 'cross-site' && !allowed.includes('*')) throw foreign('another site');
    return;
  }
  if (allowed.includes('*') || allowed.includes(origin)) return;
  const host = request.headers.get('host') ?? new URL(request.url).host;
  if (URL.canParse(origin) && new URL(origin).host === host) return;
  throw foreign(origin);
}

function foreign(origin: string): Error {
  return clientError('FOREIGN_ORIGIN', `pages of ${origin.slice(0, 200)} may not ask this server: see --cors`);
}

/** Which names a server answers to; undefined: any. */
export type HostNames = ReadonlySet<string> | undefined;

/** A server on the loopback answers to the loopback's names and those given; one that listens to the world to any. */
export function hostNames(address: string, given: readonly string[]): HostNames {
  if (given.includes('*')) return undefined;
  const names = given.map((name) => name.toLowerCase());
  if (isLoopback(address)) return new Set(['localhost', '127.0.0.1', '[::1]', address.toLowerCase(), ...names]);
  return names.length > 0 ? new Set(names) : undefined;
}

function isLoopback(address: string): boolean {
  return address === 'localhost' || address === '::1' || (isIP(address) === 4 && address.startsWith('127.'));
}

/** Whether a Host header (with or without a port) is one of ours. */
export function isOurs(names: HostNames, host: string | undefined): boolean {
  if (names === undefined) return true;
  if (host === undefined) return false;
  return names.has(host.toLowerCase().replace(/:\d+$/, '').replace(/\.$/, ''));
}
