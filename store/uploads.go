package store

import (
	"context"
	"fmt"
	"time"
)

// Upload is a file that the platform keeps.
type Upload struct {
	Owner     string // the corp or official account that may use it: the platform's kind and id
	Form      string // what it was uploaded as
	Sum       string // SHA-256 of the file, hex
	MediaID   string // what it is called there: an id, or the address of a picture
	Uploaded  time.Time
	ExpiresAt time.Time // zero: never
}

// SaveUpload writes down what the platform keeps, in the place of what it kept of the same file before.
func (s *Store) SaveUpload(ctx context.Context, u Upload) error {
	_, err := InTx(ctx, s, func(ctx context.Context, tx *Tx) (int, error) {
		return tx.Exec(ctx, `INSERT INTO uploads (owner, form, sum, media_id, uploaded_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6)
			ON CONFLICT (owner, form, sum) DO UPDATE SET media_id = excluded.media_id, uploaded_at = excluded.uploaded_at, expires_at = excluded.expires_at`,
			clean(u.Owner), clean(u.Form), clean(u.Sum), clean(u.MediaID), ms(u.Uploaded), ms(u.ExpiresAt))
	})
	if err != nil {
		return fmt.Errorf("save an upload: %w", err)
	}
	return nil
}

// Uploads lists what the platform keeps for an owner, what has expired included.
func (s *Store) Uploads(ctx context.Context, owner string) ([]Upload, error) {
	all, err := All(ctx, s.read(), func(r Row) (Upload, error) {
		u := Upload{Owner: owner}
		var uploaded, expires int64
		err := r.Scan(&u.Form, &u.Sum, &u.MediaID, &uploaded, &expires)
		u.Uploaded, u.ExpiresAt = fromMS(uploaded), fromMS(expires)
		return u, err
	}, "SELECT form, sum, media_id, uploaded_at, expires_at FROM uploads WHERE owner = $1 ORDER BY form, sum", owner)
	if err != nil {
		return nil, fmt.Errorf("list uploads: %w", err)
	}
	return all, nil
}

// DropUpload forgets what the platform does not know any more, and tells whether it was known. What has been uploaded again
// meanwhile has another id and stays.
func (s *Store) DropUpload(ctx context.Context, owner, mediaID string) (bool, error) {
	n, err := InTx(ctx, s, func(ctx context.Context, tx *Tx) (int, error) {
		return tx.Exec(ctx, "DELETE FROM uploads WHERE owner = $1 AND media_id = $2", clean(owner), clean(mediaID))
	})
	if err != nil {
		return false, fmt.Errorf("drop an upload: %w", err)
	}
	return n > 0, nil
}

// TrimUploads forgets what had expired by then.
func (s *Store) TrimUploads(ctx context.Context, before time.Time) (int, error) {
	n, err := InTx(ctx, s, func(ctx context.Context, tx *Tx) (int, error) {
		return tx.Exec(ctx, "DELETE FROM uploads WHERE expires_at > 0 AND expires_at < $1", ms(before))
	})
	if err != nil {
		return 0, fmt.Errorf("trim uploads: %w", err)
	}
	return n, nil
}
