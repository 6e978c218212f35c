-- +goose Up
-- Posts for moments (朋友圈) that were put to the members.
CREATE TABLE moment_post (
    name       TEXT   NOT NULL PRIMARY KEY, -- of the content
    account    TEXT   NOT NULL,
    day        TEXT   NOT NULL, -- in the house's time zone
    category   TEXT   NOT NULL,
    at         BIGINT NOT NULL,
    state      TEXT   NOT NULL, -- due, asking, asked, made, held, failed, unknown
    reason     TEXT   NOT NULL, -- the platform's code
    job_id     TEXT   NOT NULL,
    moment_id  TEXT   NOT NULL,
    asked_at   BIGINT NOT NULL,
    looked_at  BIGINT NOT NULL,
    members    BIGINT NOT NULL, -- who were asked to publish
    published  BIGINT NOT NULL -- who did
);
CREATE INDEX moment_post_day ON moment_post (account, day);
-- Locked while an account's posts of a day are counted.
CREATE TABLE moment_account (
    account TEXT NOT NULL PRIMARY KEY
);

-- +goose Down
DROP TABLE moment_account;
DROP TABLE moment_post;
