// Package jobs keeps work that has to be done, once and at its time, in the database of the records: a job is written in the
// transaction that causes it, so that there is neither a cause without its job nor a job without its cause.
//
// It is River (github.com/riverqueue/river) behind a face that does not differ between SQLite and PostgreSQL. A job is done at
// least once: a process that is killed in the middle of it leaves it to another, or to itself after a restart. What must not
// happen twice is the business of whoever does it.
//
//	type reminder struct{ Person bot.Person }
//	func (reminder) Kind() string { return "reminder" }
//
//	kinds := jobs.NewKinds()
//	jobs.Add(kinds, func(ctx context.Context, j jobs.Job[reminder]) error { ... })
//	queue, err := jobs.Open(ctx, jobs.Config{Store: st, Kinds: kinds})
//	err = queue.Insert(ctx, tx, jobs.New(reminder{p}).At(tomorrow).Once())
package jobs
