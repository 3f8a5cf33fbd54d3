-- What a virtual device keeps (core/memory.py): one JSON document per section.
CREATE TABLE memory (
    device   TEXT NOT NULL,
    section  TEXT NOT NULL,
    document TEXT NOT NULL,
    PRIMARY KEY (device, section)
) WITHOUT ROWID;
