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

struct aligned {
	int a;
	long: 64;
	long: 64;
	long: 64;
	long: 64;
	long: 64;
	long: 64;
	long: 64;
};

struct aligned_members {
	struct aligned x;
	char c;
	long: 64;
	long: 64;
	long: 64;
	long: 64;
	long: 64;
	long: 64;
	long: 64;
	struct aligned y;
	int z;
	char t;
	long: 64;
	long: 64;
	long: 64;
	long: 64;
	long: 64;
	long: 64;
	long: 64;
};

struct growing {
	char a;
	short: 0;
	char b;
	int: 0;
	char c;
	long: 0;
	char d;
	long: 0;
	char e;
	long: 64;
};

struct end_aligned {
	long a;
	char b;
	long: 64;
	long: 64;
	long: 64;
	long: 64;
	long: 64;
	long: 64;
	long: 64;
	long: 64;
	long: 64;
	long: 64;
	long: 64;
	long: 64;
	long: 64;
	long: 64;
};

typedef unsigned long long u64;

struct holes {
	char a;
	long b;
	char c;
	int d;
	char e;
	short f;
	char g;
	u64 h;
	char tail;
};

struct packed {
	char a;
	int b;
	long c;
	struct holes h;
} __attribute__((packed));

struct contains_packed {
	struct packed p;
	char x;
	struct {
		char c;
		int d;
	} __attribute__((packed)) q;
};

union overlay {
	int a;
	char b[13];
	struct {
		long x;
		char y;
	} z;
};

union packed_overlay {
	int a;
	char b[13];
};

struct packed_to_2 {
	char a;
	int b;
	short: 0;
} __attribute__((packed));

struct packed_to_8 {
	char a;
	int b;
	char c;
	long: 0;
} __attribute__((packed));

struct holder {
	union overlay u;
	union packed_overlay v;
	short: 0;
	struct packed_to_2 w[3];
	struct packed_to_8 x;
	long: 64;
	char end;
	long: 64;
};

struct flexible {
	int n;
	struct {
		int a;
		char b;
	} items[0];
};

struct zero_length {
	char c;
	long d[0];
};

struct empty {};

struct with_empty {
	struct empty e;
	int a;
	struct {} f;
	struct empty arr[3];
};

struct numbers {
	__int128 a;
	char b;
	long: 64;
	unsigned __int128 c;
	float f;
	double d;
	long double ld;
	long: 64;
};


/* BPF kfuncs */
#ifndef BPF_NO_KFUNC_PROTOTYPES
#endif

#ifndef BPF_NO_PRESERVE_ACCESS_INDEX
#pragma clang attribute pop
#endif

#endif /* __VMLINUX_H__ */
