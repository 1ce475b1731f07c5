#ifndef __VMLINUX_H__
#define __VMLINUX_H__

#if __STDC_VERSION__ > 201710L && (defined(__clang__) || __GNUC__ >= 13)
#define __VMLINUX_HAS_BOOL
#endif

_Static_assert(sizeof(void *) == 8, "the kernel of this header has pointers of 8 bytes");

#if defined(__bpf__) && defined(__clang__) && !defined(BPF_NO_PRESERVE_ACCESS_INDEX)
#pragma clang attribute push (__attribute__((preserve_access_index)), apply_to = record)
#endif

enum plain {
	E_ZERO = 0,
	E_NEGATIVE = -1,
	E_MAX = 2147483647,
};

enum unsigned_max {
	U_MAX = 4294967295LL,
	U_ONE = 1,
};

enum wide {
	W_BIG = 8589934591LL,
	W_ONE = 1,
};

enum wide_signed {
	S_NEGATIVE = -8589934591LL,
	S_FIVE = 5,
};

enum wide_extremes {
	X_MIN = -9223372036854775807LL - 1,
	X_MAX = 9223372036854775807LL,
};

enum wide_unsigned {
	Y_MAX = 18446744073709551615ULL,
};

enum byte {
	B_ONE = 0,
	B_TWO = 1,
} __attribute__((mode(byte)));

enum word {
	O_ONE = 0,
	O_TWO = 1,
} __attribute__((mode(DI)));

enum two_bytes {
	T_ONE = 1000,
} __attribute__((mode(HI)));

enum forward {
	forward___size = 0,
};

enum {
	TYPEDEF_ONE = 0,
};

typedef unsigned int typedef_t;

enum {
	INNER_ONE = 0,
	INNER_TWO = 1,
};

enum {
	INNER_THREE = 0,
};

struct uses {
	enum plain a;
	enum unsigned_max b;
	enum wide c;
	enum wide_signed d;
	enum wide_extremes d2;
	enum wide_unsigned d3;
	enum byte e;
	enum word f;
	enum two_bytes g;
	enum forward *h;
	typedef_t i;
	unsigned int j;
	unsigned int *k;
};

/*
 * What C cannot express:
 * enum forward: C has no enum of 0 bytes
 */

#if defined(__bpf__) && defined(__clang__) && !defined(BPF_NO_PRESERVE_ACCESS_INDEX)
#pragma clang attribute pop
#endif

#endif /* __VMLINUX_H__ */
