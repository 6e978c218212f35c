package simulator

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Bounds on an answer's document; real ones are four deep and have a hundred elements at most.
const (
	maxDepth    = 8
	maxElements = 300
)

// node is one element of an answer.
type node struct {
	name     string
	text     string
	children []*node
}

// parseXML reads one document: well-formed, UTF-8, without document type, entities of its own or anything after its end.
func parseXML(body []byte) (*node, error) {
	d := xml.NewDecoder(bytes.NewReader(body))
	var root *node
	var open []*node
	elements := 0
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		switch t := token.(type) {
		case xml.StartElement:
			if elements++; elements > maxElements || len(open) >= maxDepth {
				return nil, fmt.Errorf("more than %d elements or %d levels", maxElements, maxDepth)
			}
			if root != nil && len(open) == 0 {
				return nil, errors.New("a second document follows the first")
			}
			n := &node{name: t.Name.Local}
			if root == nil {
				root = n
			} else {
				parent := open[len(open)-1]
				parent.children = append(parent.children, n)
			}
			open = append(open, n)
		case xml.EndElement:
			open = open[:len(open)-1]
		case xml.CharData:
			if len(open) > 0 {
				open[len(open)-1].text += string(t)
			} else if len(bytes.TrimSpace(t)) > 0 {
				return nil, errors.New("text outside of the document")
			}
		case xml.Directive:
			return nil, errors.New("a document type is not allowed")
		}
	}
	if root == nil {
		return nil, errors.New("no document")
	}
	return root, nil
}

// child finds an element by name; the name counts in upper and lower case.
func (n *node) child(name string) *node {
	if n == nil {
		return nil
	}
	for _, c := range n.children {
		if c.name == name {
			return c
		}
	}
	return nil
}

// value is the text of a child, empty when there is none.
func (n *node) value(name string) string {
	if c := n.child(name); c != nil {
		return c.text
	}
	return ""
}

// twice names a child that is there more than once.
func (n *node) twice() string {
	seen := map[string]bool{}
	for _, c := range n.children {
		if seen[c.name] {
			return c.name
		}
		seen[c.name] = true
	}
	return ""
}

// indent lays a document out for people; what is not XML comes back as it is.
func indent(doc []byte) string {
	root, err := parseXML(doc)
	if err != nil {
		return string(doc)
	}
	var b strings.Builder
	root.indent(&b, 0)
	return b.String()
}

func (n *node) indent(b *strings.Builder, depth int) {
	b.WriteString(strings.Repeat("  ", depth) + "<" + n.name + ">")
	if len(n.children) == 0 {
		b.WriteString(escapeBare.Replace(n.text) + "</" + n.name + ">\n")
		return
	}
	b.WriteString("\n")
	for _, c := range n.children {
		c.indent(b, depth+1)
	}
	b.WriteString(strings.Repeat("  ", depth) + "</" + n.name + ">\n")
}
