-- +goose Up
-- The hot state of installations without Redis. Everything here expires.
CREATE TABLE hot_person (
    account       TEXT    NOT NULL,
    user_id       TEXT    NOT NULL,
    session       BYTEA,
    session_until BIGINT  NOT NULL,
    lease_key     TEXT    NOT NULL,
    lease_owner   TEXT    NOT NULL, -- empty: free
    lease_until   BIGINT  NOT NULL,
    unfinished    TEXT    NOT NULL,
    minute        BIGINT  NOT NULL,
    inbound       BIGINT  NOT NULL,
    late_until    BIGINT  NOT NULL, -- of the newest late reply; 0: there is none
    keep_until    BIGINT  NOT NULL,
    PRIMARY KEY (account, user_id)
);
CREATE INDEX hot_person_keep ON hot_person (keep_until);

CREATE TABLE hot_event (
    account    TEXT    NOT NULL,
    user_id    TEXT    NOT NULL,
    event_key  TEXT    NOT NULL,
    tries      BIGINT  NOT NULL,
    done_by    TEXT    NOT NULL, -- the owner that finished it; empty: nobody yet
    reply      BYTEA,
    late_until BIGINT  NOT NULL, -- 0: the reply reached the person, or another event took it along
    keep_until BIGINT  NOT NULL,
    PRIMARY KEY (account, user_id, event_key)
);
CREATE INDEX hot_event_keep ON hot_event (keep_until);

CREATE TABLE hot_once (
    name       TEXT   NOT NULL PRIMARY KEY,
    value      BYTEA  NOT NULL,
    keep_until BIGINT NOT NULL
);
CREATE INDEX hot_once_keep ON hot_once (keep_until);

-- +goose Down
DROP TABLE hot_once;
DROP TABLE hot_event;
DROP TABLE hot_person;
