// SPDX-License-Identifier: Apache-2.0
// libbpf's processor time to deduplicate two BTF files that were put one behind the other, on request, so that it can be measured
// in turns with ours. For each line `COUNT` on stdin: does it COUNT times and prints the nanoseconds of each, separated by
// spaces. The joined BTF is written to JOINED, the deduplicated one to RESULT.
//   dedup FILE FILE JOINED RESULT
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <bpf/btf.h>

static long now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return t.tv_sec * 1000000000L + t.tv_nsec;
}

static struct btf *join(char **files)
{
	struct btf *joined = btf__new_empty();

	for (int i = 0; joined && i < 2; i++) {
		struct btf *one = btf__parse(files[i], NULL);

		if (!one || btf__add_btf(joined, one) < 0)
			return NULL;
		btf__free(one);
	}
	return joined;
}

static int write_raw(const struct btf *btf, const char *path)
{
	unsigned int size;
	const void *data = btf__raw_data(btf, &size);
	FILE *file = fopen(path, "wb");

	if (!data || !file || fwrite(data, 1, size, file) != size)
		return -1;
	return fclose(file);
}

int main(int argc, char **argv)
{
	char line[64];

	if (argc != 5)
		return 2;
	while (fgets(line, sizeof(line), stdin)) {
		for (int left = atoi(line); left > 0; left--) {
			struct btf *btf = join(argv + 1);
			long start, end;

			if (!btf || write_raw(btf, argv[3]))
				return 1;
			start = now();
			if (btf__dedup(btf, NULL))
				return 1;
			end = now();
			if (write_raw(btf, argv[4]))
				return 1;
			btf__free(btf);
			printf("%ld ", end - start);
		}
		printf("\n");
		fflush(stdout);
	}
	return 0;
}
