package consent_test

import (
	"testing"

	"guanjia/bot/bottest"
	"guanjia/content"
	"guanjia/content/sample"
	"guanjia/handlers/consent"
)

// FuzzLoad: whatever a file of the kind holds, it is loaded or told about with a remedy, and brings nothing down.
func FuzzLoad(f *testing.F) {
	seed, err := sample.FS.ReadFile("consent.yaml")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(seed)
	f.Fuzz(func(t *testing.T, file []byte) {
		d, ps := content.Parse("f.yaml", file, []string{"consent"})
		if ps == nil {
			_, ps = consent.Load([]content.Doc{d}, bottest.Zone)
		}
		for _, p := range ps {
			if p.What == "" || p.Remedy == "" || p.File != "f.yaml" {
				t.Errorf("problem %+v", p)
			}
		}
	})
}
