// What a package says about itself, the same for .deb and .rpm.

import type { Member } from '../archive/member.ts';

/** A package's own metadata, in its own words. */
export interface PackageMetadata {
  readonly type: 'deb' | 'rpm' | 'apk';
  readonly name: string;
  /** deb: `6.12.95-1~bpo12+1`; rpm: `VERSION-RELEASE`, such as `6.8.5-301.fc40`. */
  readonly version: string;
  /** deb: `amd64`; rpm: `x86_64`. */
  readonly arch: string;
  /** deb: Maintainer; rpm: vendor and distribution. */
  readonly vendor: string;
  /** `uname -r`, where the package says it outright (rpm's `kernel-uname-r`). */
  readonly release?: string;
}

/** An opened package: its metadata, and its files as they come. */
export interface OpenPackage {
  readonly metadata: PackageMetadata;
  readonly members: AsyncGenerator<Member>;
}

/** Whether a package holds debug information by its name: Debian's and Ubuntu's, the rpm world's. */
export function isDebugPackage({ name }: PackageMetadata): boolean {
  return /-(?:dbg|dbgsym)$|-debuginfo(?:-|$)/.test(name);
}
