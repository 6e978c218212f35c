-- +goose Up
-- What the processes of an installation share without Redis: values that expire, and locks.
CREATE TABLE hot_shared (
    name       TEXT   NOT NULL PRIMARY KEY,
    value      BYTEA  NOT NULL,
    keep_until BIGINT NOT NULL
);
CREATE INDEX hot_shared_keep ON hot_shared (keep_until);

CREATE TABLE hot_lock (
    name       TEXT   NOT NULL PRIMARY KEY,
    owner      TEXT   NOT NULL,
    keep_until BIGINT NOT NULL
);
CREATE INDEX hot_lock_keep ON hot_lock (keep_until);

-- +goose Down
DROP TABLE hot_lock;
DROP TABLE hot_shared;
