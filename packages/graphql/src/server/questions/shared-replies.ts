// Equal questions that arrive while one of them is being answered share its reply. After each write to the index the most
// frequent question arrives many times before its first answer is cached.

import type { Reply } from './protocol.ts';

/** Replies on their way, by what says one question of one state of the index from others. */
export class SharedReplies {
  private readonly underWay = new Map<string, Promise<Reply>>();

  /**
   * The reply to a question: of an equal one that is under way, where that would be the same for everyone, else by `ask`. Rejects as
   * `ask` does; what became of another client's question is nobody else's trouble.
   */
  async ask(key: string, ask: () => Promise<Reply>): Promise<Reply> {
    const other = this.underWay.get(key);
    if (other !== undefined) {
      const reply = await other.catch(() => undefined);
      if (reply?.kind === 'answer' && reply.repeatable) return { ...reply, defects: [], work: [] };
      return await ask();
    }
    const own = ask();
    this.underWay.set(key, own);
    try {
      return await own;
    } finally {
      this.underWay.delete(key);
    }
  }
}
