// The flow of imports: what each package may use. ARCHITECTURE.md draws it; tsconfig references and this table say it.

const ORDER = [
  '@btfq/elf',
  '@btfq/btf-format',
  '@btfq/emulator',
  '@btfq/dwarf',
  '@btfq/kernel-tables',
  '@btfq/kernel-source',
  '@btfq/core-reloc',
  '@btfq/loader',
  '@btfq/load-check',
  '@btfq/kernel-runtime',
  '@btfq/minimizer',
  '@btfq/offsets',
  '@btfq/btf-index',
  '@btfq/graphql',
  'btfq',
] as const;

/** All that stand before a package in the flow. */
const allBefore = (name: (typeof ORDER)[number]): readonly string[] => ORDER.slice(0, ORDER.indexOf(name));

/** Workspaces in flow order, with the folders they live in and the siblings that their sources may import. */
export const FLOW: Readonly<Record<string, { folder: string; mayUse: readonly string[]; pure: boolean }>> = {
  '@btfq/elf': { folder: 'packages/elf', mayUse: [], pure: true },
  '@btfq/btf-format': { folder: 'packages/btf-format', mayUse: ['@btfq/elf'], pure: true },
  '@btfq/emulator': { folder: 'packages/emulator', mayUse: [], pure: true },
  '@btfq/dwarf': { folder: 'packages/dwarf', mayUse: ['@btfq/elf', '@btfq/btf-format'], pure: true },
  '@btfq/kernel-tables': {
    folder: 'packages/kernel-tables',
    mayUse: ['@btfq/elf', '@btfq/btf-format', '@btfq/emulator'],
    pure: true,
  },
  '@btfq/kernel-source': {
    folder: 'packages/kernel-source',
    mayUse: ['@btfq/elf', '@btfq/btf-format', '@btfq/dwarf', '@btfq/kernel-tables'],
    pure: false,
  },
  '@btfq/core-reloc': { folder: 'packages/core-reloc', mayUse: ['@btfq/elf', '@btfq/btf-format'], pure: true },
  '@btfq/loader': {
    folder: 'packages/loader',
    mayUse: ['@btfq/elf', '@btfq/btf-format', '@btfq/core-reloc'],
    pure: true,
  },
  '@btfq/load-check': {
    folder: 'packages/load-check',
    mayUse: ['@btfq/elf', '@btfq/btf-format', '@btfq/core-reloc', '@btfq/kernel-tables', '@btfq/loader'],
    pure: true,
  },
  '@btfq/kernel-runtime': {
    folder: 'packages/kernel-runtime',
    mayUse: ['@btfq/elf', '@btfq/btf-format', '@btfq/emulator', '@btfq/kernel-tables', '@btfq/loader'],
    pure: true,
  },
  '@btfq/minimizer': {
    folder: 'packages/minimizer',
    mayUse: ['@btfq/elf', '@btfq/btf-format', '@btfq/core-reloc'],
    pure: true,
  },
  '@btfq/offsets': { folder: 'packages/offsets', mayUse: ['@btfq/elf', '@btfq/btf-format'], pure: true },
  '@btfq/btf-index': {
    folder: 'packages/btf-index',
    mayUse: allBefore('@btfq/btf-index'),
    pure: false,
  },
  '@btfq/graphql': {
    folder: 'packages/graphql',
    mayUse: allBefore('@btfq/graphql'),
    pure: false,
  },
  btfq: {
    folder: 'apps/cli',
    mayUse: allBefore('btfq'),
    pure: false,
  },
};

/** Workspaces that are not published but go along with another: what their sources may import. */
export const PRIVATE: typeof FLOW = {
  '@btfq/explorer': {
    folder: 'apps/explorer',
    mayUse: ['@btfq/kernel-source', '@btfq/kernel-runtime', '@btfq/minimizer', '@btfq/graphql'],
    pure: false,
  },
};
