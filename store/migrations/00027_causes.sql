-- +goose Up
-- Who began a survey; that they finished is in survey_participation.
CREATE TABLE survey_begun (
    campaign TEXT   NOT NULL,
    account  TEXT   NOT NULL,
    user_id  TEXT   NOT NULL,
    begun_at BIGINT NOT NULL, -- the last time
    PRIMARY KEY (campaign, account, user_id)
);
CREATE INDEX survey_begun_at ON survey_begun (campaign, begun_at, account, user_id);
CREATE INDEX survey_begun_person ON survey_begun (account, user_id);
-- What becomes due with time is looked for by it.
CREATE INDEX coupon_claim_expiring ON coupon_claim (campaign, expires_at, account, user_id) WHERE redeemed_at = 0 AND voided_at = 0;
CREATE INDEX quiz_attempt_open ON quiz_attempt (campaign, started_at, account, user_id) WHERE finished_at = 0;
CREATE INDEX follower_since ON follower (followed_at, account, user_id) WHERE following;

-- +goose Down
DROP INDEX follower_since;
DROP INDEX quiz_attempt_open;
DROP INDEX coupon_claim_expiring;
DROP TABLE survey_begun;
