package storetest

import (
	"testing"
	"time"

	"guanjia/store"
)

func uploads(t *testing.T, fresh Fresh) {
	s := Open(t, fresh(t))
	save := func(owner, form, sum, id string, at time.Time, life time.Duration) store.Upload {
		t.Helper()
		u := store.Upload{Owner: owner, Form: form, Sum: sum, MediaID: id, Uploaded: at}
		if life > 0 {
			u.ExpiresAt = at.Add(life)
		}
		ok(t, s.SaveUpload(t.Context(), u))
		return u
	}
	list := func(owner string) []store.Upload {
		t.Helper()
		all, err := s.Uploads(t.Context(), owner)
		ok(t, err)
		return all
	}
	drop := func(owner, id string, want bool) {
		t.Helper()
		known, err := s.DropUpload(t.Context(), owner, id)
		ok(t, err)
		equal(t, known, want)
	}
	const ours, theirs = "wecom:ww1", "official:wx1"
	equal(t, list(ours), []store.Upload(nil))

	image := save(ours, "image", "aa", "id-1", precise, 72*time.Hour)
	picture := save(ours, "picture", "aa", "https://pic/1", precise, 0)
	other := save(theirs, "image", "aa", "id-9", precise, 72*time.Hour)
	equal(t, list(ours), []store.Upload{image, picture})
	equal(t, list(theirs), []store.Upload{other})

	// Uploaded again: the old id is no more, and dropping it leaves the new one.
	image = save(ours, "image", "aa", "id-2", precise.Add(48*time.Hour), 72*time.Hour)
	drop(ours, "id-1", false)
	drop(theirs, "id-2", false)
	equal(t, list(ours), []store.Upload{image, picture})
	drop(ours, "id-2", true)
	drop(ours, "id-2", false)
	equal(t, list(ours), []store.Upload{picture})

	// What never expires stays.
	n, err := s.TrimUploads(t.Context(), precise.Add(72*time.Hour))
	ok(t, err)
	equal(t, n, 0)
	n, err = s.TrimUploads(t.Context(), precise.Add(72*time.Hour+time.Millisecond))
	ok(t, err)
	equal(t, n, 1)
	equal(t, list(theirs), []store.Upload(nil))
	equal(t, list(ours), []store.Upload{picture})
}
