// Whether a module is the kernel's: built for its release, with BTF that continues the kernel's, and the only one of its name.
import { BtfError, baseMismatch, parseBtf } from '@btfq/btf-format';
import { KernelSourceError } from '../errors.ts';
import type { KernelIdentity } from '../identity/identity.ts';
import type { KernelImage } from '../image/image.ts';
import { type KernelModule, type Skipped, skipped } from '../kernel.ts';
import { label } from '../member-paths.ts';
import type { FoundModule } from './found.ts';

/** What is wrong with a module, if anything is. Broken modules are reported and never fatal. */
export function checkModule(found: FoundModule, kernel: KernelImage, identity: KernelIdentity): Skipped | undefined {
  const { module, release, raw, origin } = found;
  const path = label(origin.paths);
  // A kernel that nothing names is compared by its BTF alone.
  if (!raw && identity.release !== '' && release !== identity.release) {
    const error = new KernelSourceError('foreign-module', `module ${module.name} was built for another kernel`, {
      found: release ?? 'no vermagic',
      expected: identity.release,
    });
    return skipped(path, error);
  }
  try {
    const btf = parseBtf(module.btf, { base: module.base === undefined ? kernel.parsed : parseBtf(module.base) });
    const wrong = module.base === undefined ? baseMismatch(btf) : undefined;
    if (wrong === undefined) return undefined;
    const error = new KernelSourceError(
      'foreign-module',
      `the BTF of module ${module.name} continues another kernel's`,
      {
        found: `type ${wrong.typeId}: ${wrong.message}`,
        expected: `BTF split from that of ${identity.release}`,
      },
    );
    return skipped(path, error);
  } catch (error) {
    if (!(error instanceof BtfError)) throw error;
    if (module.base === undefined && (error.code === 'bad-string-offset' || error.code === 'bad-type-id')) {
      const what = `the BTF of module ${module.name} refers to what this kernel lacks: it is another kernel's, or damaged`;
      return skipped(path, new KernelSourceError('foreign-module', what, { found: error.message, cause: error }));
    }
    return skipped(path, badBtf(`damaged BTF of module ${module.name}`, error));
  }
}

export function isSame(one: KernelModule, other: KernelModule): boolean {
  const bytes = ({ base, btf }: KernelModule) => Buffer.concat([base ?? new Uint8Array(), btf]);
  return Buffer.compare(bytes(one), bytes(other)) === 0;
}

/** Two modules of one name: which of them a kernel loads is depmod's business, and not known here. */
export function twice(one: FoundModule, other: FoundModule): Skipped {
  const { name } = one.module;
  const error = new KernelSourceError('duplicate-module', `two modules named ${name} differ: neither is taken`, {
    found: `${label(one.origin.paths)} and ${label(other.origin.paths)}`,
    expected: 'one module of each name',
  });
  return skipped(label(other.origin.paths), error);
}

export function badBtf(what: string, error: BtfError): KernelSourceError {
  return new KernelSourceError('bad-btf', `${what}: ${error.message}`, {
    ...(error.offset === undefined ? {} : { offset: error.offset }),
    cause: error,
  });
}
