// Declarators: pointers to functions, arrays of them, qualifiers on either side of the star.
struct fwd;
typedef int (*fn_t)(int, char *);
typedef fn_t (*fn_of_fn)(fn_t, ...);
typedef int array_t[7];
typedef array_t arrays_t[3];
typedef const array_t const_array_t;
typedef int function_t(int a, int b);
typedef function_t *function_ptr_t;
typedef void nothing;

struct ops {
	int (*open)(struct ops *, const char *, int);
	void (*close)(void);
	int (*(*get)(int))(struct fwd *);
	void (*(*signal)(int, void (*)(int)))(int);
	int (*table[3][4])(void);
	int (*(*pointer_to_table)[5])(char);
	const volatile int *const volatile *restrict qualified;
	char name[16];
	char cube[2][3][4];
	const char *names[5];
	int (*old_style)();
	int (*variadic)(const char *, ...);
	struct { int x; } *(*returns_anonymous)(union { long y; } *);
};
struct typedefs {
	array_t a;
	arrays_t b;
	const_array_t *c;
	function_t *d;
	function_ptr_t e;
	nothing *f;
	fn_of_fn g;
	const array_t h;
};

struct ops v1; struct typedefs v2;
