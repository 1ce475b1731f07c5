// Which files this version reads.

import { IndexError } from '../errors.ts';

/** `application_id` of an index: "btfq". */
export const APPLICATION_ID = 0x62746671;
/** `user_version` that this version writes. */
export const SCHEMA_VERSION = 5;

/** Throws `newer-version` for a file that this version does not know. */
export function refuseNewer(path: string, version: number): void {
  if (version <= SCHEMA_VERSION) return;
  throw new IndexError('newer-version', `${path} was written by a newer version of btfq`, {
    path,
    expected: `version ${SCHEMA_VERSION} at most; it is ${version}`,
    hint: 'update btfq',
  });
}

/** Throws `not-an-index`, `newer-version` or `older-version` for what cannot be read as it is. */
export function requireReadable(path: string, application: number, version: number): void {
  if (application !== APPLICATION_ID) {
    throw new IndexError('not-an-index', `${path} is a database, but no index of btfq`, { path });
  }
  refuseNewer(path, version);
  if (version < SCHEMA_VERSION) {
    throw new IndexError('older-version', `${path} was written by an older version of btfq`, {
      path,
      expected: `version ${SCHEMA_VERSION}; it is ${version}`,
      hint: 'any command that writes to it brings it up to date, such as btfq ingest',
    });
  }
}
