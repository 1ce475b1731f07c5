// The functions that are answered instead of run: all of them, by what they belong to, with reasons. Everything else, maps' own
// allocation and checks, BTF parsing, the verifier, fix-ups, is the kernel's code. A name that a kernel does not have does nothing.
import {
  allocate,
  allocatePage,
  allocatePages,
  allocateArea,
  allocatePerCpu,
  allocateProduct,
  freeArgument,
  freePerCpu,
  pieceSize,
  reallocate,
} from './allocation.ts';
import type { AnsweredNames } from './answer.ts';
import { copyFromUser, copyToUser, openDescriptor, fileOf, pathOf, stringFromUser } from './files.ts';
import { symbolAddress, symbolName, symbolOf, symbolPlace } from './symbols.ts';
import { firstArgument, jitCompile, programArgument, selectRuntime, tick } from './program.ts';

const ALLOCATION: readonly AnsweredNames[] = [
  {
    names: `__kmalloc __kmalloc_noprof __kmalloc_node __kmalloc_node_noprof __kmalloc_track_caller* __kmalloc_node_track_caller*
      kmalloc_large* kmalloc_order* __kmalloc_large* kvmalloc_node* __kvmalloc_node* vmalloc vmalloc_noprof __vmalloc __vmalloc_noprof
      vzalloc* vmalloc_user* __vmalloc_node* vmalloc_node* bpf_map_area_alloc bpf_map_area_mmapable_alloc module_alloc
      bpf_jit_alloc_exec*`,
    answer: allocate(0),
    reason: 'the slab and page allocators need what boot sets up',
  },
  {
    names:
      '__kmalloc_cache_noprof __kmalloc_cache_node_noprof kmalloc_trace* kmalloc_node_trace* kmem_cache_alloc_trace kmem_cache_alloc_node_trace',
    answer: allocate(2),
    reason: 'as kmalloc: from a cache that boot would have made, with the size given',
  },
  { names: 'bpf_map_kmalloc_node bpf_map_kzalloc execmem_alloc*', answer: allocate(1), reason: 'as kmalloc' },
  { names: 'bpf_map_kvcalloc', answer: allocateProduct(1, 2), reason: 'as kmalloc', releases: '5.18 and newer' },
  {
    names: 'kmem_cache_alloc*',
    answer: allocatePages(2),
    reason: 'caches do not exist yet: two pages hold any object',
  },
  {
    names: 'krealloc krealloc_noprof __krealloc* krealloc_node_align_noprof kvrealloc* vrealloc*',
    answer: reallocate,
    reason: 'as kmalloc',
  },
  {
    names: '__alloc_percpu* pcpu_alloc*',
    answer: allocatePerCpu(0),
    reason: 'the per-CPU allocator needs what boot sets up',
  },
  { names: 'bpf_map_alloc_percpu', answer: allocatePerCpu(1), reason: 'as __alloc_percpu' },
  {
    names: 'alloc_pages* __alloc_pages* get_zeroed_page* __get_free_pages* get_free_pages*',
    answer: allocatePages(1),
    reason: 'there is no page allocator',
  },
  { names: 'vmap', answer: allocatePage, reason: 'there are no page tables' },
  {
    names: 'kfree kvfree vfree kfree_sensitive vfree_atomic bpf_map_area_free kvfree_sensitive vfree.part* kfree_const',
    answer: freeArgument(0),
    reason: 'what was allocated here is freed here',
  },
  { names: 'kmem_cache_free', answer: freeArgument(1), reason: 'likewise' },
  { names: 'free_percpu', answer: freePerCpu, reason: 'likewise' },
  {
    names: 'kmem_cache_free_bulk kvfree_call_rcu __free_pages* free_pages* vunmap module_memfree execmem_free',
    answer: 0,
    reason: 'not worth freeing',
  },
  {
    names: 'ksize __ksize',
    answer: pieceSize,
    reason: 'the size that was asked for: fortified copies check against it',
  },
  { names: 'kmalloc_size_roundup', answer: firstArgument, reason: 'likewise' },
  {
    names: '__check_object_size __check_heap_object usercopy_abort',
    answer: 0,
    reason: 'looks for slabs and stacks that boot makes',
  },
  {
    names: 'refcount_warn_saturate',
    answer: 0,
    reason: 'prints; a static object counts from 0 until its init function ran',
  },
  {
    names: `bpf_map_charge_* bpf_map_uncharge* bpf_charge_memlock __bpf_prog_charge bpf_prog_charge* obj_cgroup_* get_mem_cgroup_from_*
      get_obj_cgroup_from_current current_obj_cgroup bpf_jit_charge_modmem`,
    answer: 0,
    reason: 'memory is not charged to anybody',
  },
  {
    names: 'bpf_mem_alloc_init bpf_mem_alloc_percpu_init bpf_mem_alloc_percpu_unit_init bpf_mem_alloc_destroy',
    answer: 0,
    reason: 'fills caches for programs that run',
    releases: '6.1 and newer',
  },
  { names: 'bpf_mem_alloc', answer: allocate(1), reason: 'its caches are empty', releases: '6.1 and newer' },
  { names: 'bpf_mem_free', answer: freeArgument(1), reason: 'likewise', releases: '6.1 and newer' },
  {
    names: 'bpf_mem_cache_alloc bpf_mem_cache_alloc_flags',
    answer: allocatePages(2),
    reason: 'likewise: two pages hold any element',
    releases: '6.1 and newer',
  },
  { names: 'kmalloc_nolock* __kmalloc_nolock*', answer: allocate(0), reason: 'as kmalloc', releases: '6.18 and newer' },
  { names: 'kfree_nolock', answer: freeArgument(0), reason: 'as kfree', releases: '6.18 and newer' },
  {
    names: 'get_vm_area',
    answer: allocateArea,
    reason: 'addresses for an arena, which nobody touches before programs run',
    releases: '6.9 and newer',
  },
  { names: 'free_vm_area apply_to_page_range', answer: 0, reason: 'likewise', releases: '6.9 and newer' },
];

const PRINTING: readonly AnsweredNames[] = [
  {
    names: '_printk printk vprintk* __warn_printk dump_stack __dynamic_pr_debug _printk_deferred',
    answer: 0,
    reason: 'the console does not exist',
  },
  {
    names: '__audit_* audit_* bpf_audit_prog perf_event_bpf_event trace_set_clr_event',
    answer: 0,
    reason: 'nobody listens',
  },
];

const PRIVILEGES: readonly AnsweredNames[] = [
  {
    names: 'security_bpf* security_locked_down security_capable security_add_hooks cap_capable bpf_token_get_from_fd',
    answer: 0,
    reason: 'the caller is root, and nothing is locked down',
  },
  {
    names: 'capable ns_capable* bpf_token_capable perfmon_capable bpf_token_allow*',
    answer: 1,
    reason: 'the caller is root',
  },
  { names: 'get_uid* free_uid', answer: 0, reason: 'users are not counted' },
];

const FILES: readonly AnsweredNames[] = [
  { names: 'anon_inode_getfd anon_inode_getfd_secure', answer: openDescriptor, reason: 'there is no file system' },
  { names: 'fdget __fdget fget __fget_light fget_raw', answer: fileOf, reason: 'likewise' },
  { names: 'fput ____fput fput_many fd_install get_unused_fd_flags', answer: 0, reason: 'likewise' },
  { names: 'kern_path', answer: pathOf(0), reason: 'likewise: nothing but a root' },
  { names: 'user_path_at user_path_at_empty', answer: pathOf(1), reason: 'likewise' },
  { names: 'path_put', answer: 0, reason: 'likewise' },
  { names: '_copy_from_user', answer: copyFromUser, reason: 'faster, and without the switches of address spaces' },
  { names: '_copy_to_user', answer: copyToUser, reason: 'likewise' },
  { names: 'strncpy_from_user', answer: stringFromUser, reason: 'likewise' },
];

const PROGRAMS: readonly AnsweredNames[] = [
  {
    names: 'bpf_int_jit_compile',
    answer: jitCompile,
    reason: 'the verdict comes before; the program is marked as compiled',
  },
  { names: 'bpf_prog_select_runtime __bpf_prog_select_runtime', answer: selectRuntime, reason: 'likewise' },
  {
    names: 'bpf_insn_array_ready',
    answer: 0,
    reason: 'it looks for what compiling a program has filled in',
    releases: '6.19 and newer',
  },
  { names: 'bpf_jit_blind_constants', answer: programArgument, reason: 'likewise' },
  {
    names: `bpf_prog_kallsyms_add bpf_prog_kallsyms_del_all bpf_prog_kallsyms_del set_memory_* set_vm_flush_reset_perms text_poke*
      bpf_prog_alloc_id bpf_tracing_prog_attach prog_array_map_poke_run`,
    answer: 0,
    reason: 'the program will not run',
  },
  { names: 'idr_alloc*', answer: 1, reason: 'the trees of ids need slabs' },
  { names: 'idr_preload idr_remove', answer: 0, reason: 'likewise' },
];

/**
 * With PREEMPT_RT, what disables softirqs looks at the count of preemption: where unlocking is inline, and counts, locking has to count as
 * well. Without it nobody looks.
 */
const countsPreemption = (has: (name: string) => boolean): boolean => has('rt_spin_lock') && !has('_raw_spin_unlock');

const WAITING: readonly AnsweredNames[] = [
  {
    names: '_raw_spin_lock',
    answer: 0,
    reason: 'there is one thread',
    unless: countsPreemption,
  },
  { names: '_raw_spin_trylock', answer: 1, reason: 'there is one thread', unless: countsPreemption },
  {
    names: `mutex_lock mutex_unlock mutex_lock_interruptible mutex_lock_killable __mutex_init down_read up_read down_write up_write
      _raw_spin_lock_* _raw_spin_unlock* native_queued_spin_lock_slowpath __rcu_read_lock __rcu_read_unlock rcu_read_unlock_strict
      synchronize_rcu* call_rcu* cpus_read_lock cpus_read_unlock`,
    answer: 0,
    reason: 'there is one thread',
  },
  { names: '_raw_spin_trylock_*', answer: 1, reason: 'there is one thread' },
  {
    names: `rt_spin_lock* rt_spin_unlock* rt_read_lock* rt_read_unlock* rt_write_lock* rt_write_unlock* rt_mutex_lock* rt_mutex_unlock*
      rwsem_read_lock* rwsem_write_lock* rt_mutex_base_init rtlock_* migrate_disable migrate_enable`,
    answer: 0,
    reason: 'there is one thread, on one CPU',
    releases: 'those with PREEMPT_RT',
  },
  {
    names: 'rt_spin_trylock* rt_mutex_trylock* rt_read_trylock rt_write_trylock',
    answer: 1,
    reason: 'likewise',
    releases: 'likewise',
  },
  {
    names: `schedule cond_resched __cond_resched __SCT__cond_resched __SCT__might_resched __SCT__preempt_schedule* preempt_schedule*
      flush_work wake_up* __wake_up* blocking_notifier_call_chain static_key_slow_inc* static_key_slow_dec* static_key_enable*`,
    answer: 0,
    reason: 'there is no scheduler, and nobody waits',
  },
  { names: 'queue_work_on', answer: 1, reason: 'deferred work is not done' },
  { names: 'request_module* __request_module module_put', answer: 0, reason: 'there are no modules' },
  { names: 'try_module_get', answer: 1, reason: 'likewise' },
];

const CHANCE: readonly AnsweredNames[] = [
  { names: 'ktime_get*', answer: tick, reason: 'there is no clock: a counter' },
  {
    names: 'get_random_u32* get_random_bytes prandom_*',
    answer: 0,
    reason: 'the same question shall have the same answer',
  },
];

const SYMBOLS: readonly AnsweredNames[] = [
  {
    names: 'kallsyms_lookup_name',
    answer: symbolAddress,
    reason: "the kernel's own search unpacks a hundred thousand names one after the other before 6.2",
  },
  { names: 'kallsyms_lookup', answer: symbolOf, reason: 'likewise' },
  { names: 'lookup_symbol_name', answer: symbolName, reason: 'likewise' },
  {
    names: 'kallsyms_lookup_size_offset',
    answer: symbolPlace,
    reason: 'likewise: a saved kernel keeps names and addresses once, without the tables that its own search reads',
  },
];

/** All of them. Of two entries that fit a name the first counts. */
export const ANSWERED: readonly AnsweredNames[] = [
  ...ALLOCATION,
  ...PRINTING,
  ...PRIVILEGES,
  ...FILES,
  ...PROGRAMS,
  ...WAITING,
  ...CHANCE,
  ...SYMBOLS,
];
