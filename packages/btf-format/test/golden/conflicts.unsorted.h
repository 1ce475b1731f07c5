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

struct dup {
	long b;
};

struct dup___2 {
	char c[3];
};

union dup___3 {
	char c[5];
};

typedef long dup_t;

enum other {
	V1 = 4,
	V3 = 5,
};

struct user {
	enum other e;
	enum {
		V2 = 8,
		dup_t___2 = 9,
	} f;
};

enum dup_enum {
	V4 = 7,
};

typedef struct {
	char q;
} shape;

struct dup___4 {
	char d;
};

typedef struct dup dup;

struct holder {
	struct dup *a;
	struct dup___4 b;
	struct dup *c;
	dup *d;
};

struct dup___5 {
	int a;
};

enum dup_enum___2 {
	V1___2 = 0,
	V2___2 = 1,
};

typedef int dup_t___3;

typedef struct {
	int q;
} shape___2;


/* BPF kfuncs */
#ifndef BPF_NO_KFUNC_PROTOTYPES
#endif

#ifndef BPF_NO_PRESERVE_ACCESS_INDEX
#pragma clang attribute pop
#endif

#endif /* __VMLINUX_H__ */
