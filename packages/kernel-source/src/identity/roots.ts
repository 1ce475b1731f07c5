// The os-release of the root file system that a kernel is in: anchored at that root, with links followed inside of it. A folder,
// a tar and the layers of an image are looked at alike.

import { type Distro, parseOsRelease } from './distro.ts';

/** Links in links, as in path resolution everywhere. */
const MAX_LINKS = 16;
/** Where os-release is in a root, the first that is there. os-release(5) */
const PLACES = ['etc/os-release', 'usr/lib/os-release'] as const;

/** What a path in a root is: a file's text, where a link leads, or nothing that counts. */
export type RootEntry = { readonly text: string } | { readonly link: string } | undefined;

/** Looks a path up, relative to where the roots are; folders may be links too. */
export type RootLookup = (path: string) => RootEntry;

/** Whether a link of an archive may take part in finding os-release: a folder on the way to it, or what it points to. */
export function mayLeadToOsRelease(path: string): boolean {
  return /(?:^|\/)(?:etc|usr|lib|static)$/.test(path) || mayBeOsRelease(path);
}

/** Whether a file of an archive may be an os-release, by its name. */
export function mayBeOsRelease(path: string): boolean {
  return /(?:^|\/)[\w.+-]*os-release[\w.+-]*$/.test(path);
}

/** The os-release of the innermost root around a path: the folders above it are tried, the nearest first. */
export function systemAround(path: string, lookup: RootLookup): Distro | undefined {
  const folders = path.split('/').slice(0, -1);
  for (let depth = folders.length; depth >= 0; depth--) {
    const system = systemOf(folders.slice(0, depth).join('/'), lookup);
    if (system !== undefined) return system;
  }
  return undefined;
}

/** The os-release of one root. */
export function systemOf(root: string, lookup: RootLookup): Distro | undefined {
  for (const place of PLACES) {
    const text = textAt(root, place, lookup);
    const system = text === undefined ? undefined : parseOsRelease(text);
    if (system !== undefined) return system;
  }
  return undefined;
}

/** The text at a path of a root. Every part may be a link; none leads out of the root. */
function textAt(root: string, path: string, lookup: RootLookup): string | undefined {
  let left = path.split('/');
  let done: string[] = [];
  let links = 0;
  while (left.length > 0) {
    const [part = '', ...rest] = left;
    left = rest;
    if (part === '' || part === '.') continue;
    if (part === '..') {
      done.pop();
      continue;
    }
    const entry = lookup([root, ...done, part].filter((one) => one !== '').join('/'));
    if (entry !== undefined && 'link' in entry) {
      if (++links > MAX_LINKS) return undefined;
      if (entry.link.startsWith('/')) done = [];
      left = [...entry.link.split('/'), ...left];
      continue;
    }
    if (entry !== undefined && left.length === 0) return entry.text;
    done.push(part);
  }
  return undefined;
}

/** The root that a kernel on disk is installed in: what stands before /boot, /lib/modules and the like. */
export function installedRoot(path: string): string | undefined {
  return /^(.*?)\/(?:boot|efi|(?:usr\/)?lib\/modules|usr\/lib\/(?:debug|kernel|ostree-boot))\//.exec(path)?.[1];
}
