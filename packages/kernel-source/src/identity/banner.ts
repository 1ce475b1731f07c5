// The banner: 'Linux version RELEASE (builder) (compiler) #build', which every kernel image holds (init/version.c).

import { parseRelease } from './release.ts';

const START = 'Linux version ';
const MAX_LENGTH = 1024;

/** A banner in its parts. Those that a banner leaves out are empty. */
export interface BannerParts {
  readonly release: string;
  /** `user@host`. */
  readonly builder: string;
  /** The compiler and linker, with the outermost parentheses taken off. */
  readonly compiler: string;
  /** From `#` on: the build's number, its package's version where the distribution writes it there, flags, date. */
  readonly build: string;
}

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

/** Takes a banner apart. Compilers name themselves with parentheses of their own: groups are counted out. */
export function bannerParts(banner: string): BannerParts {
  const release = /^Linux version (\S+)/.exec(banner)?.[1] ?? '';
  const groups: string[] = [];
  let depth = 0;
  let start = 0;
  let end = 0;
  for (let at = 0; at < banner.length && groups.length < 2; at++) {
    if (banner[at] === '(' && depth++ === 0) start = at + 1;
    if (banner[at] !== ')' || depth === 0) continue;
    if (--depth > 0) continue;
    groups.push(banner.slice(start, at));
    end = at + 1;
  }
  const [builder = '', compiler = ''] = groups;
  return { release, builder, compiler, build: /#\d.*$/.exec(banner.slice(end))?.[0] ?? '' };
}
