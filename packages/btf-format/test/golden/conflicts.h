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

enum dup_enum {
	V4 = 7,
};

enum dup_enum___2 {
	V1 = 0,
	V2 = 1,
};

enum other {
	V1___2 = 4,
	V3 = 5,
};

typedef int dup_t;

typedef long dup_t___2;

typedef struct {
	int q;
} shape;

typedef struct {
	char q;
} shape___2;

struct dup {
	int a;
};

struct dup___2 {
	char d;
};

struct dup___3 {
	char c[3];
};

union dup___4 {
	char c[5];
};

struct dup___5 {
	long b;
};

typedef struct dup___5 dup;

struct holder {
	struct dup___5 *a;
	struct dup___2 b;
	struct dup___5 *c;
	dup *d;
};

struct user {
	enum other e;
	enum {
		V2___2 = 8,
		dup_t___3 = 9,
	} f;
};


/* BPF kfuncs */
#ifndef BPF_NO_KFUNC_PROTOTYPES
#endif

#ifndef BPF_NO_PRESERVE_ACCESS_INDEX
#pragma clang attribute pop
#endif

#endif /* __VMLINUX_H__ */
