// A list of ids that keeps its memory when it is shortened, which JavaScript arrays do not.

export class IdList {
  items = new Uint32Array(256);
  /** How many of `items` count. May be set to less. */
  length = 0;

  push(id: number): void {
    if (this.length === this.items.length) {
      const grown = new Uint32Array(this.length * 2);
      grown.set(this.items);
      this.items = grown;
    }
    this.items[this.length++] = id;
  }
}
