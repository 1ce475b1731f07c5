// A table for C and C++: one header, in the manner of libraries that are one file. The program that defines
// NAME_IMPLEMENTATION before including it gets the code and the data; with NAME_MAIN it is a program of its own.
//
// Long because nearly all of it is the text of the header, in one template in the order of the file.

import { DIGITS } from '../table/digits.ts';
import type { PackedTable } from '../table/pack.ts';
import type { OffsetTable } from '../table/offset-table.ts';
import { FIELD_HEAD } from '../table/slots.ts';
import { buildsInC } from './c-builds.ts';
import { squeezedLists } from './c-squeezed.ts';
import { commentText, type GenerateOptions, prefixOf, snakeCase, textLines, entryNames } from './names.ts';

const KEYWORDS = new Set(
  'alignas alignof and asm auto bitand bitor bool break case catch char class compl const constexpr continue default delete do double else enum explicit export extern false float for friend goto if inline int long mutable namespace new not nullptr operator or private protected public register restrict return short signed sizeof static struct switch template this throw true try typedef typename typeof union unsigned using virtual void volatile while xor'.split(
    ' ',
  ),
);

export function generateC(table: OffsetTable, packed: PackedTable, options: GenerateOptions): string {
  const p = snakeCase(prefixOf(table.spec, options));
  const P = p.toUpperCase();
  const depth = Math.max(1, ...packed.plan.map((one) => one.depth));
  const field = (name: string) => (KEYWORDS.has(name) ? `${name}_` : name);
  const members = packed.plan.map(({ entry, shape }) => {
    const about = [entry.alternatives.map(({ text }) => text).join(', else '), entry.description].filter(Boolean);
    return `\tstruct ${p}_${shape} ${field(entry.name)}; /* ${commentText(`${entry.kind} ${about.join(': ')}`)} */\n`;
  });
  // a name that C or C++ keeps for itself has an underscore more than its entry
  const rows = packed.plan.map(({ entry, shape, first }) =>
    field(entry.name) === entry.name
      ? `\tE(${entry.name}, ${shape}, ${first}),\n`
      : `\t{ "${entry.name}", ${p}_is_${shape}, offsetof(struct ${p}_offsets, ${field(entry.name)}), ${first} },\n`,
  );
  const head = (options.madeFrom ?? []).map((line) => ` * ${commentText(line)}\n`).join('');
  const shapes = new Set(packed.plan.map(({ shape }) => shape));
  const list = (name: string, texts: readonly string[]) =>
    `/* table:${name} */\nstatic const char *const ${p}_${name}[] = {\n${textLines(
      texts,
      '\t',
      entryNames(name, packed.plan, (name) => `/* ${name} */`),
    )}\tNULL,\n};\n/* table:end */\n`;
  const lists = squeezedLists(p, packed) ?? {
    code: `${list('variants', packed.variants)}${list('rows', packed.rows)}${list('kernels', packed.kernels)}`,
    open: '',
  };
  const builds = packed.builds.length > 0 ? buildsInC(p, list('builds', packed.builds)) : undefined;
  return `/*
${head} *
 * In one C file of the program:
 *
 *	#define ${P}_IMPLEMENTATION
 *	#include "${p}.h"
 *
 *	struct ${p}_offsets offsets;
 *	if (${p}_find_running(&offsets) == 0)
 *		...
 *
 * cc -x c -D${P}_MAIN ${p}.h makes a program that prints the whole table, and with an argument tests it.
 */
#ifndef ${P}_H
#define ${P}_H

#include <stddef.h>
#include <stdint.h>

/* A field. alternative 0: this kernel lacks it; else which of the paths it is, from 1. */
struct ${p}_field {
	uint8_t alternative;
	uint8_t bit_offset; /* of a bitfield, from the byte at the last offset, as the compiler counts on that kernel */
	uint8_t bit_size; /* of a bitfield, else 0 */
	uint8_t depth; /* how many offsets there are: each but the last is of a pointer to read */
	uint32_t size; /* bytes */
	uint32_t offsets[${depth}];
};

/* A size, a value, a position or whether something exists. alternative as above. */
struct ${p}_number {
	uint8_t alternative;
	int64_t value;
};

/* A function. alternative as above. */
struct ${p}_function {
	uint8_t alternative;
	uint8_t parameters;
	const char *signature;
};

struct ${p}_offsets {
${members.join('')}};

struct ${p}_kernel {
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
int ${p}_find(const char *distro, const char *version, const char *arch, const char *release, struct ${p}_offsets *out);

/* By machine and release alone. 0; -1 where no such kernel is known; -2 where several are, and they differ. */
int ${p}_find_release(const char *arch, const char *release, struct ${p}_offsets *out);

${builds?.prototype ?? ''}/* The running kernel: by ${builds ? 'its build id, else by ' : ''}uname and os-release, else by uname alone. Results as above. */
int ${p}_find_running(struct ${p}_offsets *out);

/* Calls back for every kernel of the table until that returns other than 0, and returns it. */
int ${p}_each_kernel(int (*kernel)(void *context, const struct ${p}_kernel *), void *context);

/* The offsets of a row of struct ${p}_kernel. */
void ${p}_row(unsigned int row, struct ${p}_offsets *out);

/*
 * The address of a field of the object at base: reads each pointer on the way by read_pointer, which returns other than 0
 * where it cannot. 0, or what it returned, or -1 where the kernel lacks the field.
 */
int ${p}_address(const struct ${p}_field *field, uint64_t base, int (*read_pointer)(void *context, uint64_t address, uint64_t *pointer),
		 void *context, uint64_t *address);

/* Unpacks the whole table and compares it with what it was made from: 0 where all is well. */
int ${p}_self_test(void);

#ifdef __cplusplus
}
#endif
#endif /* ${P}_H */

#if defined(${P}_MAIN) && !defined(${P}_IMPLEMENTATION)
#define ${P}_IMPLEMENTATION
#endif
#if defined(${P}_IMPLEMENTATION) && !defined(${P}_IMPLEMENTED)
#define ${P}_IMPLEMENTED

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

${list('defaults', packed.defaults)}${lists.code}${shapes.has('function') ? list('signatures', packed.signatures) : ''}
/* strchr in parentheses: newer glibcs have a macro of that name, which C99 does not take */
static unsigned int ${p}_number_at(const char *text, unsigned int width)
{
	static const char digits[] = "${DIGITS}";
	unsigned int value = 0;

	while (width-- > 0)
		value = value * 64 + (unsigned int)((strchr)(digits, *text++) - digits);
	return value;
}

static unsigned int ${p}_width(unsigned int count)
{
	return count <= 64 ? 1 : count <= 4096 ? 2 : 3;
}
${
  shapes.has('field')
    ? `
static void ${p}_fill_field(struct ${p}_field *field, const int64_t *slots)
{
	unsigned int i;

	memset(field, 0, sizeof(*field));
	field->alternative = (uint8_t)slots[0];
	field->size = (uint32_t)slots[1];
	field->bit_offset = (uint8_t)slots[2];
	field->bit_size = (uint8_t)slots[3];
	field->depth = (uint8_t)slots[4];
	for (i = 0; i < field->depth; i++)
		field->offsets[i] = (uint32_t)slots[${FIELD_HEAD} + i];
}
`
    : ''
}${
  shapes.has('number')
    ? `
static void ${p}_fill_number(struct ${p}_number *number, const int64_t *slots)
{
	memset(number, 0, sizeof(*number));
	number->alternative = (uint8_t)slots[0];
	number->value = slots[1];
}
`
    : ''
}${
  shapes.has('function')
    ? `
static void ${p}_fill_function(struct ${p}_function *function, const int64_t *slots)
{
	memset(function, 0, sizeof(*function));
	function->alternative = (uint8_t)slots[0];
	function->parameters = (uint8_t)slots[1];
	function->signature = slots[0] ? ${p}_signatures[slots[2]] : NULL;
}
`
    : ''
}
enum ${p}_shape { ${p}_is_field, ${p}_is_number, ${p}_is_function };

static const struct ${p}_entry {
	const char *name;
	enum ${p}_shape shape;
	size_t offset;
	unsigned int slot;
} ${p}_entries[] = {
#define E(name, shape, slot) { #name, ${p}_is_##shape, offsetof(struct ${p}_offsets, name), slot }
${rows.join('')}#undef E
};

static void ${p}_fill(const struct ${p}_entry *entry, struct ${p}_offsets *out, const int64_t *slots)
{
	char *at = (char *)out + entry->offset;

${[...shapes]
  .map(
    (shape) => `	if (entry->shape == ${p}_is_${shape})
		${p}_fill_${shape}((struct ${p}_${shape} *)(void *)at, slots + entry->slot);
`,
  )
  .join('')}}

void ${p}_row(unsigned int row, struct ${p}_offsets *out)
{
	int64_t slots[${packed.slots + 1}];
	const char *text, *const *variant;
	char *next;
	size_t n = 0;
	unsigned int i, chosen, count, at = 0;

${lists.open}	for (i = 0; ${p}_defaults[i]; i++)
		for (text = ${p}_defaults[i]; *text; text = next)
			slots[n++] = strtoll(text, &next, 10);
	for (variant = ${p}_variants; *variant;) {
		const char *group = *variant++ + 1;

		for (count = 0; variant[count] && *variant[count] != '~'; count++)
			;
		chosen = ${p}_number_at(${p}_rows[row] + at, ${p}_width(count));
		at += ${p}_width(count);
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
	for (i = 0; i < ${packed.plan.length}; i++)
		${p}_fill(&${p}_entries[i], out, slots);
}

static const char *${p}_word(const char *text, char *word, size_t size)
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
static size_t ${p}_count_up(char *head, size_t length, unsigned int mask)
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

int ${p}_each_kernel(int (*kernel)(void *context, const struct ${p}_kernel *), void *context)
{
	unsigned int i, rows, width;

${lists.open}	for (rows = 0; ${p}_rows[rows]; rows++)
		;
	width = ${p}_width(rows);
	for (i = 0; ${p}_kernels[i]; i++) {
		struct ${p}_kernel one;
		char tail[132], head[132], row[8];
		const char *text = ${p}_kernels[i];
		size_t length;
		int result;

		text = ${p}_word(text, one.distro, sizeof(one.distro));
		text = ${p}_word(text, one.version, sizeof(one.version));
		text = ${p}_word(text, one.arch, sizeof(one.arch));
		text = ${p}_word(text, tail, sizeof(tail));
		text = ${p}_word(text, head, sizeof(head));
		text = ${p}_word(text, row, sizeof(row));
		one.row = ${p}_number_at(row, width);
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
			step = ${p}_number_at(text++, 1);
			dropped = (step >> 3) & 3;
			added = step & 7;
			if (!dropped && !added)
				counted = ${p}_number_at(text++, 1);
			if (!dropped && !added && !counted) {
				dropped = ${p}_number_at(text++, 1);
				added = ${p}_number_at(text++, 1);
			}
			if (counted)
				length = ${p}_count_up(head, length, counted);
			length -= dropped;
			memcpy(head + length, text, added);
			length += added;
			text += added;
			if (step & 32) {
				one.row = ${p}_number_at(text, width);
				text += width;
			}
		}
	}
	return 0;
}

struct ${p}_search {
	const char *distro, *version, *arch, *release;
	unsigned int row;
	int found;
};

static int ${p}_match(void *context, const struct ${p}_kernel *kernel)
{
	struct ${p}_search *search = (struct ${p}_search *)context;

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

static int ${p}_search(struct ${p}_search *search, struct ${p}_offsets *out)
{
	/* the table writes arm64 for what uname calls aarch64 */
	if (!strcmp(search->arch, "aarch64"))
		search->arch = "arm64";
	${p}_each_kernel(${p}_match, search);
	if (search->found <= 0)
		return search->found ? -2 : -1;
	${p}_row(search->row, out);
	return 0;
}

int ${p}_find(const char *distro, const char *version, const char *arch, const char *release, struct ${p}_offsets *out)
{
	struct ${p}_search search = { distro, version, arch, release, 0, 0 };

	return ${p}_search(&search, out);
}

int ${p}_find_release(const char *arch, const char *release, struct ${p}_offsets *out)
{
	struct ${p}_search search = { NULL, NULL, arch, release, 0, 0 };

	return ${p}_search(&search, out);
}

/* The value of a line KEY=value, KEY="value" or KEY='value' of os-release. */
static int ${p}_os_release(const char *line, const char *key, char *value, size_t size)
{
	size_t n = strlen(key);
	char quote = 0;

	if (strncmp(line, key, n) || line[n] != '=')
		return 0;
	line += n + 1;
	if (*line == '"' || *line == '\\'')
		quote = *line++;
	for (n = 0; *line && *line != '\\n' && *line != quote && n + 1 < size; n++)
		value[n] = *line++;
	value[n] = 0;
	return 1;
}

${builds?.code ?? ''}int ${p}_find_running(struct ${p}_offsets *out)
{
	struct utsname names;
	char line[512], distro[132] = "", version[132] = "";
	FILE *file;

${builds?.running ?? ''}	if (uname(&names))
		return -1;
	file = fopen("/etc/os-release", "r");
	if (!file)
		file = fopen("/usr/lib/os-release", "r");
	while (file && fgets(line, sizeof(line), file)) {
		${p}_os_release(line, "ID", distro, sizeof(distro));
		${p}_os_release(line, "VERSION_ID", version, sizeof(version));
	}
	if (file)
		fclose(file);
	if (*distro && *version && !${p}_find(distro, version, names.machine, names.release, out))
		return 0;
	return ${p}_find_release(names.machine, names.release, out);
}

int ${p}_address(const struct ${p}_field *field, uint64_t base, int (*read_pointer)(void *context, uint64_t address, uint64_t *pointer),
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
${
  shapes.has('field')
    ? `
static void ${p}_text_field(char *text, size_t size, const struct ${p}_field *field)
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
`
    : ''
}${
  shapes.has('number')
    ? `
static void ${p}_text_number(char *text, size_t size, const struct ${p}_number *number)
{
	if (number->alternative)
		snprintf(text, size, "%u:%lld", number->alternative, (long long)number->value);
	else
		snprintf(text, size, "-");
}
`
    : ''
}${
  shapes.has('function')
    ? `
static void ${p}_text_function(char *text, size_t size, const struct ${p}_function *function)
{
	if (function->alternative)
		snprintf(text, size, "%u:%u:%s", function->alternative, function->parameters, function->signature);
	else
		snprintf(text, size, "-");
}
`
    : ''
}
typedef void (*${p}_line)(void *context, const char *prefix, const char *entry, const char *text);

static void ${p}_lines(const struct ${p}_offsets *offsets, const char *prefix, ${p}_line line, void *context)
{
	char text[4096];
	unsigned int i;

	for (i = 0; i < ${packed.plan.length}; i++) {
		const struct ${p}_entry *entry = &${p}_entries[i];
		const char *at = (const char *)offsets + entry->offset;

${[...shapes]
  .map(
    (shape) => `		if (entry->shape == ${p}_is_${shape})
			${p}_text_${shape}(text, sizeof(text), (const struct ${p}_${shape} *)(const void *)at);
`,
  )
  .join('')}		line(context, prefix, entry->name, text);
	}
}

static void ${p}_add(void *context, const char *text)
{
	uint32_t *hash = (uint32_t *)context;

	for (; *text; text++)
		*hash = (*hash ^ (unsigned char)*text) * 0x01000193u;
}

static int ${p}_add_kernel(void *context, const struct ${p}_kernel *kernel)
{
	char text[720];

	snprintf(text, sizeof(text), "%s/%s/%s/%s\\t%u\\n", kernel->distro, kernel->version, kernel->arch, kernel->release, kernel->row);
	${p}_add(context, text);
	return 0;
}

static void ${p}_add_line(void *context, const char *prefix, const char *entry, const char *text)
{
	${p}_add(context, prefix);
	${p}_add(context, "\\t");
	${p}_add(context, entry);
	${p}_add(context, "\\t");
	${p}_add(context, text);
	${p}_add(context, "\\n");
}

int ${p}_self_test(void)
{
	uint32_t hash = 0x811c9dc5u;
	struct ${p}_offsets offsets;
	unsigned int row${builds ? ', i' : ''};
	char prefix[16];

	${p}_each_kernel(${p}_add_kernel, &hash);
${builds?.add ?? ''}	for (row = 0; ${p}_rows[row]; row++) {
		${p}_row(row, &offsets);
		snprintf(prefix, sizeof(prefix), "%u", row);
		${p}_lines(&offsets, prefix, ${p}_add_line, &hash);
	}
	return hash == 0x${packed.checksum.toString(16)}u ? 0 : -1;
}

#ifdef ${P}_MAIN
static void ${p}_print_line(void *context, const char *prefix, const char *entry, const char *text)
{
	(void)context;
	printf("%s\\t%s\\t%s\\n", prefix, entry, text);
}

static int ${p}_print_kernel(void *context, const struct ${p}_kernel *kernel)
{
	struct ${p}_offsets offsets;
	char prefix[700];

	(void)context;
	/* as every user of the table finds them */
	if (${p}_find(kernel->distro, kernel->version, kernel->arch, kernel->release, &offsets))
		return 1;
	snprintf(prefix, sizeof(prefix), "%s/%s/%s/%s", kernel->distro, kernel->version, kernel->arch, kernel->release);
	${p}_lines(&offsets, prefix, ${p}_print_line, NULL);
	return 0;
}

int main(int argc, char **argv)
{
	(void)argv;
	if (argc > 1)
		return ${p}_self_test() ? 1 : 0;
	return ${p}_each_kernel(${p}_print_kernel, NULL);
}
#endif /* ${P}_MAIN */
#endif /* ${P}_IMPLEMENTATION */
`;
}
