// The words by which a kernel's distribution is recognised.

/** What a banner or a package says, as the rules look at it. */
export interface KernelWords {
  /** `uname -r`. */
  readonly release: string;
  /** The banner's builder; a package's maintainer, vendor and distribution. */
  readonly vendor: string;
  /** The banner's build line; a package's version. */
  readonly build: string;
  /** The banner's compiler; empty for packages. */
  readonly compiler: string;
}
