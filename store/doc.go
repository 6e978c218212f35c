// Package store keeps the records: what happened, who follows, which coupon is whose, what was answered. It is one
// implementation with one SQL text for two engines, SQLite and PostgreSQL.
//
// The life of one write: a method hands its statements to inTx. On PostgreSQL that is a transaction of its own. On SQLite,
// which has one writer, transactions that arrive together share one commit, so that the disk is waited for once. A write
// that a retried event asks for again is recognised by its event key and answered as the first time.
//
// Expected outcomes (sold out, redeemed already) are results; errors are for what the caller can't decide. Times are kept as
// milliseconds UTC, 0 for none. The package imports bot, the standard library and its drivers.
package store
