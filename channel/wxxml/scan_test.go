package wxxml

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestScanRefuses(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, doc string
		want      error
	}{
		{"nothing", "", errNotXML},
		{"white space", " \n", errNotXML},
		{"JSON", `{"ToUserName":"gh"}`, errNotXML},
		{"text", "hello", errNotXML},
		{"CDATA alone", "<![CDATA[x]]>", errNotXML},
		{"another root", "<html></html>", errRoot},
		{"root in capitals", "<XML></XML>", errRoot},
		{"a document type", `<!DOCTYPE xml><xml></xml>`, errDeclaration},
		{"an external entity", `<?xml version="1.0"?><!DOCTYPE xml [<!ENTITY e SYSTEM "file:///etc/passwd">]><xml><a>&e;</a></xml>`, errDeclaration},
		{"an entity declared inside", `<xml><!ENTITY e "x"><a>&e;</a></xml>`, errDeclaration},
		{"an entity nobody declared", "<xml><a>&nbsp;</a></xml>", errEntity},
		{"an ampersand alone", "<xml><a>b & c</a></xml>", errEntity},
		{"an entity without end", "<xml><a>&amp</a></xml>", errEntity},
		{"a character reference in words", "<xml><a>&#one;</a></xml>", errEntity},
		{"a character reference beyond 32 bits", "<xml><a>&#99999999999;</a></xml>", errEntity},
		{"a signed character reference", "<xml><a>&#-1;</a></xml>", errEntity},
		{"two documents", "<xml></xml><xml></xml>", errTrailing},
		{"text behind", "<xml></xml>x", errTrailing},
		{"an element left open", "<xml><a>", errTruncated},
		{"a tag left open", "<xml><a", errTruncated},
		{"a quote left open", `<xml><a b="></a></xml>`, errTruncated},
		{"CDATA left open", "<xml><![CDATA[", errTruncated},
		{"a comment left open", "<xml><!-- </xml>", errTruncated},
		{"an instruction left open", "<?xml ", errTruncated},
		{"an end tag left open", "<xml></xml", errTruncated},
		{"ends in the wrong order", "<xml><a><b></a></b></xml>", errNesting},
		{"an end before any start", "</xml>", errNesting},
		{"the wrong end", "<xml></a>", errNesting},
		{"a nameless tag", "<xml><></></xml>", errTag},
		{"white space for a name", "<xml>< a></a></xml>", errTag},
		{"a tag in a tag", "<xml><a<b></b></a></xml>", errTag},
		{"a quote for a name", `<xml><"a"></a></xml>`, errTag},
		{"a thousand levels", "<xml>" + strings.Repeat("<a>", 1000) + strings.Repeat("</a>", 1000) + "</xml>", errTooDeep},
		{"ten thousand elements", "<xml>" + strings.Repeat("<a/>", 10000) + "</xml>", errTooMany},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			var s Scanner
			if es, err := s.Scan(tc.doc); !errors.Is(err, tc.want) || es != nil {
				t.Errorf("scan = %v, %v; want %v", es, err, tc.want)
			}
		})
	}
}

func TestScanRefusesEveryTruncation(t *testing.T) {
	t.Parallel()
	doc := "<xml>\n" + strings.Repeat("<Item><A>1</A> <B><![CDATA[]]></B><C><![CDATA[字]]]]><![CDATA[>&]]></C></Item>\n", 3) + "<D x='>'/><!-- e --></xml>"
	var s Scanner
	if _, err := s.Scan(doc); err != nil {
		t.Fatalf("the whole: %v", err)
	}
	for n := range doc {
		if _, err := s.Scan(doc[:n]); err == nil {
			t.Fatalf("the first %d bytes were taken: %s", n, doc[:n])
		}
	}
}

func TestScanGoesAsDeepAsItSays(t *testing.T) {
	t.Parallel()
	nested := func(levels int) string {
		return "<xml>" + strings.Repeat("<a>", levels) + strings.Repeat("</a>", levels) + "</xml>"
	}
	var s Scanner
	if _, err := s.Scan(nested(maxDepth - 1)); err != nil {
		t.Errorf("%d levels: %v", maxDepth, err)
	}
	if _, err := s.Scan(nested(maxDepth)); !errors.Is(err, errTooDeep) {
		t.Errorf("%d levels: %v", maxDepth+1, err)
	}
}

func TestScannerCanBeUsedAgain(t *testing.T) {
	t.Parallel()
	var s Scanner
	for _, doc := range []string{"<xml><a>1</a><b>x<![CDATA[y]]></b></xml>", "<xml><a>", "<xml><c>2</c></xml>"} {
		es, err := s.Scan(doc)
		if err != nil {
			continue
		}
		if es.Text("a")+es.Text("b")+es.Text("c") == "" {
			t.Errorf("nothing read of %s", doc)
		}
		s.Forget()
	}
	es, err := s.Scan("<xml><c>2</c></xml>")
	if diff := cmp.Diff(Elements{{Name: "c", Text: "2"}}, es, cmp.AllowUnexported(Element{})); diff != "" || err != nil {
		t.Errorf("the last document (-want +got): %v\n%s", err, diff)
	}
}

// TestScanReadsWhatEncodingXMLReads holds the scanner against the standard library on documents of every shape it knows.
func TestScanReadsWhatEncodingXMLReads(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		doc := "<xml>" + drawElements(t, 3) + "</xml>"
		var s Scanner
		got, err := s.Scan(doc)
		if err != nil {
			t.Fatalf("scan: %v\n%s", err, doc)
		}
		want := readByEncodingXML(t, doc)
		if diff := cmp.Diff(want[1:], got, cmp.AllowUnexported(Element{})); diff != "" {
			t.Fatalf("elements (-want +got):\n%s\n%s", diff, doc)
		}
	})
}

var namePattern = rapid.StringMatching(`[A-Za-z][A-Za-z0-9_]{0,8}`)

func drawElements(t *rapid.T, depth int) string {
	var b strings.Builder
	for range rapid.IntRange(0, 4).Draw(t, "siblings") {
		name := namePattern.Draw(t, "name")
		attribute := rapid.SampledFrom([]string{"", ` a="1"`, ` b='>'`, "\n"}).Draw(t, "attribute")
		switch {
		case rapid.IntRange(0, 5).Draw(t, "shape") == 0:
			b.WriteString("<" + name + attribute + "/>")
			continue
		case depth > 0 && rapid.Bool().Draw(t, "container"):
			b.WriteString("<" + name + attribute + ">\n  " + drawElements(t, depth-1) + "</" + name + " >")
		default:
			b.WriteString("<" + name + attribute + ">" + drawText(t) + "</" + name + ">")
		}
		b.WriteString(rapid.SampledFrom([]string{"", "\n", "<!-- c -->", "<?p i?>"}).Draw(t, "layout"))
	}
	return b.String()
}

func drawText(t *rapid.T) string {
	// encoding/xml refuses control characters and turns \r into \n, which we leave to the tests of our own rules.
	text := rapid.StringOf(rapid.RuneFrom([]rune("ab<>&\"' \n]好😀é[")))
	var b strings.Builder
	for range rapid.IntRange(0, 3).Draw(t, "pieces") {
		piece := text.Draw(t, "text")
		if rapid.Bool().Draw(t, "CDATA") {
			b.WriteString("<![CDATA[" + strings.ReplaceAll(piece, "]]>", "]]]]><![CDATA[>") + "]]>")
			continue
		}
		if err := xml.EscapeText(&b, []byte(piece)); err != nil {
			t.Fatal(err)
		}
		b.WriteString(rapid.SampledFrom([]string{"", "&#20320;", "&#x1F600;", "&apos;", "<!-- c -->"}).Draw(t, "more"))
	}
	return b.String()
}

func readByEncodingXML(t *rapid.T, doc string) Elements {
	type open struct {
		index int
		text  string
	}
	var es Elements
	var stack []open
	d := xml.NewDecoder(bytes.NewReader([]byte(doc)))
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return es
		}
		if err != nil {
			t.Fatalf("encoding/xml: %v\n%s", err, doc)
		}
		switch token := token.(type) {
		case xml.StartElement:
			es = append(es, Element{Name: token.Name.Local})
			stack = append(stack, open{index: len(es) - 1})
		case xml.CharData:
			if len(stack) > 0 {
				stack[len(stack)-1].text += string(token)
			}
		case xml.EndElement:
			top := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			e := &es[top.index]
			if e.descendants = len(es) - 1 - top.index; e.descendants == 0 {
				e.Text = top.text
			}
		}
	}
}
