// The flow of imports: what each package may use. ARCHITECTURE.md draws it; tsconfig references and this table say it.

/** Workspaces in flow order, with the folders they live in and the siblings that their sources may import. */
export const FLOW: Readonly<Record<string, { folder: string; mayUse: readonly string[]; pure: boolean }>> = {
  '@btfq/elf': { folder: 'packages/elf', mayUse: [], pure: true },
  '@btfq/btf-format': { folder: 'packages/btf-format', mayUse: ['@btfq/elf'], pure: true },
  '@btfq/kernel-source': { folder: 'packages/kernel-source', mayUse: ['@btfq/elf', '@btfq/btf-format'], pure: false },
  '@btfq/core-reloc': { folder: 'packages/core-reloc', mayUse: ['@btfq/elf', '@btfq/btf-format'], pure: true },
  '@btfq/minimizer': {
    folder: 'packages/minimizer',
    mayUse: ['@btfq/elf', '@btfq/btf-format', '@btfq/core-reloc'],
    pure: true,
  },
  '@btfq/btf-index': {
    folder: 'packages/btf-index',
    mayUse: ['@btfq/elf', '@btfq/btf-format', '@btfq/kernel-source', '@btfq/core-reloc', '@btfq/minimizer'],
    pure: false,
  },
  '@btfq/graphql': {
    folder: 'packages/graphql',
    mayUse: [
      '@btfq/elf',
      '@btfq/btf-format',
      '@btfq/kernel-source',
      '@btfq/core-reloc',
      '@btfq/minimizer',
      '@btfq/btf-index',
    ],
    pure: false,
  },
  btfq: {
    folder: 'apps/cli',
    mayUse: [
      '@btfq/elf',
      '@btfq/btf-format',
      '@btfq/kernel-source',
      '@btfq/core-reloc',
      '@btfq/minimizer',
      '@btfq/btf-index',
      '@btfq/graphql',
    ],
    pure: false,
  },
};
