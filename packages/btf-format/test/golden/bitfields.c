// Bitfields: within and across units, unnamed, zero-width, in unions, of enums and _Bool, packed.
typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;

struct plain { u32 a : 1, b : 2, : 5, c : 8; u64 d : 33, e : 31; int f : 3; };
struct zero_width { u8 a : 1, : 0, b : 7; u16 c : 9; u32 : 0, d : 1; char e; };
struct wide { u64 a : 60, b : 10; char c; u64 d : 1; };
struct to_unit { char x; int : 0, y : 3; long : 0; int z : 1; };
struct nearly_full { u32 a : 31, b : 31, c : 31; };
struct __attribute__((packed)) packed { u8 a; u32 b : 20; u64 c : 44; u16 d; u64 e; };
struct other_types { _Bool yes : 1, no : 1; enum { A, B, C = 7 } e : 3; enum big { X = 0x100000000ULL } v : 40; };
struct with_struct { int a : 3; struct { int b : 5, c : 7; }; int d : 2; };
struct ends_with { long a; int b : 1; };
struct between { int a : 1; char c; int b : 1; short s; int d : 17; };
struct boundaries { char a; long long : 0; char b; long : 0; short c; char : 0, d : 4; int : 0; long e : 1; };
union in_union { int a; u64 b : 13; };

struct plain v1; struct zero_width v2; struct wide v3; struct to_unit v4; struct nearly_full v5; struct packed v6;
struct other_types v7; struct with_struct v8; struct ends_with v9; struct between v10; struct boundaries v11;
union in_union v12;
