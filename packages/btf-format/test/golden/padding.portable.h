#ifndef __VMLINUX_H__
#define __VMLINUX_H__

#if __STDC_VERSION__ > 201710L && (defined(__clang__) || __GNUC__ >= 13)
#define __VMLINUX_HAS_BOOL
#endif

_Static_assert(sizeof(void *) == 8, "the kernel of this header has pointers of 8 bytes");

#if defined(__bpf__) && defined(__clang__) && !defined(BPF_NO_PRESERVE_ACCESS_INDEX)
#pragma clang attribute push (__attribute__((preserve_access_index)), apply_to = record)
#endif

struct aligned {
	int a;
	unsigned char __pad[60];
};

struct aligned_members {
	struct aligned x;
	char c;
	unsigned char __pad[63];
	struct aligned y;
	int z;
	char t;
	unsigned char __pad___2[59];
};

struct growing {
	char a;
	unsigned char __pad[1];
	char b;
	unsigned char __pad___2[1];
	char c;
	unsigned char __pad___3[3];
	char d;
	unsigned char __pad___4[7];
	char e;
	unsigned char __pad___5[15];
};

struct end_aligned {
	long a;
	char b;
	unsigned char __pad[119];
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
	unsigned char __pad[13];
} __attribute__((packed));

struct packed_to_2 {
	char a;
	int b;
	unsigned char __pad[1];
} __attribute__((packed, aligned(2)));

struct packed_to_8 {
	char a;
	int b;
	char c;
	unsigned char __pad[2];
} __attribute__((packed, aligned(4)));

struct holder {
	union overlay u;
	union packed_overlay v;
	struct packed_to_2 w[3];
	struct packed_to_8 x;
	unsigned char __pad[8];
	char end;
	unsigned char __pad___2[15];
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
	unsigned char __pad[15];
	unsigned __int128 c;
	float f;
	unsigned char __pad___2[4];
	double d;
	double ld;
	unsigned char __pad___3[8];
} __attribute__((packed, aligned(8)));

#if defined(__bpf__) && defined(__clang__) && !defined(BPF_NO_PRESERVE_ACCESS_INDEX)
#pragma clang attribute pop
#endif

#endif /* __VMLINUX_H__ */
