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

typedef enum {
	TYPEDEF_ONE = 0,
} typedef_t;

enum byte {
	B_ONE = 0,
	B_TWO = 1,
} __attribute__((mode(byte)));

enum forward;

enum plain {
	E_ZERO = 0,
	E_NEGATIVE = -1,
	E_MAX = 2147483647,
};

enum two_bytes {
	T_ONE = 1000,
};

enum unsigned_max {
	U_MAX = 4294967295,
	U_ONE = 1,
};

enum wide {
	W_BIG = 8589934591ULL,
	W_ONE = 1ULL,
};

enum wide_extremes {
	X_MIN = -9223372036854775808LL,
	X_MAX = 9223372036854775807LL,
};

enum wide_signed {
	S_NEGATIVE = -8589934591LL,
	S_FIVE = 5LL,
};

enum wide_unsigned {
	Y_MAX = 18446744073709551615ULL,
};

enum word {
	O_ONE = 0LL,
	O_TWO = 1LL,
} __attribute__((mode(word)));

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
	enum {
		INNER_ONE = 0,
		INNER_TWO = 1,
	} j;
	enum {
		INNER_THREE = 0,
	} *k;
};


/* BPF kfuncs */
#ifndef BPF_NO_KFUNC_PROTOTYPES
#endif

#ifndef BPF_NO_PRESERVE_ACCESS_INDEX
#pragma clang attribute pop
#endif

#endif /* __VMLINUX_H__ */
