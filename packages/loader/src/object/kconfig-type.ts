// What values a `.kconfig` extern can take, by its type. libbpf.c find_kcfg_type.

import { type Btf, BtfKind, decodeType, IntEncoding, skipModifiersAndTypedefs } from '@btfq/btf-format';
import type { KconfigType } from './model.ts';

/** How deep arrays of arrays are followed; libbpf recurses without a limit. */
const MAX_DEPTH = 32;

/** The kind of value and whether it is signed; undefined for types that libbpf does not fill in. */
export function kconfigType(
  btf: Btf,
  typeId: number,
  depth = 0,
): { readonly type: KconfigType; readonly signed: boolean } | undefined {
  const type = decodeType(btf, skipModifiersAndTypedefs(btf, typeId));
  switch (type.kind) {
    case BtfKind.Int: {
      if ((type.encoding & IntEncoding.Bool) !== 0)
        return type.size === 1 ? { type: 'bool', signed: false } : undefined;
      const signed = (type.encoding & IntEncoding.Signed) !== 0;
      if (type.size === 1) return { type: 'char', signed };
      return [2, 4, 8].includes(type.size) ? { type: 'int', signed } : undefined;
    }
    case BtfKind.Enum:
      if (type.size !== 4 || type.name !== 'libbpf_tristate') return undefined;
      return { type: 'tristate', signed: false };
    case BtfKind.Enum64:
      return type.name === 'libbpf_tristate' ? { type: 'tristate', signed: false } : undefined;
    case BtfKind.Array:
      if (type.nelems === 0 || depth >= MAX_DEPTH) return undefined;
      return kconfigType(btf, type.type, depth + 1)?.type === 'char'
        ? { type: 'char-array', signed: false }
        : undefined;
    default:
      return undefined;
  }
}
