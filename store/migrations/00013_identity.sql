-- +goose Up
-- Who was looked up, and under whose name one person's coupons, attempts and surveys are kept.
CREATE TABLE identity (
    account       TEXT   NOT NULL,
    user_id       TEXT   NOT NULL,
    unionid       TEXT   NOT NULL, -- empty: the platform tells none
    owner_account TEXT   NOT NULL,
    owner_user    TEXT   NOT NULL,
    looked_up_at  BIGINT NOT NULL,
    PRIMARY KEY (account, user_id)
);
CREATE INDEX identity_owner ON identity (owner_account, owner_user);
CREATE TABLE identity_union (
    unionid       TEXT NOT NULL PRIMARY KEY,
    owner_account TEXT NOT NULL,
    owner_user    TEXT NOT NULL
);
-- What two channels had both when they turned out to be one person's: it stayed where it was.
CREATE TABLE identity_left (
    what     TEXT   NOT NULL,
    campaign TEXT   NOT NULL,
    account  TEXT   NOT NULL,
    user_id  TEXT   NOT NULL,
    at       BIGINT NOT NULL,
    PRIMARY KEY (what, campaign, account, user_id)
);
-- Whom the code was given to, on which account, whoever keeps it now.
ALTER TABLE coupon_claim ADD COLUMN via_account TEXT NOT NULL DEFAULT '';
ALTER TABLE coupon_claim ADD COLUMN via_user TEXT NOT NULL DEFAULT '';
UPDATE coupon_claim SET via_account = account, via_user = user_id;
CREATE INDEX quiz_attempt_person ON quiz_attempt (account, user_id);
CREATE INDEX quiz_payout_person ON quiz_payout (account, user_id);

-- +goose Down
DROP INDEX quiz_payout_person;
DROP INDEX quiz_attempt_person;
ALTER TABLE coupon_claim DROP COLUMN via_user;
ALTER TABLE coupon_claim DROP COLUMN via_account;
DROP TABLE identity_left;
DROP TABLE identity_union;
DROP TABLE identity;
