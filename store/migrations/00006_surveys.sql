-- +goose Up
-- Who took part, apart from what was said.
CREATE TABLE survey_participation (
    campaign TEXT   NOT NULL,
    account  TEXT   NOT NULL,
    user_id  TEXT   NOT NULL,
    at       BIGINT NOT NULL, -- of the last time
    PRIMARY KEY (campaign, account, user_id)
);
CREATE INDEX survey_participation_person ON survey_participation (account, user_id);
-- Every event that submitted something, so that the same one again is told the same.
CREATE TABLE survey_submission (
    campaign  TEXT    NOT NULL,
    account   TEXT    NOT NULL,
    event_key TEXT    NOT NULL,
    user_id   TEXT    NOT NULL,
    counted   BOOLEAN NOT NULL,
    PRIMARY KEY (campaign, account, event_key)
);
CREATE INDEX survey_submission_person ON survey_submission (account, user_id);

-- Anonymous responses have no person, no key, whole days for times and a random id.
CREATE TABLE survey_response (
    id          TEXT    NOT NULL PRIMARY KEY,
    campaign    TEXT    NOT NULL,
    anonymous   BOOLEAN NOT NULL,
    account     TEXT    NOT NULL,
    user_id     TEXT    NOT NULL,
    event_key   TEXT    NOT NULL,
    started_at  BIGINT  NOT NULL,
    finished_at BIGINT  NOT NULL,
    complete    BOOLEAN NOT NULL,
    answers     BYTEA   NOT NULL
);
CREATE INDEX survey_response_campaign ON survey_response (campaign, id);
CREATE INDEX survey_response_person ON survey_response (account, user_id) WHERE NOT anonymous;

-- +goose Down
DROP TABLE survey_response;
DROP TABLE survey_submission;
DROP TABLE survey_participation;
