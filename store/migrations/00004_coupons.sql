-- +goose Up
CREATE TABLE coupon (
    code     TEXT   NOT NULL PRIMARY KEY,
    campaign TEXT   NOT NULL,
    seq      BIGINT NOT NULL, -- codes are given in the order of import
    taken_at BIGINT           -- NULL: free
);
CREATE INDEX coupon_free ON coupon (campaign, seq) WHERE taken_at IS NULL;
CREATE INDEX coupon_campaign ON coupon (campaign);

CREATE TABLE coupon_claim (
    campaign    TEXT   NOT NULL,
    account     TEXT   NOT NULL,
    user_id     TEXT   NOT NULL,
    event_key   TEXT   NOT NULL,
    code        TEXT, -- NULL only inside the claiming transaction
    claimed_at  BIGINT NOT NULL,
    expires_at  BIGINT NOT NULL,
    voided_at   BIGINT NOT NULL,
    redeemed_at BIGINT NOT NULL,
    redeemed_by TEXT   NOT NULL,
    redeem_key  TEXT   NOT NULL,
    PRIMARY KEY (campaign, account, user_id)
);
CREATE UNIQUE INDEX coupon_claim_code ON coupon_claim (code);
CREATE INDEX coupon_claim_person ON coupon_claim (account, user_id);

-- How many codes were made for a campaign whose codes are not imported.
CREATE TABLE coupon_made (
    campaign TEXT   NOT NULL PRIMARY KEY,
    made     BIGINT NOT NULL
);

-- +goose Down
DROP TABLE coupon_made;
DROP TABLE coupon_claim;
DROP TABLE coupon;
