// Asks a booted kernel to load every program of an object, each alone, through libbpf: as libbpf finds types itself (-), and with
// each given file as `btf_custom_path`, which is when libbpf looks into no module. Prints a line for each: the BTF, the
// program, 0 or the negative error, and what the kernel has loaded, as hex. For scripts/compare-flattened.ts.
//   cc -O1 -o flatten-probe scripts/flatten-probe.c -lbpf -lelf -lz && ./flatten-probe OBJECT [BTF|-]... >answers
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <stdio.h>
#include <string.h>

static int quiet(enum libbpf_print_level level, const char *format, va_list arguments)
{
	return 0;
}

static void load(const char *path, const char *btf, int number)
{
	LIBBPF_OPTS(bpf_object_open_opts, options, .btf_custom_path = strcmp(btf, "-") ? btf : NULL);
	struct bpf_object *object = bpf_object__open_file(path, &options);
	static unsigned char instructions[1 << 16];
	const char *name = strrchr(btf, '/') ? strrchr(btf, '/') + 1 : btf;
	struct bpf_program *program, *wanted = NULL;
	struct bpf_prog_info info = {};
	__u32 length = sizeof(info);
	int i = 0, error;

	if (!object)
		return;
	bpf_object__for_each_program(program, object) {
		bpf_program__set_autoload(program, i == number);
		if (i++ == number)
			wanted = program;
	}
	error = bpf_object__load(object);
	printf("FLATTENED %s %s %d ", name, bpf_program__name(wanted), error);
	if (!error) {
		info.xlated_prog_len = sizeof(instructions);
		info.xlated_prog_insns = (__u64)(unsigned long)instructions;
		if (!bpf_obj_get_info_by_fd(bpf_program__fd(wanted), &info, &length))
			for (__u32 at = 0; at < info.xlated_prog_len; at++)
				printf("%02x", instructions[at]);
	}
	printf("\n");
	bpf_object__close(object);
}

int main(int count, char **arguments)
{
	struct bpf_object *object;
	struct bpf_program *program;
	int programs = 0;

	libbpf_set_print(quiet);
	if (count < 3 || !(object = bpf_object__open_file(arguments[1], NULL)))
		return 2;
	bpf_object__for_each_program(program, object)
		programs++;
	bpf_object__close(object);
	for (int i = 2; i < count; i++)
		for (int number = 0; number < programs; number++)
			load(arguments[1], arguments[i], number);
	return 0;
}
