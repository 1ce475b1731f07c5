// The banner: 'Linux version RELEASE (builder) (compiler) #build', which every kernel image holds (init/version.c).

import { parseRelease } from './release.ts';

const START = 'Linux version ';
const MAX_LENGTH = 1024;

/** The banner in an image, without its newline; undefined if there is none. */
export function findBanner(bytes: Uint8Array): string | undefined {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = buffer.indexOf(START); at >= 0; at = buffer.indexOf(START, at + 1)) {
    const text = buffer.toString('latin1', at, Math.min(buffer.length, at + MAX_LENGTH));
    const line = /^[^\n\0]*/.exec(text)?.[0] ?? '';
    // The format string of /proc/version stands near it: only a release starts with a number.
    if (releaseOfBanner(line) !== undefined) return line;
  }
  return undefined;
}

/** The release in a banner. */
export function releaseOfBanner(banner: string): string | undefined {
  const release = /^Linux version (\S+)/.exec(banner)?.[1];
  return release !== undefined && parseRelease(release) ? release : undefined;
}
