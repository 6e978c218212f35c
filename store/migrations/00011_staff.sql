-- +goose Up
-- Conversations that people of the staff lead instead of the bot. Numbers are said by staff, and so are small and unique.
CREATE TABLE staff_conversation (
    number            BIGINT NOT NULL PRIMARY KEY,
    account           TEXT   NOT NULL,
    user_id           TEXT   NOT NULL,
    event_key         TEXT   NOT NULL, -- of what opened it
    desk              TEXT   NOT NULL,
    channel           TEXT   NOT NULL,
    reason            TEXT   NOT NULL,
    opened_at         BIGINT NOT NULL,
    taken_at          BIGINT NOT NULL,
    servicer          TEXT   NOT NULL,
    first_response_at BIGINT NOT NULL,
    last_staff_at     BIGINT NOT NULL,
    quiet_until       BIGINT NOT NULL, -- the bot speaks again then, unless staff give a sign
    notified_at       BIGINT NOT NULL,
    notify_next       BIGINT NOT NULL, -- nobody tries before
    closed_at         BIGINT NOT NULL,
    closed_by         TEXT   NOT NULL,
    response_told     BOOLEAN NOT NULL, -- to whoever counts
    close_told        BOOLEAN NOT NULL
);
CREATE UNIQUE INDEX staff_conversation_open ON staff_conversation (account, user_id, desk) WHERE closed_at = 0;
CREATE INDEX staff_conversation_person ON staff_conversation (account, user_id, desk, number);
CREATE INDEX staff_conversation_opened ON staff_conversation (account, opened_at);
CREATE INDEX staff_conversation_responded ON staff_conversation (number) WHERE first_response_at > 0 AND NOT response_told;
CREATE INDEX staff_conversation_closed ON staff_conversation (number) WHERE closed_at > 0 AND NOT close_told;
-- Every event that had a part in one, so that the same one again is told the same.
CREATE TABLE staff_event (
    account   TEXT    NOT NULL,
    event_key TEXT    NOT NULL,
    act       TEXT    NOT NULL, -- one event may close one and open the next
    number    BIGINT  NOT NULL, -- 0: none was open
    did       BOOLEAN NOT NULL, -- it opened or closed it
    PRIMARY KEY (account, event_key, act)
);
CREATE INDEX staff_event_number ON staff_event (number);
CREATE TABLE staff_number (
    name TEXT   NOT NULL PRIMARY KEY,
    last BIGINT NOT NULL
);

-- +goose Down
DROP TABLE staff_number;
DROP TABLE staff_event;
DROP TABLE staff_conversation;
