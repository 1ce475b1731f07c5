#ifndef __VMLINUX_H__
#define __VMLINUX_H__

#ifndef BPF_NO_PRESERVE_ACCESS_INDEX
#pragma clang attribute push (__attribute__((preserve_access_index)), apply_to = record)
#endif

#ifndef __ksym
#define __ksym __attribute__((section(".ksyms")))
#endif

#ifndef __weak
#define __weak __attribute__((weak))
#endif

#ifndef __bpf_fastcall
#if __has_attribute(bpf_fastcall)
#define __bpf_fastcall __attribute__((bpf_fastcall))
#else
#define __bpf_fastcall
#endif
#endif

typedef int tagged_t;

struct tagged;

struct more {
	tagged_t t;
	struct tagged __attribute__((btf_type_tag("z"))) *p;
	int (*fp)(int __attribute__((btf_type_tag("a"))) *, struct tagged *);
};

struct tagged {
	int __attribute__((btf_type_tag("user"))) *a;
	int __attribute__((btf_type_tag("percpu"))) __attribute__((btf_type_tag("rcu"))) * __attribute__((btf_type_tag("x"))) *b;
	const int __attribute__((btf_type_tag("q"))) *c;
};


/* BPF kfuncs */
#ifndef BPF_NO_KFUNC_PROTOTYPES
extern __bpf_fastcall void *a_kfunc(const char *name, unsigned long) __weak __ksym;
extern int second_kfunc(struct more *arg, int n) __weak __ksym;
#endif

#ifndef BPF_NO_PRESERVE_ACCESS_INDEX
#pragma clang attribute pop
#endif

#endif /* __VMLINUX_H__ */
