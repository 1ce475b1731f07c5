// Code that reads a field on all kernels shown: C with CO-RE, Go with cilium/ebpf, Rust with aya.
import type { Variant } from './shapes.ts';

/** A field by its names: the one asked for, and the one that it had or got. */
export interface Reading {
  readonly struct: string;
  readonly path: string;
  readonly otherName: string | undefined;
  readonly otherType: string | undefined;
  readonly variants: readonly Variant[];
}

export function cCode({ struct, path, otherName, otherType, variants }: Reading): string {
  const type = variants[0]?.type ?? 'long';
  const bitfield = variants.some(({ bitSize }) => bitSize !== null);
  const read = bitfield ? `BPF_CORE_READ_BITFIELD_PROBED(p, ${path})` : `BPF_CORE_READ(p, ${path})`;
  const value = valueType(type);
  if (otherName === undefined) {
    return `#include "vmlinux.h"
#include <bpf/bpf_core_read.h>

static ${value} read_${tail(path)}(struct ${struct} *p)
{
\treturn (${value})${read};
}
`;
  }
  return `#include "vmlinux.h"
#include <bpf/bpf_core_read.h>

/* The kernels that call it ${otherName}. */
struct ${struct}___other {
\t${declaration(otherType ?? type, otherName)};
} __attribute__((preserve_access_index));
/* The kernels that call it ${path}. */
struct ${struct}___this {
\t${declaration(type, path)};
} __attribute__((preserve_access_index));

static ${value} read_${tail(path)}(void *task)
{
\tstruct ${struct}___other *o = task;
\tstruct ${struct}___this *t = task;

\tif (bpf_core_field_exists(o->${otherName}))
\t\treturn (${value})BPF_CORE_READ(o, ${otherName});
\treturn (${value})BPF_CORE_READ(t, ${path});
}
`;
}

export function goCode({ struct, path, otherName }: Reading): string {
  const names = otherName === undefined ? `"${path}"` : `"${path}", "${otherName}"`;
  return `// offsetOf gives the offset in the running kernel, by its own BTF.
func offsetOf(names ...string) (uint32, error) {
	spec, err := btf.LoadKernelSpec() // github.com/cilium/ebpf/btf
	if err != nil {
		return 0, err
	}
	var s *btf.Struct
	if err := spec.TypeByName("${struct}", &s); err != nil {
		return 0, err
	}
	for _, name := range names {
		for _, member := range s.Members {
			if member.Name == name {
				return member.Offset.Bytes(), nil
			}
		}
	}
	return 0, fmt.Errorf("${struct} has none of %v", names)
}

offset, err := offsetOf(${names})
`;
}

export function rustCode({ struct, path, otherName }: Reading): string {
  const note =
    otherName === undefined ? '' : `// Bindings made on a kernel that calls it ${otherName} have that name instead.\n`;
  return `// aya-tool generate ${struct} > src/vmlinux.rs
${note}use aya_ebpf::helpers::bpf_probe_read_kernel;

unsafe fn read_${tail(path)}(p: *const vmlinux::${struct}) -> Result<impl Copy, i64> {
    bpf_probe_read_kernel(core::ptr::addr_of!((*p).${path}))
}
`;
}

const tail = (path: string): string => path.slice(path.lastIndexOf('.') + 1).replace(/^_+/, '');
/** What a function can give back: arrays and structs go by address. */
const valueType = (type: string): string =>
  /\]$|^(struct|union) \w+$/.test(type) || type.includes('{')
    ? 'unsigned long'
    : type.replace(/^(const|volatile) /, '');
const declaration = (type: string, name: string): string => {
  const array = /^(.*?)((?:\[\d*\])+)$/.exec(type);
  if (array !== null) return `${array[1]} ${name}${array[2]}`;
  return type.endsWith('*') ? `${type}${name}` : `${type} ${name}`;
};
