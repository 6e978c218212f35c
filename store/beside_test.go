package store_test

import (
	"context"
	"database/sql"
	"path/filepath"
	"testing"
	"time"

	"guanjia/store"
)

// TestACommandWaitsForItsTurnBesideABotThatWrites: longer than SQLite does by itself.
func TestACommandWaitsForItsTurnBesideABotThatWrites(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "bot.db")
	command, err := store.Open(t.Context(), "sqlite:"+path, store.Options{Beside: true})
	if err != nil {
		t.Fatal(err)
	}
	defer command.Close()
	if _, _, err := command.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	bot, err := sql.Open("sqlite", "file:"+path+"?_txlock=immediate")
	if err != nil {
		t.Fatal(err)
	}
	defer bot.Close()
	writing, err := bot.BeginTx(context.Background(), nil)
	if err != nil {
		t.Fatal(err)
	}
	written := make(chan error, 1)
	go func() {
		_, err := store.InTx(context.Background(), command, func(ctx context.Context, tx *store.Tx) (int, error) {
			return tx.Exec(ctx, "DELETE FROM send_pause")
		})
		written <- err
	}()
	select {
	case err := <-written:
		t.Fatalf("it is written while the bot writes: %v", err)
	case <-time.After(6 * time.Second):
	}
	if err := writing.Rollback(); err != nil {
		t.Fatal(err)
	}
	if err := <-written; err != nil {
		t.Error(err)
	}
}
