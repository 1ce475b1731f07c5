// What must come first: embedded structs, forward declarations, cycles through pointers, functions and typedefs.
struct only_forward;
union only_forward_union;
struct self { struct self *next; struct self **pp; struct self *arr[4]; const struct self *const cp; };
struct outer { struct late *late; struct { struct late *q; struct outer *r; } *anonymous; };
struct late { struct outer embedded; struct only_forward *f; union only_forward_union *u; };
struct behind_pointer { struct { struct needed { int a; } n; } *x; };
struct cycle_a;
struct cycle_b { struct cycle_a *a; };
struct cycle_a { struct cycle_b b; int (*f)(struct cycle_a, struct cycle_b *); };
typedef struct named { int (*cb)(struct named *); struct { struct named *x; } in; } named;
typedef named *(*named_fn)(named *);
typedef struct opaque opaque_t;
struct uses_opaque { opaque_t *p; struct only_here *q; };
typedef struct { int x; } nameless;
typedef struct with_typedef { nameless a; struct with_typedef *n; } with_typedef;

struct nested {
	struct { struct { union { int a; struct { char b; long c; }; }; } d; } e[2];
	union { struct { int i; }; long j; };
	struct inner { int k; } l;
	struct { int f; } *h;
};

struct self v1; struct outer v2; struct behind_pointer v3; struct cycle_b v4; named_fn v5; struct uses_opaque v6;
with_typedef v7; struct nested v8; struct late v9;
