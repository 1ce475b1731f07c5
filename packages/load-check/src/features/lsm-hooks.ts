// Which LSM hooks may sleep: the set sleepable_lsm_hooks of kernel/bpf/bpf_lsm.c (in 5.10 of verifier.c). It stands in the
// kernel's image, not in its types.

import { endOfSeries, type VersionRange, version } from '../kernel/version.ts';

/** Hooks that may sleep in 6.1, 6.12 and 7.2 alike. */
const SINCE_6_1 = `
    bpf bpf_map bpf_prog bprm_check_security bprm_committed_creds bprm_committing_creds bprm_creds_for_exec
    bprm_creds_from_file capget capset cred_prepare file_ioctl file_lock file_open file_receive inode_create
    inode_free_security inode_getattr inode_getxattr inode_mknod inode_need_killpriv inode_post_setxattr
    inode_readlink inode_rename inode_rmdir inode_setattr inode_setxattr inode_symlink inode_unlink
    kernel_module_request kernel_read_file kernfs_init_security mmap_file netlink_send path_notify release_secctx
    sb_alloc_security sb_eat_lsm_opts sb_kern_mount sb_mount sb_remount sb_set_mnt_opts sb_show_options sb_statfs
    sb_umount settime socket_accept socket_bind socket_connect socket_create socket_getpeername
    socket_getpeersec_dgram socket_getsockname socket_getsockopt socket_listen socket_post_create socket_recvmsg
    socket_sendmsg socket_shutdown socket_socketpair syslog task_alloc task_prctl task_setscheduler userns_create
`;
/** Those that may in 5.10 already. */
const SINCE_5_10 = 'bprm_committed_creds';
/** Those that came between 6.1 and 6.12, and between 6.12 and 7.2. */
const SINCE_6_12 = `
    bpf_map_create bpf_map_free bpf_prog_load bpf_token_capable bpf_token_cmd bpf_token_create bpf_token_free
    file_post_open path_chmod path_chown path_link path_mkdir path_rename path_rmdir path_symlink path_truncate
    path_unlink
`;
const SINCE_7_2 = 'bdev_alloc_security bdev_setintegrity inode_post_removexattr inode_removexattr';
/** Those that later kernels no longer have. */
const GONE =
  'bpf_map_alloc_security bpf_map_free_security current_getsecid_subj inet_conn_established key_free task_getsecid_obj';

const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));
const LISTS: readonly { readonly release: string; readonly hooks: ReadonlySet<string> }[] = [
  { release: '5.10', hooks: words(SINCE_5_10) },
  { release: '6.1', hooks: words(SINCE_6_1) },
  { release: '6.12', hooks: words(SINCE_6_12) },
  { release: '7.2', hooks: words(SINCE_7_2) },
];
const gone = words(GONE);

/** Whether a hook may sleep, as far as the lists say for those releases. */
export function sleepableHook(name: string, range: VersionRange): 'yes' | 'no' | 'unknown' {
  if (gone.has(name)) return 'unknown';
  const first = LISTS.findIndex(({ hooks }) => hooks.has(name));
  if (first < 0) return range.most <= endOfSeries('7.2') ? 'no' : 'unknown';
  const since = LISTS[first] as (typeof LISTS)[number];
  if (range.least >= version(since.release)) return 'yes';
  const before = LISTS[first - 1];
  return before !== undefined && range.most <= endOfSeries(before.release) ? 'no' : 'unknown';
}
