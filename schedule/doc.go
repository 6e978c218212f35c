// Package schedule says things at their time: by the clock (every morning at 08:30), around a moment (a day, an hour and ten minutes
// before a live stream), or because of what somebody did or left undone (a coupon that is about to expire, a quiz that nobody finished).
// When it is their time, pushes go to package outbound, which decides about each of them.
//
// What happens at times is a Plan. A Service keeps plans in the records: one row for each, with the time up to which all is dealt with (a
// watermark), and one row for each time that came, its slot. The job of a slot writes the slot down and inserts the job of the next one in
// the same transaction, so that any number of replicas, restarts and clocks that jump lead to one run a slot.
//
// Plans are what the content says now. Each change of it makes a new version of the plan's row; jobs of an older one do nothing.
package schedule
