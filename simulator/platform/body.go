package platform

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"reflect"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Decode reads the call's JSON body into v as strictly as the platform does: UTF-8, no escapes for what can stand as it is,
// one value, the names in upper and lower case as documented, numbers as numbers and strings as strings. Its error is the
// refusal to answer with. Unknown names are ignored.
func (c *Call) Decode(v any) error {
	switch {
	case len(bytes.TrimSpace(c.Body)) == 0:
		return Refuse(CodeEmptyBody, "empty post data")
	case !utf8.Valid(c.Body):
		return c.malformed()
	case !c.api.lenient && escapes(c.Body):
		return Refuse(CodeEscapes, "invalid charset. please check your request, if include \\uxxxx will create fail")
	}
	d := json.NewDecoder(bytes.NewReader(c.Body))
	d.UseNumber()
	var whole any
	if d.Decode(&whole) != nil {
		return c.malformed()
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return c.malformed()
	}
	if _, ok := whole.(map[string]any); !ok {
		return c.malformed()
	}
	exact, err := json.Marshal(exactly(reflect.TypeOf(v), whole))
	if err != nil || json.Unmarshal(exact, v) != nil {
		return c.malformed()
	}
	return nil
}

func (c *Call) malformed() error {
	if c.kind == WeCom {
		return Refuse(CodeBadParameters, "invalid Request Parameter. Warning: wrong json format.")
	}
	return Refuse(CodeNotJSON, "data format error")
}

// escapes tells whether a JSON text writes a character as \uXXXX that could stand as it is: only control characters can't.
func escapes(text []byte) bool {
	for i := 0; i+1 < len(text); i++ {
		if text[i] != '\\' {
			continue
		}
		i++
		if text[i] != 'u' || i+4 >= len(text) {
			continue
		}
		if n, err := strconv.ParseUint(string(text[i+1:i+5]), 16, 32); err == nil && n >= ' ' && (n < 0x7F || n > 0x9F) {
			return true
		}
	}
	return false
}

// exactly drops the names that Go would read though they differ from the documented ones in upper and lower case.
func exactly(t reflect.Type, v any) any {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch v := v.(type) {
	case map[string]any:
		switch t.Kind() {
		case reflect.Struct:
			return exactFields(t, v)
		case reflect.Map:
			for name := range v {
				v[name] = exactly(t.Elem(), v[name])
			}
		}
	case []any:
		if t.Kind() == reflect.Slice || t.Kind() == reflect.Array {
			for i := range v {
				v[i] = exactly(t.Elem(), v[i])
			}
		}
	}
	return v
}

func exactFields(t reflect.Type, v map[string]any) map[string]any {
	kept := map[string]any{}
	for _, f := range reflect.VisibleFields(t) {
		if f.Anonymous || !f.IsExported() {
			continue
		}
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "" {
			name = f.Name
		}
		if field, ok := v[name]; ok {
			kept[name] = exactly(f.Type, field)
		}
	}
	return kept
}
