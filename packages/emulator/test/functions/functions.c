// Whole functions for the emulator, as compilers write them: build.sh makes x86_64.elf and arm64.elf of it.
typedef unsigned char u8;
typedef unsigned int u32;
typedef unsigned long u64;

void *memcpy(void *to, const void *from, u64 count)
{
	u64 *wide = to;
	const u64 *wide_from = from;

	for (; count >= 8; count -= 8)
		*wide++ = *wide_from++;
	u8 *narrow = (u8 *)wide;
	const u8 *narrow_from = (const u8 *)wide_from;
	while (count--)
		*narrow++ = *narrow_from++;
	return to;
}

void *memset(void *to, int value, u64 count)
{
	u8 *byte = to;

	while (count--)
		*byte++ = value;
	return to;
}

static void swap(u8 *a, u8 *b, u64 size)
{
	while (size--) {
		u8 value = *a;
		*a++ = *b;
		*b++ = value;
	}
}

/* Heap sort, as the kernel's sort(). */
void sort(void *base, u64 count, u64 size, int (*compare)(const void *, const void *))
{
	u8 *items = base;
	u64 start = count / 2, end = count;

	if (count < 2)
		return;
	for (;;) {
		if (start > 0) {
			start--;
		} else {
			if (--end == 0)
				return;
			swap(items, items + end * size, size);
		}
		u64 root = start;
		for (u64 child; (child = 2 * root + 1) < end; root = child) {
			if (child + 1 < end && compare(items + child * size, items + (child + 1) * size) < 0)
				child++;
			if (compare(items + root * size, items + child * size) >= 0)
				break;
			swap(items + root * size, items + child * size, size);
		}
	}
}

int compare_signed(const void *a, const void *b)
{
	long x = *(const long *)a, y = *(const long *)b;

	return (x > y) - (x < y);
}

#define ROTATE(x, n) ((x) << (n) | (x) >> (32 - (n)))

/* One block of SHA-1. */
void sha1_transform(u32 *digest, const u8 *data, u32 *work)
{
	u32 a = digest[0], b = digest[1], c = digest[2], d = digest[3], e = digest[4];

	for (int i = 0; i < 80; i++) {
		if (i < 16)
			work[i] = __builtin_bswap32(*(const u32 *)(data + 4 * i));
		else
			work[i] = ROTATE(work[i - 3] ^ work[i - 8] ^ work[i - 14] ^ work[i - 16], 1);
		u32 f, k;
		if (i < 20)
			f = (b & c) | (~b & d), k = 0x5a827999;
		else if (i < 40)
			f = b ^ c ^ d, k = 0x6ed9eba1;
		else if (i < 60)
			f = (b & c) | (b & d) | (c & d), k = 0x8f1bbcdc;
		else
			f = b ^ c ^ d, k = 0xca62c1d6;
		u32 next = ROTATE(a, 5) + f + e + k + work[i];
		e = d;
		d = c;
		c = ROTATE(b, 30);
		b = a;
		a = next;
	}
	digest[0] += a;
	digest[1] += b;
	digest[2] += c;
	digest[3] += d;
	digest[4] += e;
}

static char *number(char *to, char *end, u64 value, int is_negative, u32 base, int width, int has_zeros)
{
	char digits[24];
	int count = 0;

	do {
		digits[count++] = "0123456789abcdef"[value % base];
		value /= base;
	} while (value);
	int length = count + is_negative;
	for (; !has_zeros && length < width; width--, to++)
		if (to < end)
			*to = ' ';
	if (is_negative) {
		if (to < end)
			*to = '-';
		to++;
	}
	for (; length < width; width--, to++)
		if (to < end)
			*to = '0';
	for (; count--; to++)
		if (to < end)
			*to = digits[count];
	return to;
}

/* %d %u %x with widths, l and leading zeros, %s %c %%; gives the length that there would be. */
int vsnprintf(char *buffer, u64 size, const char *format, __builtin_va_list args)
{
	char *to = buffer, *end = buffer + size;

	for (; *format; format++) {
		if (*format != '%') {
			if (to < end)
				*to = *format;
			to++;
			continue;
		}
		int width = 0, has_zeros = 0, is_long = 0;
		if (*++format == '0')
			has_zeros = 1;
		while (*format >= '0' && *format <= '9')
			width = width * 10 + *format++ - '0';
		if (*format == 'l')
			is_long = 1, format++;
		switch (*format) {
		case 'd': {
			long value = is_long ? __builtin_va_arg(args, long) : __builtin_va_arg(args, int);
			to = number(to, end, value < 0 ? -(u64)value : (u64)value, value < 0, 10, width, has_zeros);
			break;
		}
		case 'u':
		case 'x': {
			u64 value = is_long ? __builtin_va_arg(args, u64) : __builtin_va_arg(args, u32);
			to = number(to, end, value, 0, *format == 'x' ? 16 : 10, width, has_zeros);
			break;
		}
		case 's': {
			const char *text = __builtin_va_arg(args, const char *);
			for (; *text; text++, to++)
				if (to < end)
					*to = *text;
			break;
		}
		default: {
			char value = *format == 'c' ? (char)__builtin_va_arg(args, int) : *format;
			if (to < end)
				*to = value;
			to++;
		}
		}
	}
	if (size)
		*(to < end ? to : end - 1) = 0;
	return to - buffer;
}
