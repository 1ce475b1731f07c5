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

typedef struct {
	int x;
} nameless;

struct needed {
	int a;
};

struct behind_pointer {
	struct {
		struct needed n;
	} *x;
};

struct cycle_a;

struct cycle_b {
	struct cycle_a *a;
};

struct inner {
	int k;
};

struct late;

struct outer {
	struct late *late;
	struct {
		struct late *q;
		struct outer *r;
	} *anonymous;
};

struct only_forward;

union only_forward_union;

struct late {
	struct outer embedded;
	struct only_forward *f;
	union only_forward_union *u;
};

struct named {
	int (*cb)(struct named *);
	struct {
		struct named *x;
	} in;
};

typedef struct named named;

struct nested {
	struct {
		struct {
			union {
				int a;
				struct {
					char b;
					long c;
				};
			};
		} d;
	} e[2];
	union {
		struct {
			int i;
		};
		long j;
	};
	struct inner l;
	struct {
		int f;
	} *h;
};

struct self {
	struct self *next;
	struct self **pp;
	struct self *arr[4];
	const struct self * const cp;
};

struct opaque;

typedef struct opaque opaque_t;

struct only_here;

struct uses_opaque {
	opaque_t *p;
	struct only_here *q;
};

struct with_typedef {
	nameless a;
	struct with_typedef *n;
};

typedef struct with_typedef with_typedef;

typedef named * (*named_fn)(named *);


/* BPF kfuncs */
#ifndef BPF_NO_KFUNC_PROTOTYPES
#endif

#ifndef BPF_NO_PRESERVE_ACCESS_INDEX
#pragma clang attribute pop
#endif

#endif /* __VMLINUX_H__ */
