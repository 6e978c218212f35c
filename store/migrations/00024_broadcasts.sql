-- +goose Up
-- What is written to many at once, from the draft to what became of it.
CREATE TABLE broadcast (
    id           TEXT   NOT NULL PRIMARY KEY,
    name         TEXT   NOT NULL,
    account      TEXT   NOT NULL,
    kind         TEXT   NOT NULL, -- people, mass, group_send, groups, robot
    draft        BYTEA  NOT NULL, -- the whole of it, as it was checked
    state        TEXT   NOT NULL, -- draft, scheduled, sending, paused, sent, cancelled
    start_at     BIGINT NOT NULL, -- 0: nobody said
    as_of        BIGINT NOT NULL, -- the moment that spans of the segment are counted from
    audience     BIGINT NOT NULL, -- as counted when it was started
    page         BIGINT NOT NULL, -- pages that are written down
    page_cursor  TEXT   NOT NULL, -- the last person of them
    enqueued     BIGINT NOT NULL,
    spread_at    BIGINT NOT NULL, -- when the last page was; 0: there are more
    ended_at     BIGINT NOT NULL,
    previewed_at BIGINT NOT NULL,
    dry_run      BYTEA  NOT NULL, -- the last one's result; empty: none
    dry_run_at   BIGINT NOT NULL,
    problem      TEXT   NOT NULL,
    created_at   BIGINT NOT NULL,
    changed_at   BIGINT NOT NULL
);
CREATE INDEX broadcast_created ON broadcast (created_at);
CREATE INDEX broadcast_open ON broadcast (state) WHERE state IN ('scheduled', 'sending', 'paused');

-- Who did what to it.
CREATE TABLE broadcast_act (
    broadcast TEXT   NOT NULL,
    number    BIGINT NOT NULL,
    who       TEXT   NOT NULL,
    act       TEXT   NOT NULL,
    detail    TEXT   NOT NULL,
    at        BIGINT NOT NULL,
    PRIMARY KEY (broadcast, number)
);

-- Calls of the platform that write to many at once.
CREATE TABLE broadcast_call (
    broadcast  TEXT   NOT NULL,
    number     BIGINT NOT NULL,
    body       BYTEA  NOT NULL, -- to whom; empty once it is over
    people     BIGINT NOT NULL,
    state      TEXT   NOT NULL, -- planned, calling, taken, done, failed, unknown, cancelled
    msg_id     TEXT   NOT NULL, -- the platform's
    detail     TEXT   NOT NULL,
    sent       BIGINT NOT NULL,
    failed     BIGINT NOT NULL,
    waiting    BIGINT NOT NULL, -- for a member of the staff to confirm
    outcome    BYTEA  NOT NULL, -- counts by what the platform says
    called_at  BIGINT NOT NULL,
    settled_at BIGINT NOT NULL,
    PRIMARY KEY (broadcast, number)
);
CREATE INDEX broadcast_call_message ON broadcast_call (msg_id) WHERE msg_id <> '';

-- +goose Down
DROP TABLE broadcast_call;
DROP TABLE broadcast_act;
DROP TABLE broadcast;
