-- +goose Up
-- Written now and then to see whether the database takes writes.
CREATE TABLE probe (
    name TEXT   NOT NULL PRIMARY KEY,
    at   BIGINT NOT NULL
);

-- +goose Down
DROP TABLE probe;
