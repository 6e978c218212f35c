package store_test

import (
	"testing"

	"guanjia/internal/testproc"
	"guanjia/store/storetest"
)

func BenchmarkJournal(b *testing.B) {
	b.Run("SQLite", func(b *testing.B) { storetest.BenchJournal(b, storetest.Open(b, sqliteURL(b))) })
	b.Run("PostgreSQL", func(b *testing.B) { storetest.BenchJournal(b, storetest.Open(b, testproc.Postgres(b))) })
}

func BenchmarkClaim(b *testing.B) {
	b.Run("SQLite", func(b *testing.B) { storetest.BenchClaim(b, storetest.Open(b, sqliteURL(b))) })
	b.Run("PostgreSQL", func(b *testing.B) { storetest.BenchClaim(b, storetest.Open(b, testproc.Postgres(b))) })
}
