// What this project uses of postject, which carries no types.

declare module 'postject' {
  /** Puts bytes into an executable as a section of this name, and turns its fuse. */
  export function inject(
    file: string,
    name: string,
    bytes: Buffer,
    options: { readonly sentinelFuse: string },
  ): Promise<void>;
}
