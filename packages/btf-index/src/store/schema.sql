-- A btfq index, version 3 (user_version). Blobs of numbers are LEB128 varints; "signed" ones are zigzag.

-- generation: counts committed writes. index: random, told apart copies of different histories.
CREATE TABLE meta (key TEXT PRIMARY KEY, value ANY) WITHOUT ROWID, STRICT;

-- A distinct BTF. The contents form a tree: `parent` is the kernel most like it when it came, and everything that is
-- stored by difference is told from there: which declarations it has (declaration_set) and, by way of `base`, its bytes.
CREATE TABLE content (
  id INTEGER PRIMARY KEY,
  sha256 BLOB NOT NULL UNIQUE,
  parent INTEGER REFERENCES content,   -- null: the declarations are told from nothing
  base INTEGER REFERENCES content,     -- the ancestor that `data` is told from; null: from nothing
  steps INTEGER NOT NULL,              -- how many deltas make its bytes, its own included
  place INTEGER NOT NULL,              -- in its series of kernels that differ little: 0 for the first
  bytes INTEGER NOT NULL,
  types INTEGER NOT NULL,
  little_endian INTEGER NOT NULL,
  pointer_size INTEGER,
  sketch BLOB NOT NULL,                -- finds the parent of kernels to come: see sketch.ts
  data BLOB NOT NULL                   -- see btf-delta.ts
) STRICT;
CREATE INDEX content_parent ON content (parent);
CREATE INDEX content_base ON content (base);

-- A name under which a BTF was ingested. Several names of one content are aliases of each other.
CREATE TABLE kernel (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  distro TEXT NOT NULL,
  version TEXT NOT NULL,
  arch TEXT NOT NULL,
  release TEXT NOT NULL,
  content INTEGER NOT NULL REFERENCES content,
  source TEXT NOT NULL,
  ingested_at TEXT NOT NULL,
  tool TEXT NOT NULL,
  identified TEXT NOT NULL DEFAULT '',  -- what named it: 'distro: banner, version: banner, arch: image, release: banner'
  banner TEXT,                          -- the source's own 'Linux version ...', where it has one
  UNIQUE (distro, version, arch, release)
) STRICT;
CREATE INDEX kernel_content ON kernel (content);

-- Split BTF of modules, told without the numbers of their kernel where that can be (then `refs` lists what of the kernel
-- they use, see module-codec.ts), and distilled bases. `sha256` is that of what is stored; `bytes` the size of the BTF.
CREATE TABLE module_content (
  id INTEGER PRIMARY KEY,
  sha256 BLOB NOT NULL UNIQUE,
  bytes INTEGER NOT NULL,
  data BLOB NOT NULL,
  refs BLOB
) STRICT;
-- Hashes of types and strings of kernels that modules use.
CREATE TABLE module_reference (id INTEGER PRIMARY KEY, hash BLOB NOT NULL UNIQUE) STRICT;
-- A kernel's modules; `sha256` and `bytes` are those of the module's BTF.
CREATE TABLE module (
  kernel INTEGER NOT NULL REFERENCES kernel,
  name TEXT NOT NULL,
  content INTEGER NOT NULL REFERENCES module_content,
  distilled_base INTEGER REFERENCES module_content,
  sha256 BLOB NOT NULL,
  bytes INTEGER NOT NULL,
  PRIMARY KEY (kernel, name)
) WITHOUT ROWID, STRICT;
CREATE INDEX module_by_content ON module (content);
CREATE INDEX module_by_distilled_base ON module (distilled_base) WHERE distilled_base IS NOT NULL;

-- Every name of a declaration, member, enumerator or parameter. Name 0 is ''.
CREATE TABLE name (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE) STRICT;

-- Types as members and parameters have them, each told by others: see type-code.ts.
CREATE TABLE type (id INTEGER PRIMARY KEY, code BLOB NOT NULL UNIQUE) STRICT;

-- Declarations that are in exactly the same kernels share a set. `toggles` lists the contents (ascending, differences)
-- whose membership is not that of their parent; `declarations` counts who shares it.
CREATE TABLE declaration_set (
  id INTEGER PRIMARY KEY,
  declarations INTEGER NOT NULL,
  toggles BLOB NOT NULL
) STRICT;

-- A distinct content of a declaration. `kind` is BTF's, and 0x46 for an enum without a name, which goes by the name of
-- its first enumerator. `body` has what it says, in names and types: see declaration-body.ts.
CREATE TABLE declaration (
  id INTEGER PRIMARY KEY,
  name INTEGER NOT NULL REFERENCES name,
  kind INTEGER NOT NULL,
  hash BLOB NOT NULL,                  -- see type-hashes.ts
  discriminator INTEGER NOT NULL,      -- 0, or which of several of this name it was somewhere
  declaration_set INTEGER NOT NULL REFERENCES declaration_set,
  body BLOB NOT NULL
) STRICT;
CREATE INDEX declaration_name ON declaration (name, kind);
CREATE INDEX declaration_by_set ON declaration (declaration_set);

-- Which structs and unions have ever had a member of a type, and which enums an enumerator.
CREATE TABLE member_type (
  type INTEGER NOT NULL REFERENCES type,
  kind INTEGER NOT NULL,
  owner INTEGER NOT NULL REFERENCES name,
  PRIMARY KEY (type, kind, owner)
) WITHOUT ROWID, STRICT;
CREATE TABLE enumerator (
  name INTEGER NOT NULL REFERENCES name,
  kind INTEGER NOT NULL,
  owner INTEGER NOT NULL REFERENCES name,
  PRIMARY KEY (name, kind, owner)
) WITHOUT ROWID, STRICT;
