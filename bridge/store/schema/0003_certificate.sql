-- What the bridge shows over TLS when the configuration names no files: one row, private key and certificate as PEM.
CREATE TABLE certificate (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    pem TEXT NOT NULL
);
