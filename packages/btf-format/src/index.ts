// @btfq/btf-format: BTF bytes to an immutable view and back.

export { BtfError, type BtfErrorCode, type BtfErrorDetails } from './errors.ts';
export { infoKind, infoKindFlag, infoVlen } from './info.ts';
export {
  BtfKind,
  KINDS,
  type KindLayout,
  type KindSizes,
  kindLayout,
  kindName,
  MAX_KIND,
  MAX_VLEN,
  TYPE_WORDS,
} from './kinds.ts';
export {
  BTF_MAGIC,
  BTF_VERSION,
  type BtfHeader,
  HEADER_SIZE,
  HEADER_SIZE_WITH_LAYOUT,
  isBtf,
  parseHeader,
} from './header.ts';
export { MAX_STRING_OFFSET, StringTable } from './strings.ts';
export { hostLittleEndian } from './word-buffer.ts';
export { Btf, type ParseBtfOptions, parseBtf } from './btf.ts';
export { BtfMemory, preselectNames } from './btf-memory.ts';
export { type BtfSections, btfSections, loadBtf } from './load.ts';
export {
  type BtfArray,
  type BtfComposite,
  type BtfDatasec,
  type BtfDeclTag,
  type BtfEnum,
  type BtfEnumerator,
  type BtfFloat,
  type BtfFunc,
  type BtfFuncProto,
  type BtfFwd,
  type BtfInt,
  type BtfLocParam,
  type BtfLocProto,
  type BtfLocSec,
  type BtfMember,
  type BtfParam,
  type BtfReference,
  type BtfType,
  type BtfTypeTag,
  type BtfVar,
  type BtfVarSecinfo,
  type BtfVoid,
  decodeType,
  IntEncoding,
} from './types.ts';
export { closure, forEachName, forEachNameAt, forEachRef, forEachRefAt, type WordVisitor } from './refs.ts';
export { findByName, idsByEssentialName, idsByName } from './names.ts';
export { essentialName, essentialNameLength } from './essential-name.ts';
export {
  alignOf,
  assumePointerSize,
  isModifier,
  MAX_NESTING_DEPTH,
  MAX_RESOLVE_DEPTH,
  pointerSize,
  pointerSizeAmong,
  resolveSize,
  skipModifiers,
  skipModifiersAndTypedefs,
} from './layout.ts';
export {
  type BtfExt,
  type CoreRelo,
  coreRelos,
  EXT_HEADER_SIZE,
  EXT_HEADER_SIZE_WITH_CORE_RELO,
  type ExtInfo,
  type ExtSection,
  type FuncInfo,
  funcInfos,
  type LineInfo,
  lineInfos,
  parseBtfExt,
} from './ext.ts';
export { StringSet } from './string-set.ts';
export { type BtfParts, type EncodeOptions, encodeBtf } from './encode.ts';
export { BtfBuilder, type BtfBuilderOptions, type BtfName } from './writer.ts';
export { type ByteSink, collectBytes, MAX_DUMP_BYTES } from './byte-output.ts';
export { type DumpOptions, dumpRaw } from './dump-raw.ts';
export { type DumpJsonOptions, dumpJson } from './dump-json.ts';
export { formatLocation, LOC_PARAM_FRAME_BASE, LocParamFlag } from './loc-param.ts';
export { type CDumpOptions, MAX_DUMP_DEPTH } from './dump-c/state.ts';
export { type DumpCOptions, dumpC, dumpTypeC } from './dump-c/dump-c.ts';
export { dumpPortableC, type PortableDumpOptions } from './dump-portable/dump-portable.ts';
export type { PortableNote } from './dump-portable/c-types.ts';
export {
  type BtfExtParts,
  convertBtfExt,
  encodeBtfExt,
  type ExtMapping,
  type ExtSectionRecords,
  mapBtfExt,
} from './ext-writer.ts';
export { type DedupOptions, type DedupResult, dedup } from './dedup/dedup.ts';
export { type DistilledBtf, distillBase } from './distill.ts';
export { type RebaseDifference, type RebasedBtf, rebase } from './rebase.ts';
export { type BaseMismatch, baseMismatch } from './base-mismatch.ts';
export { BTF_FEATURES, type BtfFeature, featuresMissingIn, type SanitizeOptions, sanitize } from './sanitize.ts';
export { type CheckOptions, checkAsKernel, checkBtf, type KernelCheck } from './check/check.ts';
export type { BtfProblem, KernelProblemCode } from './check/problem.ts';
export { findMember, type MemberPlace } from './member-path.ts';
export { declarationContent, declarationHash, equalDeclarations } from './declaration.ts';
export { type FormatTypeOptions, formatType } from './format-type.ts';
export { type LayoutMember, type StructLayout, type StructLayoutOptions, structLayout } from './struct-layout.ts';
export { formatStructLayout } from './format-struct-layout.ts';
export { type ConvertOptions, convertBtf } from './convert.ts';
export { type ConvertedFor, convertFor } from './convert-for.ts';
export { RELEASE_RULES, type ReleaseRule, type ReleaseRuleName } from './check/release-rules.ts';
export { mergeSplit } from './merge.ts';
