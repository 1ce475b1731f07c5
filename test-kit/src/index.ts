export { buildElf, ByteWriter, stringTable, symbolTable } from './elf-builder.ts';
export type { BuildElf, BuildSection, BuildSymbol } from './elf-builder.ts';
export { mutations, seededRandom } from './mutation.ts';
