// Names that are taken: tags and typedefs of other scopes get ___2, enumerators too.
struct dup { int a; };
typedef int dup_t;
enum dup_enum { V1, V2 };
typedef struct dup dup;
typedef struct { int q; } shape;

int tags(void) { static volatile struct dup { long b; } x; return x.b++; }
int more_tags(void) { static volatile struct dup { char c[3]; } y; return y.c[0]++; }
int a_union(void) { static volatile union dup { char c[5]; } y; return y.c[0]++; }
int typedefs(void) { typedef long dup_t; static volatile dup_t z; return z++; }
int enumerators(void) {
	enum other { V1 = 4, V3 };
	static volatile struct user { enum other e; enum { V2 = 8, dup_t } f; } w;
	return w.e += w.f++;
}
int enums(void) { enum dup_enum { V4 = 7 }; static volatile enum dup_enum e; return e++; }
int shapes(void) { typedef struct { char q; } shape; static volatile shape c; return c.q++; }
int pointers(void) { static struct holder { struct dup *a; struct dup { char d; } b; struct dup *c; dup *d; } h; return h.b.d++; }

struct dup v1; enum dup_enum v2; dup_t v3; dup v4; shape v5;
struct { int x; } v6;
struct { struct { enum { INNER } e; } i; } v7;
