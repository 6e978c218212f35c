package coupon_test

import (
	"testing"

	"guanjia/bot/bottest"
	"guanjia/content"
	"guanjia/content/sample"
	"guanjia/handlers/coupon"
)

// FuzzLoad: whatever a file of the kind holds, it is loaded or told about with a remedy, and brings nothing down.
func FuzzLoad(f *testing.F) {
	seed, err := sample.FS.ReadFile("coupon.yaml")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(seed)
	f.Fuzz(func(t *testing.T, file []byte) {
		d, ps := content.Parse("f.yaml", file, []string{"coupon"})
		if ps == nil {
			_, ps = coupon.Load([]content.Doc{d}, bottest.Zone)
		}
		for _, p := range ps {
			if p.What == "" || p.Remedy == "" || p.File != "f.yaml" {
				t.Errorf("problem %+v", p)
			}
		}
	})
}
