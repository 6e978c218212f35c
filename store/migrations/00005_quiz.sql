-- +goose Up
CREATE TABLE quiz_attempt (
    id          TEXT   NOT NULL PRIMARY KEY,
    campaign    TEXT   NOT NULL,
    account     TEXT   NOT NULL,
    user_id     TEXT   NOT NULL,
    no          BIGINT NOT NULL,
    event_key   TEXT   NOT NULL,
    started_at  BIGINT NOT NULL,
    finished_at BIGINT NOT NULL, -- 0: open
    score       BIGINT NOT NULL,
    max_score   BIGINT NOT NULL,
    correct     BIGINT NOT NULL,
    questions   BIGINT NOT NULL,
    took_ms     BIGINT NOT NULL,
    answers     BYTEA
);
CREATE UNIQUE INDEX quiz_attempt_no ON quiz_attempt (campaign, account, user_id, no);

-- The best finished attempt of everybody. Ranks run along the index, so deficit is the score negated: more is less.
CREATE TABLE quiz_standing (
    campaign    TEXT   NOT NULL,
    account     TEXT   NOT NULL,
    user_id     TEXT   NOT NULL,
    deficit     BIGINT NOT NULL,
    took_ms     BIGINT NOT NULL,
    finished_at BIGINT NOT NULL,
    PRIMARY KEY (campaign, account, user_id)
);
CREATE UNIQUE INDEX quiz_standing_rank ON quiz_standing (campaign, deficit, took_ms, finished_at, user_id, account);
CREATE INDEX quiz_standing_person ON quiz_standing (account, user_id);

-- Participants are shown while people answer; counting them each time would cost more the better a quiz goes.
CREATE TABLE quiz_total (
    campaign     TEXT   NOT NULL PRIMARY KEY,
    participants BIGINT NOT NULL
);

CREATE TABLE quiz_settlement (
    campaign      TEXT   NOT NULL PRIMARY KEY,
    participants  BIGINT NOT NULL,
    pool_fen      BIGINT NOT NULL,
    share_fen     BIGINT NOT NULL,
    remainder_fen BIGINT NOT NULL,
    rule          TEXT   NOT NULL,
    settled_at    BIGINT NOT NULL
);
CREATE TABLE quiz_payout (
    campaign    TEXT   NOT NULL,
    place       BIGINT NOT NULL,
    account     TEXT   NOT NULL,
    user_id     TEXT   NOT NULL,
    fen         BIGINT NOT NULL,
    score       BIGINT NOT NULL,
    took_ms     BIGINT NOT NULL,
    finished_at BIGINT NOT NULL,
    PRIMARY KEY (campaign, account, user_id)
);
CREATE UNIQUE INDEX quiz_payout_place ON quiz_payout (campaign, place, user_id, account);

-- +goose Down
DROP TABLE quiz_payout;
DROP TABLE quiz_settlement;
DROP TABLE quiz_total;
DROP TABLE quiz_standing;
DROP TABLE quiz_attempt;
