// The entries above the one that is read: whose children it stands among.

/** What the children of an entry belong to. */
export const Owner = { None: 0, Type: 1, Function: 2, Param: 3, Variable: 4, Body: 5 } as const;

/** What the entries above the current one are, by depth. */
export interface Stack {
  owners: Int32Array;
  rows: Int32Array;
  /** The member or parameter whose children stand there, -1 for none. */
  components: Int32Array;
  /** Members so far. */
  members: Int32Array;
}

export function growStack(stack: Stack): void {
  const grow = (from: Int32Array) => {
    const grown = new Int32Array(from.length * 2);
    grown.set(from);
    return grown;
  };
  stack.owners = grow(stack.owners);
  stack.rows = grow(stack.rows);
  stack.components = grow(stack.components);
  stack.members = grow(stack.members);
}
