#ifndef __VMLINUX_H__
#define __VMLINUX_H__

#if __STDC_VERSION__ > 201710L && (defined(__clang__) || __GNUC__ >= 13)
#define __VMLINUX_HAS_BOOL
#endif

_Static_assert(sizeof(void *) == 8, "the kernel of this header has pointers of 8 bytes");

#if defined(__bpf__) && defined(__clang__) && !defined(BPF_NO_PRESERVE_ACCESS_INDEX)
#pragma clang attribute push (__attribute__((preserve_access_index)), apply_to = record)
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

enum {
	V2 = 8,
	dup_t___3 = 9,
};

struct user {
	enum other e;
	unsigned int f;
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

typedef int dup_t___2;

typedef struct {
	int q;
} shape___2;

enum {
	INNER = 0,
};

#if defined(__bpf__) && defined(__clang__) && !defined(BPF_NO_PRESERVE_ACCESS_INDEX)
#pragma clang attribute pop
#endif

#endif /* __VMLINUX_H__ */
