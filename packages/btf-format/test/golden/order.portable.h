#ifndef __VMLINUX_H__
#define __VMLINUX_H__

#if __STDC_VERSION__ > 201710L && (defined(__clang__) || __GNUC__ >= 13)
#define __VMLINUX_HAS_BOOL
#endif

_Static_assert(sizeof(void *) == 8, "the kernel of this header has pointers of 8 bytes");

#if defined(__bpf__) && defined(__clang__) && !defined(BPF_NO_PRESERVE_ACCESS_INDEX)
#pragma clang attribute push (__attribute__((preserve_access_index)), apply_to = record)
#endif

struct self;

struct self {
	struct self *next;
	struct self **pp;
	struct self *arr[4];
	const struct self *const cp;
};

struct late;

struct outer;

struct outer {
	struct late *late;
	struct {
		struct late *q;
		struct outer *r;
	} *anonymous;
};

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

struct named;

typedef struct named named;

typedef named *(*named_fn)(named *);

struct named {
	int (*cb)(struct named *);
	struct {
		struct named *x;
	} in;
};

struct opaque;

typedef struct opaque opaque_t;

struct only_here;

struct uses_opaque {
	opaque_t *p;
	struct only_here *q;
};

typedef struct {
	int x;
} nameless;

struct with_typedef;

struct with_typedef {
	nameless a;
	struct with_typedef *n;
};

typedef struct with_typedef with_typedef;

struct inner {
	int k;
};

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

struct only_forward;

union only_forward_union;

struct late {
	struct outer embedded;
	struct only_forward *f;
	union only_forward_union *u;
};

#if defined(__bpf__) && defined(__clang__) && !defined(BPF_NO_PRESERVE_ACCESS_INDEX)
#pragma clang attribute pop
#endif

#endif /* __VMLINUX_H__ */
