// Package calendar says when something comes next, by the clock on the wall: pure functions of a rule, a moment and a time zone.
//
// A time of the wall clock happens once, whatever the zone does to its clocks. One that is left out when clocks go forward happens at
// that moment; one that comes twice when they go back happens the first time.
package calendar
