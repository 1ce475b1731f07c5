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

typedef unsigned int u32;

typedef unsigned long long u64;

struct plain {
	u32 a: 1;
	u32 b: 2;
	char: 5;
	u32 c: 8;
	u64 d: 33;
	long: 15;
	u64 e: 31;
	int: 1;
	int f: 3;
};

typedef unsigned char u8;

typedef unsigned short u16;

struct zero_width {
	u8 a: 1;
	char: 7;
	u8 b: 7;
	short: 1;
	u16 c: 9;
	int: 7;
	u32 d: 1;
	char e;
};

struct wide {
	u64 a: 60;
	long: 4;
	u64 b: 10;
	char c;
	u64 d: 1;
};

struct to_unit {
	char x;
	int y: 3;
	long: 29;
	int z: 1;
};

struct nearly_full {
	u32 a: 31;
	int: 1;
	u32 b: 31;
	long: 1;
	u32 c: 31;
};

struct packed {
	u8 a;
	u32 b: 20;
	u64 c: 44;
	u16 d;
	u64 e;
} __attribute__((packed));

enum big {
	X = 4294967296ULL,
};

struct other_types {
	_Bool yes: 1;
	_Bool no: 1;
	enum {
		A = 0,
		B = 1,
		C = 7,
	} e: 3;
	enum big v: 40;
};

struct with_struct {
	int a: 3;
	struct {
		int b: 5;
		int c: 7;
	};
	int d: 2;
};

struct ends_with {
	long a;
	int b: 1;
};

struct between {
	int a: 1;
	char c;
	int b: 1;
	short s;
	int d: 17;
};

struct boundaries {
	char a;
	long: 0;
	char b;
	long: 0;
	short c;
	char d: 4;
	int: 12;
	long e: 1;
};

union in_union {
	int a;
	u64 b: 13;
};


/* BPF kfuncs */
#ifndef BPF_NO_KFUNC_PROTOTYPES
#endif

#ifndef BPF_NO_PRESERVE_ACCESS_INDEX
#pragma clang attribute pop
#endif

#endif /* __VMLINUX_H__ */
