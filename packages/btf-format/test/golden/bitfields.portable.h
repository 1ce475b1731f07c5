#ifndef __VMLINUX_H__
#define __VMLINUX_H__

#if __STDC_VERSION__ > 201710L && (defined(__clang__) || __GNUC__ >= 13)
#define __VMLINUX_HAS_BOOL
#endif

_Static_assert(sizeof(void *) == 8, "the kernel of this header has pointers of 8 bytes");

#if defined(__bpf__) && defined(__clang__) && !defined(BPF_NO_PRESERVE_ACCESS_INDEX)
#pragma clang attribute push (__attribute__((preserve_access_index)), apply_to = record)
#endif

typedef unsigned int u32;

typedef unsigned long long u64;

struct plain {
	u32 a : 1;
	u32 b : 2;
	unsigned int : 5;
	u32 c : 8;
	u64 d : 33;
	unsigned char __pad[1];
	u64 e : 31;
	unsigned int : 1;
	int f : 3;
	unsigned char __pad___2[3];
} __attribute__((packed, aligned(8)));

typedef unsigned char u8;

typedef unsigned short u16;

struct zero_width {
	u8 a : 1;
	unsigned int : 7;
	u8 b : 7;
	unsigned int : 1;
	u16 c : 9;
	unsigned int : 7;
	u32 d : 1;
	unsigned int : 7;
	char e;
	unsigned char __pad[2];
} __attribute__((packed, aligned(4)));

struct wide {
	u64 a : 60;
	u64 b : 10;
	char c;
	u64 d : 1;
};

struct to_unit {
	char x;
	unsigned char __pad[3];
	int y : 3;
	unsigned char __pad___2[3];
	int z : 1;
};

struct nearly_full {
	u32 a : 31;
	u32 b : 31;
	u32 c : 31;
};

struct packed {
	u8 a;
	u32 b : 20;
	u64 c : 44;
	u16 d;
	u64 e;
} __attribute__((packed));

enum {
	A = 0,
	B = 1,
	C = 7,
};

enum big {
	X = 4294967296LL,
};

struct other_types {
	_Bool yes : 1;
	_Bool no : 1;
	unsigned int e : 3;
	enum big v : 40;
};

struct with_struct {
	int a : 3;
	struct {
		int b : 5;
		int c : 7;
	};
	int d : 2;
};

struct ends_with {
	long a;
	int b : 1;
};

struct between {
	int a : 1;
	char c;
	int b : 1;
	short s;
	int d : 17;
};

struct boundaries {
	char a;
	unsigned char __pad[7];
	char b;
	unsigned char __pad___2[7];
	short c;
	char d : 4;
	unsigned char __pad___3[1];
	long e : 1;
};

union in_union {
	int a;
	u64 b : 13;
};

#if defined(__bpf__) && defined(__clang__) && !defined(BPF_NO_PRESERVE_ACCESS_INDEX)
#pragma clang attribute pop
#endif

#endif /* __VMLINUX_H__ */
