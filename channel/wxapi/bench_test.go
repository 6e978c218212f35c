package wxapi_test

import "testing"

// BenchmarkToken is what a call pays for a token that is known.
func BenchmarkToken(b *testing.B) {
	p := newPlatform(b)
	s := p.source(b, nil)
	ctx := b.Context()
	token(b, s)
	b.Run("one", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := s.Token(ctx); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("many", func(b *testing.B) {
		b.ReportAllocs()
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				if _, err := s.Token(ctx); err != nil {
					b.Error(err)
				}
			}
		})
	})
}

// BenchmarkPost is a call with its answer, over loopback.
func BenchmarkPost(b *testing.B) {
	p := newPlatform(b)
	s, c := p.source(b, nil), p.caller()
	in := map[string]any{"touser": "zhang", "msgtype": "text", "text": map[string]string{"content": "您好"}}
	b.ReportAllocs()
	for b.Loop() {
		if err := c.Post(b.Context(), s, api, in, nil); err != nil {
			b.Fatal(err)
		}
	}
}
