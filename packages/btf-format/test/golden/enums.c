// Enums of every size and sign, with a name and without, used and unused.
enum plain { E_ZERO, E_NEGATIVE = -1, E_MAX = 2147483647 };
enum unsigned_max { U_MAX = 0xffffffff, U_ONE = 1 };
enum wide { W_BIG = 0x1ffffffffULL, W_ONE = 1 };
enum wide_signed { S_NEGATIVE = -0x1ffffffffLL, S_FIVE = 5 };
enum wide_extremes { X_MIN = -0x7fffffffffffffffLL - 1, X_MAX = 0x7fffffffffffffffLL };
enum wide_unsigned { Y_MAX = 0xffffffffffffffffULL };
enum __attribute__((packed)) byte { B_ONE, B_TWO };
enum __attribute__((mode(word))) word { O_ONE, O_TWO };
enum __attribute__((packed)) two_bytes { T_ONE = 1000 };
enum forward;
enum { CONSTANT_ONE, CONSTANT_TWO = 5 };
typedef enum { TYPEDEF_ONE } typedef_t;

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
	enum { INNER_ONE, INNER_TWO } j;
	enum { INNER_THREE } *k;
};

struct uses v1;
int constants(void) { return CONSTANT_TWO; }
