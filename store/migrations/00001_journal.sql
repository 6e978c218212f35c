-- +goose Up
-- The commit point of every event: what came in, what was answered, and, while retries may come, what restores both.
CREATE TABLE journal (
    account     TEXT    NOT NULL,
    event_key   TEXT    NOT NULL,
    user_id     TEXT    NOT NULL,
    kind        TEXT    NOT NULL,
    name        TEXT    NOT NULL,
    msg_id      TEXT    NOT NULL,
    at          BIGINT  NOT NULL,
    received_at BIGINT  NOT NULL,
    took_us     BIGINT  NOT NULL,
    handler     TEXT    NOT NULL,
    outcome     TEXT    NOT NULL,
    said        TEXT    NOT NULL,
    raw         BYTEA,
    private     BOOLEAN NOT NULL,
    reply       BYTEA, -- NULL once trimmed
    session     BYTEA,
    PRIMARY KEY (account, event_key)
);
CREATE INDEX journal_person ON journal (account, user_id, received_at);
CREATE INDEX journal_untrimmed ON journal (received_at) WHERE reply IS NOT NULL;

-- +goose Down
DROP TABLE journal;
