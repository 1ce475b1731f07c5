-- A btfq index, version 5 (user_version). Blobs of numbers are LEB128 varints; "signed" ones are zigzag.

-- generation: counts committed writes. index: random, told apart copies of different histories.
CREATE TABLE meta (key TEXT PRIMARY KEY, value ANY) WITHOUT ROWID, STRICT;

-- A distinct build of a kernel: its BTF, its modules and its configuration. The contents form a tree: `parent` is the
-- kernel most like it when it came, and everything that is stored by difference is told from there: which declarations and
-- modules it has (declaration_set) and, by way of `base`, its bytes. Rows are small and lie together, for every question
-- reads them; blobs have tables of their own.
CREATE TABLE content (
  id INTEGER PRIMARY KEY,
  parent INTEGER REFERENCES content,   -- null: the declarations are told from nothing
  base INTEGER REFERENCES content,     -- the ancestor that its data are told from; null: from nothing
  steps INTEGER NOT NULL,              -- how many deltas make its bytes, its own included
  place INTEGER NOT NULL,              -- in its series of kernels that differ little: 0 for the first
  bytes INTEGER NOT NULL,
  types INTEGER NOT NULL,
  little_endian INTEGER NOT NULL,
  pointer_size INTEGER,
  modules INTEGER,                     -- how many it has; null: not known, and what sets say of its modules means nothing
  config INTEGER,                      -- how many symbols its configuration has; null: not known, likewise
  sha256 BLOB NOT NULL
) STRICT;
CREATE INDEX content_sha256 ON content (sha256);
CREATE INDEX content_parent ON content (parent);
CREATE INDEX content_base ON content (base);
-- Finds the parent of kernels to come: see similarity-sketch.ts. Only writers read it.
CREATE TABLE content_sketch (content INTEGER PRIMARY KEY REFERENCES content, sketch BLOB NOT NULL) STRICT;
-- See btf-delta.ts.
CREATE TABLE content_data (content INTEGER PRIMARY KEY REFERENCES content, data BLOB NOT NULL) STRICT;

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

-- The modules of a content, all together, told from those of `base`: see ../modules/module-set.ts. `digest` is the SHA-256 of
-- their names and bytes. Blobs lie apart: `id` is the content times 65536 and the part, 0 the directory.
CREATE TABLE module_chain (
  content INTEGER PRIMARY KEY REFERENCES content,
  base INTEGER REFERENCES content,
  steps INTEGER NOT NULL,
  place INTEGER NOT NULL,              -- in its series of sets that differ little: 0 for the first
  digest BLOB NOT NULL
) STRICT;
CREATE INDEX module_chain_base ON module_chain (base) WHERE base IS NOT NULL;
CREATE TABLE module_data (id INTEGER PRIMARY KEY, data BLOB NOT NULL) STRICT;

-- A version of a module: what it declares, not in which order. Which contents have it, its set says, as for a declaration.
-- `parent` is the version that was in the content's parent: which declarations it has is told from there.
CREATE TABLE module (
  id INTEGER PRIMARY KEY,
  name INTEGER NOT NULL REFERENCES name,
  parent INTEGER REFERENCES module,
  distilled INTEGER NOT NULL,          -- 1 where it came with a distilled base
  bytes INTEGER NOT NULL,
  declaration_set INTEGER NOT NULL REFERENCES declaration_set,
  hash BLOB NOT NULL                   -- see prepare.ts
) STRICT;
CREATE UNIQUE INDEX module_name ON module (name, hash);
CREATE INDEX module_by_set ON module (declaration_set);
CREATE INDEX module_parent ON module (parent) WHERE parent IS NOT NULL;

-- Every name of a declaration, member, enumerator or parameter. Name 0 is ''.
CREATE TABLE name (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE) STRICT;

-- Types as members and parameters have them, each told by others: see type-code.ts.
CREATE TABLE type (id INTEGER PRIMARY KEY, code BLOB NOT NULL UNIQUE) STRICT;

-- Declarations (or modules) that are in exactly the same kernels and modules share a set. `membership_changes` lists the contents
-- (ascending, differences) whose membership is not that of their parent, `module_membership_changes` the versions of modules likewise;
-- `declarations` counts who shares it.
CREATE TABLE declaration_set (
  id INTEGER PRIMARY KEY,
  declarations INTEGER NOT NULL,
  membership_changes BLOB NOT NULL,
  module_membership_changes BLOB                  -- null for none
) STRICT;
-- Sets whose module_membership_changes have versions of a module, by the module's name.
CREATE TABLE module_set (
  module INTEGER NOT NULL REFERENCES name,
  declaration_set INTEGER NOT NULL REFERENCES declaration_set,
  PRIMARY KEY (module, declaration_set)
) WITHOUT ROWID, STRICT;
CREATE INDEX module_set_set ON module_set (declaration_set);

-- A distinct content of a declaration. `kind` is BTF's, 0x46 for an enum without a name, which goes by the name of its
-- first enumerator, and 0x50 for a symbol of the configuration, whose body is its value. `body` has what it says, in names and types: see declaration-body.ts.
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
