// A symbol of a kernel's configuration.
import { useState } from 'preact/hooks';
import { useAsk } from '../ask/use-ask.ts';
import { ConfigOfDocument } from '../generated/operations.ts';

export function ConfigBox({ id, known }: { readonly id: string; readonly known: boolean }) {
  const [name, setName] = useState('');
  const asked = useAsk(ConfigOfDocument, known && /^\w{2,}$/.test(name) ? { id, name } : undefined);
  if (!known) {
    return (
      <p class="dim">
        Its configuration was not given: ingest the kernel with its <code>config-…</code> file, or its image, to have
        it.
      </p>
    );
  }
  const value = asked.data?.kernel?.config;
  return (
    <label class="filter">
      <span>Configuration</span>
      <input
        type="search"
        placeholder="CONFIG_DEBUG_INFO_BTF"
        value={name}
        onInput={(event) => setName(event.currentTarget.value.trim())}
      />
      <output>{asked.data && name !== '' ? (value ?? 'does not name it') : ''}</output>
    </label>
  );
}
