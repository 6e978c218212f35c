package ask

import (
	"reflect"
	"regexp"
	"slices"
	"strings"
)

// Fill puts values into a sentence: Fill("还差 {n} 人", "{n}", "3") is "还差 3 人". Of places given twice the first counts; what is
// put in is not looked through again.
func Fill(sentence string, places ...string) string {
	var b strings.Builder
	for {
		start := strings.IndexByte(sentence, '{')
		if start < 0 {
			break
		}
		end := strings.IndexByte(sentence[start:], '}')
		if end < 0 {
			break
		}
		value, known := lookUp(places, sentence[start:start+end+1])
		if !known { // a bracket and no more: go on behind it
			end, value = 0, "{"
		}
		b.WriteString(sentence[:start])
		b.WriteString(value)
		sentence = sentence[start+end+1:]
	}
	if b.Len() == 0 {
		return sentence
	}
	b.WriteString(sentence)
	return b.String()
}

func lookUp(places []string, place string) (value string, known bool) {
	for i := 0; i+1 < len(places); i += 2 {
		if places[i] == place {
			return places[i+1], true
		}
	}
	return "", false
}

// Sentence is one sentence of a handler's texts, by the key that content calls it.
type Sentence struct {
	Key   string
	Text  string
	Holds []string // the placeholders it may hold
}

var placeholder = regexp.MustCompile(`\{[a-z_]+\}`)

// Sentences lists what given, a struct of strings with yaml keys, says. Each may hold the placeholders of its namesake in
// defaults.
func Sentences[T any](given, defaults T) []Sentence {
	values, originals := reflect.ValueOf(given), reflect.ValueOf(defaults)
	var all []Sentence
	for i := range values.NumField() {
		text := values.Field(i).String()
		if text == "" {
			continue
		}
		key, _, _ := strings.Cut(values.Type().Field(i).Tag.Get("yaml"), ",")
		holds := placeholder.FindAllString(originals.Field(i).String(), -1)
		slices.Sort(holds)
		all = append(all, Sentence{Key: key, Text: text, Holds: slices.Compact(holds)})
	}
	return all
}

// Complete fills what given, a struct of strings, leaves empty from defaults.
func Complete[T any](given, defaults T) T {
	values, originals := reflect.ValueOf(&given).Elem(), reflect.ValueOf(defaults)
	for i := range values.NumField() {
		if f := values.Field(i); f.String() == "" {
			f.SetString(originals.Field(i).String())
		}
	}
	return given
}
