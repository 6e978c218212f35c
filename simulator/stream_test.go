package simulator

import "testing"

// A page that does not keep up is cut off, so that it starts afresh; the others miss nothing.
func TestSlowPageIsCutOff(t *testing.T) {
	t.Parallel()
	st := newStream()
	slow, quick := st.watch(), st.watch()
	seen := 0
	for range streamBuffer + 1 {
		st.send(event{kind: "entry"})
		<-quick
		seen++
	}
	if got := len(slow); got != streamBuffer {
		t.Errorf("%d events wait for the slow page, want %d", got, streamBuffer)
	}
	for range streamBuffer {
		<-slow
	}
	if _, open := <-slow; open {
		t.Error("the slow page is still told")
	}
	st.leave(slow) // twice gone is gone
	st.close()
	if _, open := <-quick; open || seen != streamBuffer+1 {
		t.Errorf("the quick page saw %d events", seen)
	}
	if _, open := <-st.watch(); open {
		t.Error("a page was let in after the end")
	}
}
