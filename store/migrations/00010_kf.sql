-- +goose Up
-- WeChat customer service: how far each desk has been pulled.
CREATE TABLE kf_cursor (
    account    TEXT   NOT NULL,
    desk       TEXT   NOT NULL, -- open kfid
    cursor     TEXT   NOT NULL, -- empty: nothing yet
    started_at BIGINT NOT NULL, -- what was said before is not answered
    moved_at   BIGINT NOT NULL,
    PRIMARY KEY (account, desk)
);
-- What may be said to a customer: for how long and how often they have been written to since they spoke.
CREATE TABLE kf_talk (
    account    TEXT    NOT NULL,
    desk       TEXT    NOT NULL,
    user_id    TEXT    NOT NULL,
    heard_at   BIGINT  NOT NULL, -- 0: never
    heard_key  TEXT    NOT NULL,
    sent       BIGINT  NOT NULL, -- messages since
    staff      BOOLEAN NOT NULL, -- somebody of the staff has the conversation, or is waited for
    touched_at BIGINT  NOT NULL,
    PRIMARY KEY (account, desk, user_id)
);
CREATE INDEX kf_talk_touched ON kf_talk (touched_at);
-- Every message to a customer, before and after it is sent.
CREATE TABLE kf_send (
    account    TEXT   NOT NULL,
    event_key  TEXT   NOT NULL, -- what it answers
    number     BIGINT NOT NULL, -- from 0, among the messages of the answer
    desk       TEXT   NOT NULL,
    user_id    TEXT   NOT NULL,
    msg_id     TEXT   NOT NULL,
    kind       TEXT   NOT NULL,
    state      TEXT   NOT NULL, -- planned, sent, failed, unsent
    reason     TEXT   NOT NULL,
    planned_at BIGINT NOT NULL,
    settled_at BIGINT NOT NULL,
    PRIMARY KEY (account, event_key, number)
);
CREATE INDEX kf_send_message ON kf_send (account, msg_id);
CREATE INDEX kf_send_planned ON kf_send (planned_at);

-- +goose Down
DROP TABLE kf_send;
DROP TABLE kf_talk;
DROP TABLE kf_cursor;
