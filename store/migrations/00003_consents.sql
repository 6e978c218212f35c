-- +goose Up
-- Only ever appended to: the proof of who agreed to what, when, and how.
CREATE TABLE consent_history (
    account   TEXT    NOT NULL,
    event_key TEXT    NOT NULL,
    topic     TEXT    NOT NULL,
    user_id   TEXT    NOT NULL,
    granted   BOOLEAN NOT NULL,
    source    TEXT    NOT NULL,
    at        BIGINT  NOT NULL,
    changed   BOOLEAN NOT NULL,
    PRIMARY KEY (account, event_key, topic)
);
CREATE INDEX consent_history_person ON consent_history (account, user_id);
CREATE TABLE consent (
    account   TEXT    NOT NULL,
    user_id   TEXT    NOT NULL,
    topic     TEXT    NOT NULL,
    granted   BOOLEAN NOT NULL,
    source    TEXT    NOT NULL,
    at        BIGINT  NOT NULL,
    event_key TEXT    NOT NULL,
    PRIMARY KEY (account, user_id, topic)
);

-- +goose Down
DROP TABLE consent;
DROP TABLE consent_history;
