package app

import (
	"context"
	"errors"
	"strings"

	"go.uber.org/zap"

	"guanjia/bot"
	"guanjia/channel/wxapi"
	"guanjia/content"
	"guanjia/jobs"
	"guanjia/store"
	"guanjia/store/hot"
	hotredis "guanjia/store/hot/redis"
	hotsql "guanjia/store/hot/sql"
)

// OpenStore opens the records, for a bot or for a command beside one. It does not look at the schema.
func OpenStore(ctx context.Context, s StateSettings, log *zap.Logger, beside bool) (*store.Store, error) {
	o := store.Options{Log: log.Named("store"), Synchronous: strings.ToUpper(s.SqliteSynchronous), Beside: beside}
	st, err := store.Open(ctx, s.DatabaseURL.Reveal(), o)
	if err != nil {
		return nil, content.Problems{{What: scrub(err, s.DatabaseURL), Remedy: "check BOT_DATABASE_URL, that the database runs and that its folder can be written"}}
	}
	return st, nil
}

// Migrate brings the schema to this version.
func Migrate(ctx context.Context, st *store.Store) (from, to int64, err error) {
	if from, to, err = st.Migrate(ctx); err == nil {
		err = jobs.Migrate(ctx, st)
	}
	return from, to, schemaProblem(err, "nothing was lost; check that the database may be changed, and run 'guanjia migrate' again")
}

// CheckSchema refuses a database that another version of the program made.
func CheckSchema(ctx context.Context, st *store.Store) error {
	err := st.CheckSchema(ctx)
	if err == nil {
		err = jobs.CheckSchema(ctx, st)
	}
	return schemaProblem(err, "check BOT_DATABASE_URL and that the database may be read")
}

// schemaProblem adds to an error of the schema what to do about it.
func schemaProblem(err error, otherwise string) error {
	remedy := otherwise
	switch {
	case err == nil:
		return nil
	case errors.Is(err, store.ErrSchemaOlder), errors.Is(err, jobs.ErrSchemaOlder):
		remedy = "run 'guanjia migrate' first"
	case errors.Is(err, store.ErrSchemaNewer):
		remedy = "start the newer version of guanjia that made it"
	}
	return content.Problems{{What: err.Error(), Remedy: remedy}}
}

// hotState is a hot state with its life. The replicas share their access tokens and the caps of people through it too.
type hotState interface {
	bot.HotState
	wxapi.Shared
	hot.Caps
	hot.Pace
	Ping(context.Context) error
	Close() error
}

// openHot opens the sessions and leases: on Redis when there is one, else in the database of the records.
func openHot(ctx context.Context, s StateSettings, st *store.Store, log *zap.Logger) (hotState, error) {
	if s.RedisURL == "" {
		return hotsql.New(st, hotsql.Options{Log: log.Named("hot")}), nil
	}
	client, err := hotredis.Open(s.RedisURL.Reveal())
	if err != nil {
		return nil, content.Problems{{What: "BOT_REDIS_URL: " + scrub(err, s.RedisURL), Remedy: "write redis://host:6379/0 or another form of docs/reference/settings.md"}}
	}
	state := hotredis.New(client, hotredis.Options{Log: log.Named("hot")})
	ping, cancel := context.WithTimeout(ctx, pingTimeout)
	defer cancel()
	if err := state.Ping(ping); err != nil {
		return nil, errors.Join(content.Problems{{What: "Redis does not answer: " + scrub(err, s.RedisURL), Remedy: "check BOT_REDIS_URL and that Redis runs"}}, state.Close())
	}
	return state, nil
}

// scrub is the text of an error on one line, without a secret that a library may have put into it.
func scrub(err error, secrets ...Secret) string {
	text := err.Error()
	for _, s := range secrets {
		for _, part := range s.parts() {
			text = strings.ReplaceAll(text, part, hidden)
		}
	}
	return strings.Join(strings.FieldsFunc(text, func(r rune) bool { return r == '\n' || r == '\t' }), " ")
}
