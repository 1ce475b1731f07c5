export { BtfBytes, type BtfBytesOptions, type HeaderPatch, type MemberSpec } from './btf-bytes.ts';
export { ByteWriter } from './bytes.ts';
export {
  type BuildElf,
  type BuildSection,
  type BuildSymbol,
  buildElf,
  stringTable,
  symbolTable,
} from './elf-builder.ts';
export {
  type FixtureKernel,
  type FixtureModule,
  fixtureBytes,
  fixtureKernel,
  fixtureKernels,
  fixtureModules,
  fixtureObject,
  fixtureObjects,
  fixturePath,
  fixturesFolder,
  fixtureTarget,
  fixtureTargets,
  kernelArchivePath,
  kernelBtf,
  moduleBtf,
  oracleJson,
  oracleText,
} from './fixtures.ts';
export { NaiveBtf, type NaiveDeclaration, type NaiveField } from './naive-btf.ts';
export { mutate, mutations, type Random, seededRandom } from './random.ts';
export { type RandomKernel, randomKernel, varyKernel, writeKernel } from './random-btf.ts';
export { keptFile, sharedFile } from './shared-file.ts';
export { makeTar, onlyMember, type TarMember } from './tar.ts';
export { type FunctionHost, type FunctionResult, runWholeFunctions } from './whole-functions.ts';
