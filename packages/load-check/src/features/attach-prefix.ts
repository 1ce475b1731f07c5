// Under which names BTF has what a program attaches to: libbpf.c btf_get_kernel_prefix_kind.

import { BtfKind } from '@btfq/btf-format';
import { AttachType } from '@btfq/loader';

/** The prefix before a target's name. */
export function attachPrefix(attachType: number): string {
  switch (attachType) {
    case AttachType.TraceRawTp:
      return 'btf_trace_';
    case AttachType.LsmMac:
    case AttachType.LsmCgroup:
      return 'bpf_lsm_';
    case AttachType.TraceIter:
      return 'bpf_iter_';
    default:
      return '';
  }
}

/** The kind of type that stands for a target. */
export function attachKind(attachType: number): BtfKind {
  return attachType === AttachType.TraceRawTp ? BtfKind.Typedef : BtfKind.Func;
}
