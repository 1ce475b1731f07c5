// A function of a BPF object.

import type { CodeSection } from './code-sections.ts';

/** A function of the object: an entry point, or a subprogram. `offset` and `size` in bytes within the section. */
export interface BpfProgram {
  readonly name: string;
  readonly section: CodeSection;
  readonly offset: number;
  readonly size: number;
  /** Whether other compilation units may call it. */
  readonly global: boolean;
  /** In `.text`: called by programs, not loaded by itself. */
  readonly subprogram: boolean;
  /** False for `SEC("?...")`: libbpf neither loads nor relocates it unless asked to. */
  readonly autoload: boolean;
}
