// What resolvers ask about uploaded objects, whoever answers: worker threads in the server, or nobody.

import type { KernelFilterInput } from '@btfq/btf-index/read';
import type { StoredBundle } from './bundles.ts';
import type { LoadQuestion, LoadRowAnswer, ObjectDescription, ObjectFile, RelocationGroup } from './tasks.ts';

/** Answers to questions about uploaded objects. All may throw BAD_FILE, TIMEOUT, TOO_EXPENSIVE, OVERLOADED. */
export interface Uploads {
  describe(object: ObjectFile): Promise<ObjectDescription>;
  matrix(object: ObjectFile, where: KernelFilterInput): Promise<readonly RelocationGroup[]>;
  loads(object: ObjectFile, where: KernelFilterInput, how: LoadQuestion): Promise<readonly LoadRowAnswer[]>;
  makeBundle(question: BundleQuestion): Promise<StoredBundle>;
  findBundle(id: string): Promise<StoredBundle | undefined>;
}

/** What a bundle is made of and for. */
export interface BundleQuestion {
  readonly objects: readonly ObjectFile[];
  readonly where: KernelFilterInput;
  readonly format: string;
  readonly canonical: boolean;
}
