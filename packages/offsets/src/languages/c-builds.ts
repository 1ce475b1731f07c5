// Build ids in C: the lookup by them, and the running kernel's from its notes.

/** Parts of the header, where the table has build ids. */
export interface BuildsInC {
  readonly prototype: string;
  readonly code: string;
  /** Statements of `find_running` and `self_test`. */
  readonly running: string;
  readonly add: string;
}

/** `list` is the table's list of build ids. */
export function buildsInC(p: string, list: string): BuildsInC {
  return {
    prototype: `/* By the build id in hexadecimal, where the table knows it. 0, or -1. */
int ${p}_find_build_id(const char *build_id, struct ${p}_offsets *out);

`,
    code: `${list}
int ${p}_find_build_id(const char *build_id, struct ${p}_offsets *out)
{
	size_t length = strlen(build_id);
	unsigned int i, rows;

	for (rows = 0; ${p}_rows[rows]; rows++)
		;
	for (i = 0; ${p}_builds[i]; i++) {
		if (strncmp(${p}_builds[i], build_id, length) || ${p}_builds[i][length] != ' ')
			continue;
		${p}_row(${p}_number_at(${p}_builds[i] + length + 1, ${p}_width(rows)), out);
		return 0;
	}
	return -1;
}

/* The build id among notes, as /sys/kernel/notes has them, in hexadecimal. 0, or -1 where there is none. */
static int ${p}_build_id(const unsigned char *notes, size_t size, char *text, size_t room)
{
	uint32_t head[3]; /* length of the name, length of what is said, type */
	size_t at, name, i;

	for (at = 0; size - at >= sizeof(head); at = name + ((size_t)head[1] + 3) / 4 * 4) {
		memcpy(head, notes + at, sizeof(head));
		at += sizeof(head);
		if (head[0] > size - at || size - at - head[0] < ((0u - head[0]) & 3) + (size_t)head[1])
			return -1;
		name = at + ((size_t)head[0] + 3) / 4 * 4;
		if (head[2] == 3 && head[0] == 4 && !memcmp(notes + at, "GNU", 4)) {
			if (head[1] * (size_t)2 + 1 > room)
				return -1;
			for (i = 0; i < head[1]; i++)
				sprintf(text + 2 * i, "%02x", notes[name + i]);
			return head[1] ? 0 : -1;
		}
		if (((size_t)head[1] + 3) / 4 * 4 > size - name)
			return -1;
	}
	return -1;
}

`,
    running: `	unsigned char notes[4096];
	char build_id[129];
	size_t size;

	file = fopen("/sys/kernel/notes", "rb");
	if (file) {
		size = fread(notes, 1, sizeof(notes), file);
		fclose(file);
		if (!${p}_build_id(notes, size, build_id, sizeof(build_id)) && !${p}_find_build_id(build_id, out))
			return 0;
	}
`,
    add: `	for (row = 0; ${p}_rows[row]; row++)
		;
	for (i = 0; ${p}_builds[i]; i++) {
		const char *end = strchr(${p}_builds[i], ' ');
		char line[160];

		snprintf(line, sizeof(line), "%.*s\\t%u\\n", (int)(end - ${p}_builds[i]), ${p}_builds[i], ${p}_number_at(end + 1, ${p}_width(row)));
		${p}_add(&hash, line);
	}
`,
  };
}
