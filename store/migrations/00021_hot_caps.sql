-- +goose Up
-- Caps of people, for installations without Redis. Everything here expires.
CREATE TABLE hot_cap (
    account    TEXT   NOT NULL,
    user_id    TEXT   NOT NULL,
    keep_until BIGINT NOT NULL,
    PRIMARY KEY (account, user_id)
);
CREATE INDEX hot_cap_keep ON hot_cap (keep_until);
CREATE TABLE hot_cap_place (
    account    TEXT   NOT NULL,
    user_id    TEXT   NOT NULL,
    id         TEXT   NOT NULL,
    at         BIGINT NOT NULL, -- by the clock of whoever took it
    keep_until BIGINT NOT NULL,
    PRIMARY KEY (account, user_id, id)
);
CREATE INDEX hot_cap_place_keep ON hot_cap_place (keep_until);
CREATE TABLE hot_bucket (
    name       TEXT             NOT NULL PRIMARY KEY,
    next_at    DOUBLE PRECISION NOT NULL, -- ms of the database's clock: when the bucket is full again
    keep_until BIGINT           NOT NULL
);
CREATE INDEX hot_bucket_keep ON hot_bucket (keep_until);

-- +goose Down
DROP TABLE hot_bucket;
DROP TABLE hot_cap_place;
DROP TABLE hot_cap;
