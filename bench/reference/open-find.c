// SPDX-License-Identifier: Apache-2.0
// libbpf's time to open a BTF file and find a struct by name, on request, so that it can be measured in turns with ours.
// For each line `COUNT` on stdin: does it COUNT times and prints the nanoseconds of each, separated by spaces.
//   open-find FILE STRUCT
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <bpf/btf.h>

static long now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000L + t.tv_nsec;
}

int main(int argc, char **argv)
{
	char line[64];

	if (argc != 3)
		return 2;
	while (fgets(line, sizeof(line), stdin)) {
		for (int left = atoi(line); left > 0; left--) {
			long start = now();
			struct btf *btf = btf__parse(argv[1], NULL);
			int id = btf ? btf__find_by_name_kind(btf, argv[2], BTF_KIND_STRUCT) : -1;
			long end = now();

			if (id < 0)
				return 1;
			btf__free(btf);
			printf("%ld ", end - start);
		}
		printf("\n");
		fflush(stdout);
	}
	return 0;
}
