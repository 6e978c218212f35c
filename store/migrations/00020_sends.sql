-- +goose Up
-- Every message that goes out by itself, from the moment somebody wants it to what became of it.
CREATE TABLE send (
    id            TEXT    NOT NULL PRIMARY KEY, -- made of account, person and cause, so that a cause leads to one
    account       TEXT    NOT NULL,
    user_id       TEXT    NOT NULL,
    cause         TEXT    NOT NULL,
    campaign      TEXT    NOT NULL,
    topic         TEXT    NOT NULL,
    budget        TEXT    NOT NULL, -- push, reply
    priority      BIGINT  NOT NULL, -- 1 service to 4 tip
    ways          TEXT    NOT NULL, -- in order, separated by commas
    not_before    BIGINT  NOT NULL,
    expires_at    BIGINT  NOT NULL, -- 0: never
    content       BYTEA   NOT NULL, -- empty once it is settled
    state         TEXT    NOT NULL, -- queued, waiting, held, sending, sent, unknown, failed, dropped
    way           TEXT    NOT NULL,
    reason        TEXT    NOT NULL,
    detail        TEXT    NOT NULL, -- the platform's code
    due_at        BIGINT  NOT NULL, -- when it is next looked at
    tries         BIGINT  NOT NULL,
    parts         BIGINT  NOT NULL, -- messages of it that are on their way or there
    claimed_by    TEXT    NOT NULL,
    claimed_at    BIGINT  NOT NULL, -- by the database's clock
    sending_at    BIGINT  NOT NULL, -- when it went out; 0: it did not
    counted       BOOLEAN NOT NULL, -- against the caps of the person
    msg_id        TEXT    NOT NULL, -- the platform's
    created_at    BIGINT  NOT NULL,
    settled_at    BIGINT  NOT NULL
);
CREATE INDEX send_person ON send (account, user_id, sending_at);
CREATE INDEX send_open ON send (account, user_id) WHERE state IN ('queued', 'waiting');
CREATE INDEX send_held ON send (account, user_id) WHERE state = 'held';
CREATE INDEX send_due ON send (due_at) WHERE state IN ('queued', 'waiting', 'sending');
CREATE INDEX send_campaign ON send (campaign, state, reason) WHERE campaign <> '';
CREATE INDEX send_settled ON send (settled_at) WHERE settled_at > 0;
CREATE INDEX send_message ON send (account, msg_id) WHERE msg_id <> '';

CREATE TABLE send_pause (
    scope     TEXT   NOT NULL, -- all, account, campaign
    name      TEXT   NOT NULL, -- of the account or campaign
    paused_at BIGINT NOT NULL,
    PRIMARY KEY (scope, name)
);
-- How often an account used a way in a day of the platform, and whether that is closed to it.
CREATE TABLE send_quota (
    account    TEXT   NOT NULL,
    way        TEXT   NOT NULL,
    day        TEXT   NOT NULL, -- in China
    pushes     BIGINT NOT NULL,
    replies    BIGINT NOT NULL,
    PRIMARY KEY (account, way, day)
);
CREATE TABLE send_closed (
    account TEXT   NOT NULL,
    way     TEXT   NOT NULL,
    reason  TEXT   NOT NULL,
    detail  TEXT   NOT NULL,
    opens_at BIGINT NOT NULL,
    PRIMARY KEY (account, way)
);

-- +goose Down
DROP TABLE send_closed;
DROP TABLE send_quota;
DROP TABLE send_pause;
DROP TABLE send;
