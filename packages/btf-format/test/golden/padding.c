// Holes, alignment and packing: what must be said explicitly and what the compiler does by itself.
typedef unsigned long long u64;

struct holes { char a; long b; char c; int d; char e; short f; char g; u64 h; char tail; };
struct __attribute__((aligned(64))) aligned { int a; };
struct aligned_members { struct aligned x; char c; struct aligned y; int z __attribute__((aligned(32))); char t; };
struct growing {
	char a;
	char b __attribute__((aligned(2)));
	char c __attribute__((aligned(4)));
	char d __attribute__((aligned(8)));
	char e __attribute__((aligned(16)));
};
struct end_aligned { long a; char b; } __attribute__((aligned(128)));
struct __attribute__((packed)) packed { char a; int b; long c; struct holes h; };
struct contains_packed { struct packed p; char x; struct { char c; int d; } __attribute__((packed)) q; };
struct __attribute__((packed, aligned(2))) packed_to_2 { char a; int b; };
struct __attribute__((packed, aligned(8))) packed_to_8 { char a; int b; char c; };
union overlay { int a; char b[13]; struct { long x; char y; } z; };
union __attribute__((packed)) packed_overlay { int a; char b[13]; };
struct holder {
	union overlay u;
	union packed_overlay v;
	struct packed_to_2 w[3];
	struct packed_to_8 x;
	char end __attribute__((aligned(16)));
};
struct flexible { int n; struct { int a; char b; } items[]; };
struct zero_length { char c; long d[0]; };
struct empty {};
struct with_empty { struct empty e; int a; struct {} f; struct empty arr[3]; };
struct numbers { __int128 a; char b; unsigned __int128 c; float f; double d; long double ld; };

struct aligned_members v1; struct growing v2; struct end_aligned v3; struct contains_packed v4; struct holder v5;
struct flexible *v6; struct zero_length *v7; struct with_empty v8; struct numbers v9;
