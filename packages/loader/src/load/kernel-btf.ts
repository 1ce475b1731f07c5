// The object's BTF loaded into the kernel, without what that kernel does not know. libbpf.c
// bpf_object__sanitize_and_load_btf; btf.c btf_load_into_kernel.

import { type BtfFeature, BtfKind, sanitize } from '@btfq/btf-format';
import { btfLoad } from '../kernel/calls.ts';
import type { Feature } from '../kernel/features.ts';
import { LoaderErrno } from '../errors.ts';
import { errnoName } from './errno.ts';
import { logBuffer, logText, nextLogSize } from './log-buffer.ts';
import type { LoadState } from './state.ts';

/** In the order in which libbpf asks. */
const FEATURES: readonly (readonly [Feature, BtfFeature])[] = [
  ['btf-global-func', 'funcGlobal'],
  ['btf-datasec', 'datasec'],
  ['btf-float', 'float'],
  ['btf-func', 'func'],
  ['btf-decl-tag', 'declTag'],
  ['btf-type-tag', 'typeTag'],
  ['btf-enum64', 'enum64'],
  ['btf-qmark-datasec', 'qmarkDatasec'],
  ['btf-layout', 'layout'],
];

/** A failure counts only where struct_ops needs the BTF. */
export function loadKernelBtf(state: LoadState): void {
  const { btf: editor, features } = state;
  if (editor === undefined) return;
  const mandatory = state.object.maps.some(({ origin }) => origin === 'struct_ops');
  if (!features.has('btf')) {
    if (mandatory) throw report(state, LoaderErrno.NotSupported);
    return;
  }
  makeHiddenStatic(state);
  const missing = FEATURES.filter(([feature]) => !features.has(feature)).map(([, part]) => part);
  const btf = editor.finish();
  const fd = load(state, missing.length === 0 ? btf.bytes : sanitize(btf, missing));
  if (fd >= 0) state.btfFd = fd;
  else if (mandatory) throw report(state, fd);
  else state.warn(`Error loading .BTF into kernel: ${errnoName(fd)}. BTF is optional, ignoring.`);
}

function report(state: LoadState, errno: number) {
  return state.fail(errno, `Error loading .BTF into kernel: ${errnoName(errno)}. BTF is mandatory, can't proceed.`);
}

/** Global subprograms with hidden visibility are verified as static ones. */
function makeHiddenStatic(state: LoadState): void {
  const { btf: editor, object } = state;
  const btf = object.kernelBtf;
  if (editor === undefined || btf === undefined) return;
  for (const { name, hidden, subprogram } of object.programs) {
    if (!hidden || !subprogram) continue;
    for (let id = 1; id < btf.typeCount; id++) {
      if (btf.kind(id) !== BtfKind.Func || editor.vlen(id) !== 1 || btf.name(id) !== name) continue;
      editor.setWord(id, 1, BtfKind.Func << 24);
      break;
    }
  }
}

/** First without a log; where the kernel refuses, again with one that grows while it does not fit. */
function load(state: LoadState, bytes: Uint8Array): number {
  state.features.bumpMemlock();
  let size = 0;
  for (let buffer: Uint8Array | undefined; ; buffer = logBuffer(size)) {
    const fd = btfLoad(state.system, bytes, buffer);
    if (fd >= 0) return fd;
    const grown = nextLogSize(size);
    if (buffer !== undefined && (fd !== -LoaderErrno.NoSpace || grown === undefined)) {
      state.warn(`BTF loading error: ${errnoName(fd)}`);
      const log = logText(buffer);
      if (log !== '') state.warn(`-- BEGIN BTF LOAD LOG ---\n${log}\n-- END BTF LOAD LOG --`);
      return fd;
    }
    size = grown ?? size;
  }
}
