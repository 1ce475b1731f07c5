// Type tags and declaration tags, functions, variables and sections, kfuncs.
#define TYPE_TAG(x) __attribute__((btf_type_tag(x)))
#define DECL_TAG(x) __attribute__((btf_decl_tag(x)))
struct tagged {
	int TYPE_TAG("user") *a;
	int TYPE_TAG("percpu") TYPE_TAG("rcu") *TYPE_TAG("x") *b DECL_TAG("member");
	const int TYPE_TAG("q") *c;
} DECL_TAG("struct");
typedef int tagged_t DECL_TAG("typedef");
struct more {
	tagged_t t;
	struct tagged TYPE_TAG("z") *p;
	int (*fp)(int TYPE_TAG("a") *, struct tagged *TYPE_TAG("b"));
};

DECL_TAG("bpf_kfunc") int second_kfunc(struct more *arg DECL_TAG("parameter"), int n) { return n; }
DECL_TAG("bpf_kfunc") DECL_TAG("bpf_fastcall") void *a_kfunc(const char *name, unsigned long) { return (void *)name; }
static __attribute__((noinline)) int hidden(struct tagged *a) { return a->c != 0; }
struct tagged v1;
int shown(void) { return hidden(&v1); }

extern int external __attribute__((section(".ksyms")));
extern const int option __attribute__((section(".kconfig"), weak));
int *externals(void) { return &external; }
int options(void) { return option; }
const int constant = 5;
static volatile int counter = 3;
int count(void) { return counter; }
int zeros[10];
int custom __attribute__((section(".data.custom"))) = 2;
