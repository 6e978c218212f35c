package wxcrypt

import (
	"testing"
	"time"

	"github.com/silenceper/wechat/v2/util"
)

func BenchmarkOpen(b *testing.B) {
	v := vectorNamed(b, "wecom-official-message")
	c := NewCodec(v.Token, v.key(b), v.ReceiveID)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.Open(v.MsgSignature, v.Timestamp, v.Nonce, v.Encrypt); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkOpenBySDK(b *testing.B) {
	v := vectorNamed(b, "wecom-official-message")
	b.ReportAllocs()
	for b.Loop() {
		if util.Signature(v.Token, v.Timestamp, v.Nonce, v.Encrypt) != v.MsgSignature {
			b.Fatal("signature")
		}
		if _, _, err := util.DecryptMsg(v.ReceiveID, v.Encrypt, v.AESKey); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSeal(b *testing.B) {
	v := vectorNamed(b, "wecom-official-message")
	c := NewCodec(v.Token, v.key(b), v.ReceiveID)
	now := time.Unix(1760000000, 0)
	var buf []byte
	b.ReportAllocs()
	for b.Loop() {
		buf = c.Seal(buf[:0], []byte(v.Plain), now)
	}
}
