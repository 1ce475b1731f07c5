#ifndef __VMLINUX_H__
#define __VMLINUX_H__

#if __STDC_VERSION__ > 201710L && (defined(__clang__) || __GNUC__ >= 13)
#define __VMLINUX_HAS_BOOL
#endif

_Static_assert(sizeof(void *) == 8, "the kernel of this header has pointers of 8 bytes");

#if defined(__bpf__) && defined(__clang__) && !defined(BPF_NO_PRESERVE_ACCESS_INDEX)
#pragma clang attribute push (__attribute__((preserve_access_index)), apply_to = record)
#endif

struct ops;

struct fwd;

struct ops {
	int (*open)(struct ops *, const char *, int);
	void (*close)(void);
	int (*(*get)(int))(struct fwd *);
	void (*(*signal)(int, void (*)(int)))(int);
	int (*table[3][4])(void);
	int (*(*pointer_to_table)[5])(char);
	const volatile int *const volatile *qualified;
	char name[16];
	char cube[2][3][4];
	const char *names[5];
	int (*old_style)();
	int (*variadic)(const char *, ...);
	struct {
		int x;
	} *(*returns_anonymous)(union {
		long y;
	} *);
};

typedef int array_t[7];

typedef array_t arrays_t[3];

typedef const array_t const_array_t;

typedef int function_t(int, int);

typedef function_t *function_ptr_t;

typedef void nothing;

typedef int (*fn_t)(int, char *);

typedef fn_t (*fn_of_fn)(fn_t, ...);

struct typedefs {
	array_t a;
	arrays_t b;
	const_array_t *c;
	function_t *d;
	function_ptr_t e;
	nothing *f;
	fn_of_fn g;
	const array_t h;
};

#if defined(__bpf__) && defined(__clang__) && !defined(BPF_NO_PRESERVE_ACCESS_INDEX)
#pragma clang attribute pop
#endif

#endif /* __VMLINUX_H__ */
