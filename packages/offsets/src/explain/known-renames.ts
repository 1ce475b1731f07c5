// Renames that the kernel's history says, for indexes without a kernel from before them: where no kernel has the old name,
// nothing can be compared.

/** A member that goes by another path since a release of Linux. */
export interface KnownRename {
  readonly struct: string;
  /** Paths of members, old and new. */
  readonly old: string;
  readonly young: string;
  /** The first release of Linux with the new one. */
  readonly since: string;
}

/** What is known of renames, by the release that brought them. */
export const KNOWN_RENAMES: readonly KnownRename[] = [
  { struct: 'task_struct', old: 'real_start_time', young: 'start_boottime', since: '5.5' },
  { struct: 'task_struct', old: 'state', young: '__state', since: '5.14' },
  { struct: 'request', old: 'rq_disk', young: 'q->disk', since: '5.17' },
  { struct: 'kernfs_node', old: 'parent', young: '__parent', since: '6.15' },
];
