// Package wxmedia keeps the files of the content on the platforms: uploaded ahead, so that nobody waits for them, and uploaded
// again before the platform forgets them.
//
// Messages name files of the content. The Keeper uploads each for every corp and official account that it is for, by one process
// for all, writes down the ids, and uploads again after two of their three days. Just before a reply is fitted to its channel, a
// Fitter fills in the ids that live. A file without one is left out of what it says, and named where files are named; the rest of
// the reply goes out.
//
// The package imports bot, content, store (the record's type) and wxapi.
package wxmedia
