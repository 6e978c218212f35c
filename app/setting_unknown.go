package app

import (
	"cmp"
	"slices"
	"strings"

	"guanjia/bot"
	"guanjia/content"
)

// unknown finds variables that nobody reads, and the known name nearest to each.
func unknown(v *values, accounts []bot.AccountName) content.Problems {
	known := map[string]bool{}
	for _, s := range settingsFor(accounts) {
		known[s.Key] = true
		if s.secret() {
			known[s.keyAsFile()] = true
		}
	}
	var ps content.Problems
	for key := range v.byKey {
		if !known[key] {
			ps = append(ps, v.problem(key, "is not known", remedyFor(key, known)))
		}
	}
	slices.SortFunc(ps, func(a, b content.Problem) int { return cmp.Compare(a.What, b.What) })
	return ps
}

func remedyFor(key string, known map[string]bool) string {
	// A quarter of the letters may be wrong; a remote guess would only puzzle.
	own := strings.TrimPrefix(strings.TrimPrefix(key, varPrefix+"_"), "ACCOUNT_")
	best, distance := "", len(own)/4+1
	for k := range known {
		if d := editDistance(key, k); d < distance || d == distance && k < best {
			best, distance = k, d
		}
	}
	switch {
	case best != "":
		return "did you mean " + best + "?"
	case strings.HasPrefix(key, varPrefix+"_ACCOUNT_"):
		return "name its account in BOT_ACCOUNTS, or remove it"
	}
	return "remove it; docs/reference/settings.md lists the variables"
}

// editDistance counts the letters to insert, delete, replace or swap with their neighbour to get from a to b.
func editDistance(a, b string) int {
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			rows[i][j] = min(rows[i-1][j]+1, rows[i][j-1]+1, rows[i-1][j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				rows[i][j] = min(rows[i][j], rows[i-2][j-2]+1)
			}
		}
	}
	return rows[len(a)][len(b)]
}
