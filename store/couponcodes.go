package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// importMax bounds the codes of one ImportCodes.
const importMax = 1000

// ImportResult is what became of a chunk of codes.
type ImportResult struct {
	Added     int
	Existing  int      // in the campaign already, or twice in the chunk
	Conflicts []string // belong to another campaign, and stay there
}

// ImportCodes adds at most 1,000 codes to a campaign in one transaction. Importing them again is harmless.
func (s *Store) ImportCodes(ctx context.Context, campaign string, codes []string, at time.Time) (ImportResult, error) {
	switch {
	case len(codes) == 0:
		return ImportResult{}, nil
	case len(codes) > importMax:
		return ImportResult{}, fmt.Errorf("import codes of %s: %d at once, at most %d are taken", campaign, len(codes), importMax)
	}
	r, err := InTx(ctx, s, func(ctx context.Context, tx *Tx) (ImportResult, error) {
		return importCodes(ctx, tx, campaign, codes, at)
	})
	if err != nil {
		return ImportResult{}, fmt.Errorf("import codes of %s: %w", campaign, err)
	}
	return r, nil
}

func importCodes(ctx context.Context, tx *Tx, campaign string, codes []string, at time.Time) (ImportResult, error) {
	args := make([]any, 0, 3*len(codes))
	names := make([]any, 0, len(codes))
	for i, code := range codes {
		if code == "" || clean(code) != code {
			return ImportResult{}, fmt.Errorf("%q is no code", strings.ToValidUTF8(code, "\uFFFD"))
		}
		// Microseconds leave room for the place within the chunk.
		args = append(args, code, campaign, at.UnixMicro()+int64(i))
		names = append(names, code)
	}
	added, err := tx.Exec(ctx, "INSERT INTO coupon (code, campaign, seq) VALUES "+placeholders(1, len(codes), 3)+" ON CONFLICT DO NOTHING", args...)
	if err != nil || added == len(codes) {
		return ImportResult{Added: added}, err
	}
	conflicts, err := All(ctx, tx, scalar[string], "SELECT code FROM coupon WHERE campaign <> $1 AND code IN "+placeholders(2, 1, len(names))+" ORDER BY code",
		append([]any{campaign}, names...)...)
	if err != nil {
		return ImportResult{}, errors.Join(errors.New("read codes of other campaigns"), err)
	}
	return ImportResult{Added: added, Existing: len(codes) - added - len(conflicts), Conflicts: conflicts}, nil
}
