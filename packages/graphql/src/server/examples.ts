// The queries that GraphiQL opens with. Each is run by a test.

export const exampleQueries = `# Where is task_struct.pid, in every kernel?
query FieldEverywhere {
  struct(name: "task_struct") { field(name: "pid") { kernels { kernel { id } offset } } }
}

# When did task_struct.state become __state?
query History {
  struct(name: "task_struct") {
    field(name: "state") {
      history { series change from { release } to { release } otherName evidence }
      absentFrom { release }
    }
  }
}

# The distinct layouts of a field in 6.x kernels
query Variants {
  struct(name: "sock") {
    field(name: "__sk_common.skc_daddr") {
      variants(where: { release: [">=6.0"] }) { offset size type kernels { release arch } }
    }
  }
}

# What is there?
query Contents {
  stats { kernels distinct declarations bytes btfBytes }
  kernels(first: 10) { totalCount nodes { distro version arch release modules { name } } }
  search(text: "bpf_map", kinds: [STRUCT, ENUM], first: 5) { kind name kernels variants }
}
`;
