// The answer's vocabulary: verdicts, reasons and what they rest on.

/**
 * - `fails`: certain
 * - `conditional`: it depends on what is not known here: a configuration, a module, a value that user space sets
 * - `no-objection`: nothing in types and tables speaks against it, which is not the same as that it loads
 */
export type Verdict = 'fails' | 'conditional' | 'no-objection';

/**
 * Whether a loaded program can be attached where its section says: `yes` by the kernel's own tables, `conditional` also
 * where these are not known. `not-asked`: user space says where.
 */
export type AttachVerdict = 'yes' | 'fails' | 'conditional' | 'not-asked';

/** Attaching, apart from loading. */
export interface AttachAnswer {
  readonly verdict: AttachVerdict;
  readonly reasons: readonly LoadReason[];
}

/** Why. docs/guide-loads.md has a paragraph for each. */
export type LoadReasonCode =
  // the object
  | 'byte-order'
  | 'kernel-release' // libbpf cannot read the kernel's version, which the object asks for
  | 'kconfig' // a configuration value that the object needs
  | 'ksym' // a symbol of the kernel that the object needs
  | 'ksym-type' // one that has another type
  | 'map-type'
  | 'map-key' // a key, value or number of entries that the map type does not take
  | 'struct-ops' // the struct, or a member
  | 'relocation' // libbpf refuses the object for a CO-RE relocation
  // the program
  | 'section-name'
  | 'program-type'
  | 'attach-type'
  | 'attach-target' // what it attaches to is not in the kernel's types
  | 'attach-not-set' // user space has to say what it attaches to
  | 'placeholder' // a target that no kernel of the index has
  | 'tables-unknown' // attaching is told by the kernel's own tables, which are not known
  | 'license'
  | 'instruction'
  | 'sleepable'
  | 'flags'
  // what the verifier gets to
  | 'poison' // an instruction whose CO-RE relocation found nothing
  | 'helper-unknown'
  | 'helper-type' // the program type may not call the helper
  | 'kfunc' // a kernel function that is missing, and its call is reached
  | 'argument' // an argument that the target does not have
  | 'global-function'
  // what the kernel's own verifier says, where it was asked
  | 'verifier'
  | 'refused'; // libbpf or the kernel gave up before the verifier began

/** What a reason rests on. */
export type Evidence =
  | 'image' // the kernel's own tables
  | 'btf' // the kernel's types
  | 'config' // the kernel's configuration
  | 'release' // a table by mainline release
  | 'object' // the object alone
  | 'verifier'; // the kernel's own verifier

/** Loaders that an answer can be for. */
export type LoaderName = 'libbpf' | 'cilium' | 'aya';

/** One reason. */
export interface LoadReason {
  readonly code: LoadReasonCode;
  readonly verdict: 'fails' | 'conditional';
  /** A whole sentence without a full stop. */
  readonly message: string;
  /** Where in the source; undefined where the object has no line information for it. */
  readonly file: string | undefined;
  readonly line: number | undefined;
  readonly column: number | undefined;
  /** What the program asks for, in a word or two. */
  readonly needed: string;
  /** What the kernel has instead: near names, a count, a release; undefined where there is nothing to say. */
  readonly found: string | undefined;
  readonly evidence: Evidence;
  /** Whether the whole object fails with it. */
  readonly wholeObject: boolean;
  /** The loaders for which it holds. */
  readonly loaders: readonly LoaderName[];
}

/** One program on one kernel. */
export interface ProgramAnswer {
  readonly program: string;
  readonly section: string;
  readonly verdict: Verdict;
  readonly reasons: readonly LoadReason[];
  readonly attach: AttachAnswer;
}
