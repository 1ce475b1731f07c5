export { BtfBytes, type BtfBytesOptions, type HeaderPatch, type MemberSpec } from './btf-bytes.ts';
export { ByteBuilder } from './bytes.ts';
export {
  type FixtureKernel,
  fixtureBytes,
  fixtureKernel,
  fixtureKernels,
  fixtureObject,
  fixtureObjects,
  fixturePath,
  fixturesFolder,
  fixtureTarget,
  fixtureTargets,
  kernelArchivePath,
  kernelBtf,
  oracleJson,
  oracleText,
} from './fixtures.ts';
export { mutate, type Random, seededRandom } from './random.ts';
export { makeTar, onlyMember, type TarMember } from './tar.ts';
export { type CommandResult, type RunCommand, replayTranscript, splitWords } from './transcript.ts';
