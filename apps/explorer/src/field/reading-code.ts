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
  if (value === undefined && otherName === undefined) {
    return `#include "vmlinux.h"
#include <bpf/bpf_core_read.h>

/* ${type}: as many bytes as the kernel has. */
static long read_${tail(path)}(struct ${struct} *p, void *to, __u32 most)
{
\t__u32 size = bpf_core_field_size(p->${path});

\treturn bpf_core_read(to, size < most ? size : most, &p->${path});
}
`;
  }
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

${
  value === undefined
    ? `static long read_${tail(path)}(void *p, void *to, __u32 most)
{
\tstruct ${struct}___other *o = p;
\tstruct ${struct}___this *t = p;

\tif (bpf_core_field_exists(o->${otherName}))
\t\treturn bpf_core_read(to, most, &o->${otherName});
\treturn bpf_core_read(to, most, &t->${path});
}
`
    : `static ${value} read_${tail(path)}(void *p)
{
\tstruct ${struct}___other *o = p;
\tstruct ${struct}___this *t = p;

\tif (bpf_core_field_exists(o->${otherName}))
\t\treturn (${value})BPF_CORE_READ(o, ${otherName});
\treturn (${value})BPF_CORE_READ(t, ${path});
}
`
}`;
}

export function goCode({ struct, path, otherName }: Reading): string {
  const names = otherName === undefined ? `"${path}"` : `"${path}", "${otherName}"`;
  return `// offsetOf gives the offset of the first of these paths
// that the running kernel has, by its own BTF
// (github.com/cilium/ebpf/btf).
func offsetOf(paths ...string) (uint32, error) {
	spec, err := btf.LoadKernelSpec()
	if err != nil {
		return 0, err
	}
	var s *btf.Struct
	if err := spec.TypeByName("${struct}", &s); err != nil {
		return 0, err
	}
	for _, path := range paths {
		if at, ok := find(s, strings.Split(path, ".")); ok {
			return at, nil
		}
	}
	return 0, fmt.Errorf("${struct} has none of %v", paths)
}

// find looks into unnamed members, too, as C does.
func find(t btf.Type, path []string) (uint32, bool) {
	var members []btf.Member
	switch t := btf.UnderlyingType(t).(type) {
	case *btf.Struct:
		members = t.Members
	case *btf.Union:
		members = t.Members
	}
	for _, m := range members {
		rest := path
		if m.Name == path[0] {
			rest = path[1:]
		} else if m.Name != "" {
			continue
		}
		if len(rest) == 0 {
			return m.Offset.Bytes(), true
		}
		if at, ok := find(m.Type, rest); ok {
			return m.Offset.Bytes() + at, true
		}
	}
	return 0, false
}

at, err := offsetOf(${names})
`;
}

export function rustCode({ struct, path, otherName }: Reading): string {
  const note =
    otherName === undefined ? '' : `// Bindings of a kernel that calls it ${otherName}\n// have that name instead.\n`;
  return `// aya-tool generate ${struct} > src/vmlinux.rs
${note}use aya_ebpf::helpers::bpf_probe_read_kernel;

unsafe fn read_${tail(path)}(
    p: *const vmlinux::${struct},
) -> Result<impl Copy, i64> {
    bpf_probe_read_kernel(core::ptr::addr_of!((*p).${path}))
}
`;
}

const tail = (path: string): string => path.slice(path.lastIndexOf('.') + 1).replace(/^_+/, '');
/** What a function can give back; undefined for arrays and structs, which are copied. */
const valueType = (type: string): string | undefined =>
  /\]$|^(const |volatile )*(struct|union) \w+$/.test(type) || type.includes('{')
    ? undefined
    : type.replace(/^(const|volatile) /, '');
/** `int x`, `char *x`, `char x[16]`, `int (*x)(void)`. */
export const declaration = (type: string, name: string): string => {
  const pointed = /^(.*\(\*)(\)\(.*)$/.exec(type);
  if (pointed !== null) return `${pointed[1]}${name}${pointed[2]}`;
  const array = /^(.*?)((?:\[\d*\])+)$/.exec(type);
  if (array !== null) return `${array[1]} ${name}${array[2]}`;
  return type.endsWith('*') ? `${type}${name}` : `${type} ${name}`;
};
