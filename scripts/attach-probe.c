// Asks a booted kernel what scripts/compare-attach.ts --questions wrote: each line is a program that does nothing, to be loaded and
// attached, or a function to be probed. Prints each question with the kernel's answers, 0 or the negative error; 1 where
// nothing was attached. Static, so that it runs in an initrd of its own:
//   cc -O1 -static -o attach-probe scripts/attach-probe.c && ./attach-probe <questions >answers
#include <errno.h>
#include <linux/bpf.h>
#include <linux/perf_event.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static long bpf(int command, union bpf_attr *attr)
{
	return syscall(__NR_bpf, command, attr, sizeof(*attr));
}

// The BTF of a module, by its name.
static int module_btf(const char *module)
{
	union bpf_attr attr;
	unsigned int id = 0;

	for (;;) {
		struct bpf_btf_info info = {};
		char name[64] = {};
		int fd;

		memset(&attr, 0, sizeof(attr));
		attr.start_id = id;
		if (bpf(BPF_BTF_GET_NEXT_ID, &attr))
			return -1;
		id = attr.next_id;
		memset(&attr, 0, sizeof(attr));
		attr.btf_id = id;
		fd = bpf(BPF_BTF_GET_FD_BY_ID, &attr);
		if (fd < 0)
			continue;
		info.name = (uintptr_t)name;
		info.name_len = sizeof(name);
		memset(&attr, 0, sizeof(attr));
		attr.info.bpf_fd = fd;
		attr.info.info_len = sizeof(info);
		attr.info.info = (uintptr_t)&info;
		if (!bpf(BPF_OBJ_GET_INFO_BY_FD, &attr) && !strcmp(name, module))
			return fd;
		close(fd);
	}
}

static void probe(const char *function, int type)
{
	struct perf_event_attr attr = { .size = sizeof(attr), .type = type };
	int fd;

	attr.kprobe_func = (uintptr_t)function;
	fd = syscall(__NR_perf_event_open, &attr, -1, 0, -1, 0);
	printf("K %s %d\n", function, fd < 0 ? -errno : 0);
	if (fd >= 0)
		close(fd);
}

static int attaches(unsigned int attach)
{
	return attach == BPF_TRACE_FENTRY || attach == BPF_TRACE_FEXIT || attach == BPF_MODIFY_RETURN ||
	       attach == BPF_LSM_MAC;
}

int main(void)
{
	// r0 = 0; exit
	struct bpf_insn program[2] = { { .code = 0xb7 }, { .code = 0x95 } };
	char line[512], last[64] = "";
	int type = 0, btf = -1;
	FILE *file = fopen("/sys/bus/event_source/devices/kprobe/type", "r");

	if (file) {
		if (fscanf(file, "%d", &type) != 1)
			type = 0;
		fclose(file);
	}
	while (fgets(line, sizeof(line), stdin)) {
		unsigned int kind, attach, flags, id;
		char module[64], name[256];
		union bpf_attr attr = {};
		int fd, loaded, attached = 1;

		line[strcspn(line, "\n")] = 0;
		if (line[0] == 'K') {
			probe(line + 2, type);
			continue;
		}
		if (sscanf(line, "L %u %u %u %u %63s %255s", &kind, &attach, &flags, &id, module, name) != 6)
			continue;
		attr.prog_type = kind;
		attr.expected_attach_type = attach;
		attr.prog_flags = flags;
		attr.attach_btf_id = id;
		attr.insns = (uintptr_t)program;
		attr.insn_cnt = 2;
		attr.license = (uintptr_t)"GPL";
		if (strcmp(module, "vmlinux")) {
			if (strcmp(module, last)) {
				if (btf >= 0)
					close(btf);
				btf = module_btf(module);
				strcpy(last, module);
			}
			attr.attach_btf_obj_fd = btf;
		}
		fd = bpf(BPF_PROG_LOAD, &attr);
		loaded = fd < 0 ? -errno : 0;
		if (fd >= 0 && attaches(attach)) {
			int link;

			memset(&attr, 0, sizeof(attr));
			attr.raw_tracepoint.prog_fd = fd;
			link = bpf(BPF_RAW_TRACEPOINT_OPEN, &attr);
			attached = link < 0 ? -errno : 0;
			if (link >= 0)
				close(link);
		}
		if (fd >= 0)
			close(fd);
		printf("L %u %u %u %s %s %d %d\n", kind, attach, flags, module, name, loaded, attached);
	}
	return 0;
}
