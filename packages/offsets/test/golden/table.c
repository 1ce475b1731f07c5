/*
 *
 * In one C file of the program:
 *
 *	#define DENSE_IMPLEMENTATION
 *	#include "dense.h"
 *
 *	struct dense_offsets offsets;
 *	if (dense_find_running(&offsets) == 0)
 *		...
 *
 * cc -x c -DDENSE_MAIN dense.h makes a program that prints the whole table, and with an argument tests it.
 */
#ifndef DENSE_H
#define DENSE_H

#include <stddef.h>
#include <stdint.h>

/* A field. alternative 0: this kernel lacks it; else which of the paths it is, from 1. */
struct dense_field {
	uint8_t alternative;
	uint8_t bit_offset; /* of a bitfield, from the byte at the last offset, as the compiler counts on that kernel */
	uint8_t bit_size; /* of a bitfield, else 0 */
	uint8_t depth; /* how many offsets there are: each but the last is of a pointer to read */
	uint32_t size; /* bytes */
	uint32_t offsets[1];
};

/* A size, a value, a position or whether something exists. alternative as above. */
struct dense_number {
	uint8_t alternative;
	int64_t value;
};

/* A function. alternative as above. */
struct dense_function {
	uint8_t alternative;
	uint8_t parameters;
	const char *signature;
};

struct dense_offsets {
	struct dense_field f0; /* offset task_struct.f0 */
	struct dense_field f1; /* offset task_struct.f1 */
	struct dense_field f2; /* offset task_struct.f2 */
	struct dense_field f3; /* offset task_struct.f3 */
	struct dense_field f4; /* offset task_struct.f4 */
	struct dense_field f5; /* offset task_struct.f5 */
	struct dense_field f6; /* offset task_struct.f6 */
	struct dense_field f7; /* offset task_struct.f7 */
	struct dense_field f8; /* offset cred.f8 */
	struct dense_field f9; /* offset cred.f9 */
	struct dense_field f10; /* offset cred.f10 */
	struct dense_field f11; /* offset cred.f11 */
	struct dense_number big; /* value values.BIG */
};

struct dense_kernel {
	char distro[132];
	char version[132];
	char arch[132];
	char release[260];
	unsigned int row;
};

#ifdef __cplusplus
extern "C" {
#endif

/* The offsets of a kernel: ID and VERSION_ID of os-release, uname's machine and release. 0, or -1 where it is not known. */
int dense_find(const char *distro, const char *version, const char *arch, const char *release, struct dense_offsets *out);

/* By machine and release alone. 0; -1 where no such kernel is known; -2 where several are, and they differ. */
int dense_find_release(const char *arch, const char *release, struct dense_offsets *out);

/* The running kernel: by uname and os-release, else by uname alone. Results as above. */
int dense_find_running(struct dense_offsets *out);

/* Calls back for every kernel of the table until that returns other than 0, and returns it. */
int dense_each_kernel(int (*kernel)(void *context, const struct dense_kernel *), void *context);

/* The offsets of a row of struct dense_kernel. */
void dense_row(unsigned int row, struct dense_offsets *out);

/*
 * The address of a field of the object at base: reads each pointer on the way by read_pointer, which returns other than 0
 * where it cannot. 0, or what it returned, or -1 where the kernel lacks the field.
 */
int dense_address(const struct dense_field *field, uint64_t base, int (*read_pointer)(void *context, uint64_t address, uint64_t *pointer),
		 void *context, uint64_t *address);

/* Unpacks the whole table and compares it with what it was made from: 0 where all is well. */
int dense_self_test(void);

#ifdef __cplusplus
}
#endif
#endif /* DENSE_H */

#if defined(DENSE_MAIN) && !defined(DENSE_IMPLEMENTATION)
#define DENSE_IMPLEMENTATION
#endif
#if defined(DENSE_IMPLEMENTATION) && !defined(DENSE_IMPLEMENTED)
#define DENSE_IMPLEMENTED

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

/* table:defaults */
static const char *const dense_defaults[] = {
	/* f0 */
	"1 8 0 0 1 0",
	/* f1 */
	"1 8 0 0 1 16",
	/* f2 */
	"1 8 0 0 1 32",
	/* f3 */
	"1 8 0 0 1 48",
	/* f4 */
	"1 8 0 0 1 256",
	/* f5 */
	"1 8 0 0 1 272",
	/* f6 */
	"1 8 0 0 1 288",
	/* f7 */
	"1 8 0 0 1 304",
	/* f8 */
	"1 8 0 0 1 0",
	/* f9 */
	"1 8 0 0 1 336",
	/* f10 */
	"1 8 0 0 1 352",
	/* f11 */
	"1 8 0 0 1 368",
	/* big */
	"1 -9223372036854775808",
	NULL,
};
/* table:end */
/* table:variants */
static const char *const dense_variants[] = {
	"~ 2 8 14 20 26 32 38 44 12 16 18 22 24 28 36 40 42 46 13 19 25 37 43 17 23 29 35 41 47",
	"0*25 -192*4",
	"7 0*3 1 0*9 -1*2 0*5 -8 0*3 8*2 -96 8",
	"-7 0 5 0 -1 0*9 1*2 0*5 8 0*5 104",
	"0*2 -5 0*11 -1*4 0*3 -8*2 0*2 8*2 -104 -120",
	"0*14 1*4 0*3 8*2 0*2 16*2 128 144",
	"0*10 -1*2 0*7 -8 0*4 -48 8*4",
	"0 2 0*8 1*2 0*7 8 0*4 48 8*4",
	"0 -2 0*23 8*4",
	"0*25 -8*4",
	"0*5 1 0*19 -8*4",
	"0 3 0*23 16*4",
	"0 -3 0*3 -1 0*4 -1*4 0*5 -8*2 0*3 -48 -120 16*3",
	"0*10 1*4 0*5 8*2 0*3 48 136",
	"0*25 8*4",
	"5 0*6 5 -1*2 0*8 -8 0*4 -32 0 8*4",
	"-5 0*7 1*2 0*8 8 0*4 32 0 16*4",
	"1 0*2 7 0*3 -5 -1*2 0*8 -8 0*4 -32 0 8*4",
	"-1 0*2 -7 1 0*3 1*2 0*8 8 0*4 32 0 16*4",
	"0*4 -1 0*20 -8*4",
	"0*25 8*4",
	"0*2 6 0*22 16*4",
	"0*2 -6",
	"3 0*5 2 0*18 8*4",
	"-3 0*5 -2",
	"0*25 8*4",
	"1 0*15 -1*2 0*4 -8 0*5 -272",
	"-1 0*3 6 0*2 4 0*8 1*2 0*4 8 0*2 -8*3 264",
	"0*4 -5 0*2 -4 0*17 16*4",
	"0*4 -1 0*20 8*4",
	"0*10 -1*2 0*7 -8 0*4 -48 -8*4",
	"0*10 1*2 0*7 8 0*4 48 24*4",
	"0*8 -1*2 0*8 -8 0*4 -32",
	"0*8 1*2 0*8 8 0*4 32 0 8*4",
	"0*6 3 0*18 -8*4",
	"0*3 4 0*2 -3 0*18 8*4",
	"0*3 -4 0*6 -1*2 0*7 -8 0*4 -48 -8*4",
	"~ 50 56 62 68 48 52 54 58 66 70 49 55 67 53 59 65 71",
	"0*13 128 -192*3",
	"0*13 8*4",
	"0*8 -1*2 0*2 -8 0*3 -184",
	"0 4 0*6 1*2 0*2 8*4 192",
	"0 -4 0*11 16*4",
	"0*13 8*4",
	"0*13 8*4",
	"0*13 8*4",
	"0 7 0 4",
	"4 -7 0 3 0*9 16*4",
	"-4 0*2 -7",
	"0*13 8*4",
	"0*13 8*4",
	"0*13 16*4",
	"0*13 8*4",
	"0*3 3 -1*4 0*2 -8*2 0 -240 -256 16*2",
	"0*3 -3 1*4 0*2 8*2 0 248 264 -8*2",
	"0*13 8*4",
	"0*13 16*4",
	"0*2 1",
	"0*2 -1 0*10 8*4",
	"0*13 8*4",
	"0 3",
	"0 -3 0*6 -1*2 0*2 -8 0*3 -336",
	"0*6 -1*2 1*2 0 -8 8 0 -304 0 336",
	"0*4 -1*2 1*2 0*2 -8 8 0 -288 312 8*2",
	"0*4 1*2 0*4 8 0*2 304 8*3",
	"1 0*12 -8*4",
	"-1 0*2 4 -1*2 0*4 -8 0*2 -296 24*3",
	"0*3 -4 1*2 0*4 8 0*2 320",
	"0*13 8*4",
	"0 7",
	"~ 73",
	"-9223372036854775807",
	"-1",
	"9223372036854775807",
	"-4611686018427387903",
	"-4611686018427387905",
	"-9223372036854775807",
	NULL,
};
/* table:end */
/* table:rows */
static const char *const dense_rows[] = {
	"000",
	"111",
	"222",
	"333",
	"442",
	"554",
	"663",
	"770",
	"863",
	"954",
	"A84",
	"B90",
	"CA4",
	"DB1",
	"EC2",
	"FD1",
	"GE0",
	"HF5",
	"IG1",
	"JH4",
	"KI3",
	"LJ0",
	"MK4",
	"NK5",
	"OL1",
	"PM3",
	"ON0",
	"QK2",
	"OO2",
	"RP5",
	"SQ2",
	"TR2",
	"SQ3",
	"US2",
	"UT5",
	"VT1",
	"WU2",
	"XT4",
	"YV1",
	"ZT5",
	NULL,
};
/* table:end */
/* table:kernels */
static const char *const dense_kernels[] = {
	"linux 1 x86_64 -generic 5.8.118-01383.28 O W2T00871385.29007801386.29W0A99-1387.29H03W7Y009A1-01389.3200871390.3304W4c007801391.33W0A94-1392.34P",
	"linux 1 x86_64 .fc40.x86_64 5.8.98-0996.8 P W5BW065997.9J0600560998.9W0881-998.10M0400893-0998.100076998.11W3X00671525.12009A4-01526.1300A95-1526.1394009A6-01526.15W0871526.16T007801527.1600871527.1606007801529.1600A98-1530.17W7d0066428.19",
	NULL,
};
/* table:end */

/* strchr in parentheses: newer glibcs have a macro of that name, which C99 does not take */
static unsigned int dense_number_at(const char *text, unsigned int width)
{
	static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_";
	unsigned int value = 0;

	while (width-- > 0)
		value = value * 64 + (unsigned int)((strchr)(digits, *text++) - digits);
	return value;
}

static unsigned int dense_width(unsigned int count)
{
	return count <= 64 ? 1 : count <= 4096 ? 2 : 3;
}

static void dense_fill_field(struct dense_field *field, const int64_t *slots)
{
	unsigned int i;

	memset(field, 0, sizeof(*field));
	field->alternative = (uint8_t)slots[0];
	field->size = (uint32_t)slots[1];
	field->bit_offset = (uint8_t)slots[2];
	field->bit_size = (uint8_t)slots[3];
	field->depth = (uint8_t)slots[4];
	for (i = 0; i < field->depth; i++)
		field->offsets[i] = (uint32_t)slots[5 + i];
}

static void dense_fill_number(struct dense_number *number, const int64_t *slots)
{
	memset(number, 0, sizeof(*number));
	number->alternative = (uint8_t)slots[0];
	number->value = slots[1];
}

enum dense_shape { dense_is_field, dense_is_number, dense_is_function };

static const struct dense_entry {
	const char *name;
	enum dense_shape shape;
	size_t offset;
	unsigned int slot;
} dense_entries[] = {
#define E(name, shape, slot) { #name, dense_is_##shape, offsetof(struct dense_offsets, name), slot }
	E(f0, field, 0),
	E(f1, field, 6),
	E(f2, field, 12),
	E(f3, field, 18),
	E(f4, field, 24),
	E(f5, field, 30),
	E(f6, field, 36),
	E(f7, field, 42),
	E(f8, field, 48),
	E(f9, field, 54),
	E(f10, field, 60),
	E(f11, field, 66),
	E(big, number, 72),
#undef E
};

static void dense_fill(const struct dense_entry *entry, struct dense_offsets *out, const int64_t *slots)
{
	char *at = (char *)out + entry->offset;

	if (entry->shape == dense_is_field)
		dense_fill_field((struct dense_field *)(void *)at, slots + entry->slot);
	if (entry->shape == dense_is_number)
		dense_fill_number((struct dense_number *)(void *)at, slots + entry->slot);
}

void dense_row(unsigned int row, struct dense_offsets *out)
{
	int64_t slots[75];
	const char *text, *const *variant;
	char *next;
	size_t n = 0;
	unsigned int i, chosen, count, at = 0;

	for (i = 0; dense_defaults[i]; i++)
		for (text = dense_defaults[i]; *text; text = next)
			slots[n++] = strtoll(text, &next, 10);
	for (variant = dense_variants; *variant;) {
		const char *group = *variant++ + 1;

		for (count = 0; variant[count] && *variant[count] != '~'; count++)
			;
		chosen = dense_number_at(dense_rows[row] + at, dense_width(count));
		at += dense_width(count);
		/* each variant says what it changes in the one before */
		for (i = 0; i <= chosen && i < count; i++) {
			const char *place = group;

			for (text = variant[i]; *text; text = next) {
				uint64_t change = (uint64_t)strtoll(text, &next, 10);
				unsigned long times = *next == '*' ? strtoul(next + 1, &next, 10) : 1;

				for (; times; times--) {
					char *end;
					long slot = strtol(place, &end, 10);

					place = end;
					slots[slot] = (int64_t)((uint64_t)slots[slot] + change);
				}
			}
		}
		variant += count;
	}
	(void)n;
	for (i = 0; i < 13; i++)
		dense_fill(&dense_entries[i], out, slots);
}

static const char *dense_word(const char *text, char *word, size_t size)
{
	size_t n = strcspn(text, " ");

	if (n >= size)
		n = size - 1;
	memcpy(word, text, n);
	word[n] = 0;
	text += strcspn(text, " ");
	return *text ? text + 1 : text;
}

/* Counts numbers of a release up by one: a bit for each, the last number's lowest. */
static size_t dense_count_up(char *head, size_t length, unsigned int mask)
{
	size_t end = length, start, at;

	for (; mask; mask >>= 1) {
		while (end && (head[end - 1] < '0' || head[end - 1] > '9'))
			end--;
		for (start = end; start && head[start - 1] >= '0' && head[start - 1] <= '9'; start--)
			;
		if (mask & 1) {
			for (at = end; at > start && head[at - 1] == '9'; at--)
				head[at - 1] = '0';
			if (at > start) {
				head[at - 1]++;
			} else {
				memmove(head + start + 1, head + start, length - start);
				head[start] = '1';
				length++;
			}
		}
		end = start;
	}
	return length;
}

int dense_each_kernel(int (*kernel)(void *context, const struct dense_kernel *), void *context)
{
	unsigned int i, rows, width;

	for (rows = 0; dense_rows[rows]; rows++)
		;
	width = dense_width(rows);
	for (i = 0; dense_kernels[i]; i++) {
		struct dense_kernel one;
		char tail[132], head[132], row[8];
		const char *text = dense_kernels[i];
		size_t length;
		int result;

		text = dense_word(text, one.distro, sizeof(one.distro));
		text = dense_word(text, one.version, sizeof(one.version));
		text = dense_word(text, one.arch, sizeof(one.arch));
		text = dense_word(text, tail, sizeof(tail));
		text = dense_word(text, head, sizeof(head));
		text = dense_word(text, row, sizeof(row));
		one.row = dense_number_at(row, width);
		length = strlen(head);
		for (;;) {
			unsigned int step, dropped, added, counted = 0;

			memcpy(one.release, head, length);
			strcpy(one.release + length, tail);
			result = kernel(context, &one);
			if (result)
				return result;
			if (!*text)
				break;
			step = dense_number_at(text++, 1);
			dropped = (step >> 3) & 3;
			added = step & 7;
			if (!dropped && !added)
				counted = dense_number_at(text++, 1);
			if (!dropped && !added && !counted) {
				dropped = dense_number_at(text++, 1);
				added = dense_number_at(text++, 1);
			}
			if (counted)
				length = dense_count_up(head, length, counted);
			length -= dropped;
			memcpy(head + length, text, added);
			length += added;
			text += added;
			if (step & 32) {
				one.row = dense_number_at(text, width);
				text += width;
			}
		}
	}
	return 0;
}

struct dense_search {
	const char *distro, *version, *arch, *release;
	unsigned int row;
	int found;
};

static int dense_match(void *context, const struct dense_kernel *kernel)
{
	struct dense_search *search = (struct dense_search *)context;

	if (strcmp(kernel->release, search->release) || strcmp(kernel->arch, search->arch))
		return 0;
	if (search->distro && (strcmp(kernel->distro, search->distro) || strcmp(kernel->version, search->version)))
		return 0;
	if (search->found && search->row != kernel->row)
		search->found = -2;
	else if (!search->found)
		search->found = 1;
	search->row = kernel->row;
	return search->found < 0;
}

static int dense_search(struct dense_search *search, struct dense_offsets *out)
{
	/* the table writes arm64 for what uname calls aarch64 */
	if (!strcmp(search->arch, "aarch64"))
		search->arch = "arm64";
	dense_each_kernel(dense_match, search);
	if (search->found <= 0)
		return search->found ? -2 : -1;
	dense_row(search->row, out);
	return 0;
}

int dense_find(const char *distro, const char *version, const char *arch, const char *release, struct dense_offsets *out)
{
	struct dense_search search = { distro, version, arch, release, 0, 0 };

	return dense_search(&search, out);
}

int dense_find_release(const char *arch, const char *release, struct dense_offsets *out)
{
	struct dense_search search = { NULL, NULL, arch, release, 0, 0 };

	return dense_search(&search, out);
}

/* The value of a line KEY=value, KEY="value" or KEY='value' of os-release. */
static int dense_os_release(const char *line, const char *key, char *value, size_t size)
{
	size_t n = strlen(key);
	char quote = 0;

	if (strncmp(line, key, n) || line[n] != '=')
		return 0;
	line += n + 1;
	if (*line == '"' || *line == '\'')
		quote = *line++;
	for (n = 0; *line && *line != '\n' && *line != quote && n + 1 < size; n++)
		value[n] = *line++;
	value[n] = 0;
	return 1;
}

int dense_find_running(struct dense_offsets *out)
{
	struct utsname names;
	char line[512], distro[132] = "", version[132] = "";
	FILE *file;

	if (uname(&names))
		return -1;
	file = fopen("/etc/os-release", "r");
	if (!file)
		file = fopen("/usr/lib/os-release", "r");
	while (file && fgets(line, sizeof(line), file)) {
		dense_os_release(line, "ID", distro, sizeof(distro));
		dense_os_release(line, "VERSION_ID", version, sizeof(version));
	}
	if (file)
		fclose(file);
	if (*distro && *version && !dense_find(distro, version, names.machine, names.release, out))
		return 0;
	return dense_find_release(names.machine, names.release, out);
}

int dense_address(const struct dense_field *field, uint64_t base, int (*read_pointer)(void *context, uint64_t address, uint64_t *pointer),
		 void *context, uint64_t *address)
{
	unsigned int i;
	int result;

	if (!field->alternative)
		return -1;
	for (i = 0; i + 1 < field->depth; i++) {
		result = read_pointer(context, base + field->offsets[i], &base);
		if (result)
			return result;
	}
	*address = base + field->offsets[i];
	return 0;
}

static void dense_text_field(char *text, size_t size, const struct dense_field *field)
{
	unsigned int i;
	int n;

	if (!field->alternative) {
		snprintf(text, size, "-");
		return;
	}
	n = snprintf(text, size, "%u:", field->alternative);
	for (i = 0; i < field->depth; i++)
		n += snprintf(text + n, size - (size_t)n, i ? ",%u" : "%u", field->offsets[i]);
	snprintf(text + n, size - (size_t)n, ":%u:%u:%u", field->size, field->bit_offset, field->bit_size);
}

static void dense_text_number(char *text, size_t size, const struct dense_number *number)
{
	if (number->alternative)
		snprintf(text, size, "%u:%lld", number->alternative, (long long)number->value);
	else
		snprintf(text, size, "-");
}

typedef void (*dense_line)(void *context, const char *prefix, const char *entry, const char *text);

static void dense_lines(const struct dense_offsets *offsets, const char *prefix, dense_line line, void *context)
{
	char text[4096];
	unsigned int i;

	for (i = 0; i < 13; i++) {
		const struct dense_entry *entry = &dense_entries[i];
		const char *at = (const char *)offsets + entry->offset;

		if (entry->shape == dense_is_field)
			dense_text_field(text, sizeof(text), (const struct dense_field *)(const void *)at);
		if (entry->shape == dense_is_number)
			dense_text_number(text, sizeof(text), (const struct dense_number *)(const void *)at);
		line(context, prefix, entry->name, text);
	}
}

static void dense_add(void *context, const char *text)
{
	uint32_t *hash = (uint32_t *)context;

	for (; *text; text++)
		*hash = (*hash ^ (unsigned char)*text) * 0x01000193u;
}

static int dense_add_kernel(void *context, const struct dense_kernel *kernel)
{
	char text[720];

	snprintf(text, sizeof(text), "%s/%s/%s/%s\t%u\n", kernel->distro, kernel->version, kernel->arch, kernel->release, kernel->row);
	dense_add(context, text);
	return 0;
}

static void dense_add_line(void *context, const char *prefix, const char *entry, const char *text)
{
	dense_add(context, prefix);
	dense_add(context, "\t");
	dense_add(context, entry);
	dense_add(context, "\t");
	dense_add(context, text);
	dense_add(context, "\n");
}

int dense_self_test(void)
{
	uint32_t hash = 0x811c9dc5u;
	struct dense_offsets offsets;
	unsigned int row;
	char prefix[16];

	dense_each_kernel(dense_add_kernel, &hash);
	for (row = 0; dense_rows[row]; row++) {
		dense_row(row, &offsets);
		snprintf(prefix, sizeof(prefix), "%u", row);
		dense_lines(&offsets, prefix, dense_add_line, &hash);
	}
	return hash == 0xeabbe109u ? 0 : -1;
}

#ifdef DENSE_MAIN
static void dense_print_line(void *context, const char *prefix, const char *entry, const char *text)
{
	(void)context;
	printf("%s\t%s\t%s\n", prefix, entry, text);
}

static int dense_print_kernel(void *context, const struct dense_kernel *kernel)
{
	struct dense_offsets offsets;
	char prefix[700];

	(void)context;
	/* as every user of the table finds them */
	if (dense_find(kernel->distro, kernel->version, kernel->arch, kernel->release, &offsets))
		return 1;
	snprintf(prefix, sizeof(prefix), "%s/%s/%s/%s", kernel->distro, kernel->version, kernel->arch, kernel->release);
	dense_lines(&offsets, prefix, dense_print_line, NULL);
	return 0;
}

int main(int argc, char **argv)
{
	(void)argv;
	if (argc > 1)
		return dense_self_test() ? 1 : 0;
	return dense_each_kernel(dense_print_kernel, NULL);
}
#endif /* DENSE_MAIN */
#endif /* DENSE_IMPLEMENTATION */
