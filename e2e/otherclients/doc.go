// Package otherclients proves the simulated platforms with a bot that knows nothing of them: a small program for Node.js on
// packages of other vendors, as people write them for the real platforms. It has tests only.
package otherclients
