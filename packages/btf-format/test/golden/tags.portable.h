#ifndef __VMLINUX_H__
#define __VMLINUX_H__

#if __STDC_VERSION__ > 201710L && (defined(__clang__) || __GNUC__ >= 13)
#define __VMLINUX_HAS_BOOL
#endif

_Static_assert(sizeof(void *) == 8, "the kernel of this header has pointers of 8 bytes");

#if defined(__bpf__) && defined(__clang__) && !defined(BPF_NO_PRESERVE_ACCESS_INDEX)
#pragma clang attribute push (__attribute__((preserve_access_index)), apply_to = record)
#endif

typedef int tagged_t;

struct tagged;

struct more {
	tagged_t t;
	struct tagged *p;
	int (*fp)(int *, struct tagged *);
};

struct tagged {
	int *a;
	int **b;
	const int *c;
};

/* BPF kfuncs */
#if defined(__bpf__) && !defined(BPF_NO_KFUNC_PROTOTYPES)
extern void *a_kfunc(const char *, unsigned long) __attribute__((weak, section(".ksyms")));
extern int second_kfunc(struct more *, int) __attribute__((weak, section(".ksyms")));
#endif

#if defined(__bpf__) && defined(__clang__) && !defined(BPF_NO_PRESERVE_ACCESS_INDEX)
#pragma clang attribute pop
#endif

#endif /* __VMLINUX_H__ */
