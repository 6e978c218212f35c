-- +goose Up
-- What the platform keeps for an account of its own: a corp or an official account.
CREATE TABLE uploads (
    owner       TEXT   NOT NULL,
    form        TEXT   NOT NULL,
    sum         TEXT   NOT NULL, -- SHA-256 of the file
    media_id    TEXT   NOT NULL, -- or the address of a picture
    uploaded_at BIGINT NOT NULL,
    expires_at  BIGINT NOT NULL, -- 0: never
    PRIMARY KEY (owner, form, sum)
);

-- +goose Down
DROP TABLE uploads;
